"""How the kernel's console marks what matters to a runner: the prompt, a panic's begin and end."""

from __future__ import annotations

import re

PANIC_BEGIN = "=== BATON PANIC ==="
PANIC_END = "=== END PANIC ==="

_PROMPT = re.compile(r"baton(?:\((\d{1,10})\))?> ")
_PROMPT_AT_END = re.compile(_PROMPT.pattern + r"\Z")
# A dump names every core and cell, which is some hundred lines; a flood after the mark is not kept.
_LONGEST_DUMP = 20_000


def prompt_status(line: str) -> int | None:
    """The status in the prompt that `line` begins with, or None."""
    match = _PROMPT.match(line)
    return int(match[1] or 0) if match else None


def is_prompt(line: str) -> bool:
    """Whether `line` is a prompt and nothing else."""
    return _PROMPT.fullmatch(line) is not None


def is_echo(line: str, command: str) -> bool:
    """Whether `line` is a prompt with `command` typed at it."""
    match = _PROMPT.match(line)
    return match is not None and line[match.end() :].rstrip() == command.rstrip()


def echo_status(shown: str, command: str) -> int | None:
    """The status in the prompt right before `command`, if the text ends with the two."""
    if not shown.endswith(command):
        return None
    match = _PROMPT_AT_END.search(shown, 0, len(shown) - len(command))
    return int(match[1] or 0) if match else None


class PanicWatch:
    """Shown every line of a console, keeps the dump of a panic (both marks included)."""

    def __init__(self) -> None:
        self.complete = False
        self._lines: list[str] = []

    @property
    def begun(self) -> bool:
        return bool(self._lines)

    @property
    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def add(self, line: str) -> None:
        if self.complete:
            return
        # The mark may stand behind the rest of a line that the panic cut short, but not where somebody types it.
        if not self._lines and (not line.rstrip().endswith(PANIC_BEGIN) or _PROMPT.match(line)):
            return
        if len(self._lines) < _LONGEST_DUMP:
            self._lines.append(line)
        self.complete = line.strip().startswith(PANIC_END)
