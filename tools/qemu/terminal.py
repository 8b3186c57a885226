"""A terminal of one endless page: turns a serial console's bytes into the lines that a person would see.

Only the line with the cursor can change; a newline commits it for good. So cursor movement to other
lines is ignored (of a typed line of several rows, only the last can be corrected), and clearing the
screen clears the current line. Bytes that are neither text nor known control sequences show as
escapes such as \\x07 or \\xff: nothing that the machine sends can disturb the reader's terminal.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

_LONGEST_LINE = 4096
_TAB = 8

# One token each: text, a whole CSI sequence, a whole OSC sequence, another escape, or a single control character.
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|(?P<osc>\x1b\][^\x07\x1b\n]{0,512}(?:\x07|\x1b\\))"
    r"|(?P<escape>\x1b[ -/]*[0-Z\\^-~])"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])"
)
# What may be the beginning of a sequence whose rest comes with the next bytes.
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b\n]{0,512}\x1b?|[ -/]*)\Z")
_LONGEST_SEQUENCE = 600


class Terminal:
    """Feed it bytes; `on_line` gets every committed line, `line` is the unfinished one."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._rest = ""
        self._cells: list[str] = []
        self._column = 0
        self._saved_column = 0

    @property
    def line(self) -> str:
        """The line with the cursor, as it stands."""
        return "".join(self._cells)

    @property
    def column(self) -> int:
        return self._column

    def feed(self, data: bytes) -> None:
        text = self._rest + self._decoder.decode(data)
        self._rest = ""
        unfinished = _UNFINISHED.search(text)
        if unfinished and len(unfinished[0]) < _LONGEST_SEQUENCE:
            self._rest = unfinished[0]
            text = text[: unfinished.start()]
        for token in _TOKEN.finditer(text):
            if token["text"] is not None:
                self._put(_printable(token["text"]))
            elif token["final"] is not None:
                self._sequence(token["parameters"], token["final"])
            elif token["escape"] is not None:
                self._escape(token["escape"][-1])
            elif token["control"] is not None:
                self._control(token["control"])

    def finish(self) -> None:
        """The console ended: commits an unfinished line, if it has any text."""
        rest, self._rest = self._rest, ""
        for character in rest:
            self._show(character)
        if self._cells:
            self._commit()

    def _put(self, text: str) -> None:
        while text:
            room = _LONGEST_LINE - self._column
            if room <= 0:
                self._commit()
                continue
            part, text = text[:room], text[room:]
            if self._column > len(self._cells):
                self._cells += " " * (self._column - len(self._cells))
            self._cells[self._column : self._column + len(part)] = part
            self._column += len(part)

    def _commit(self) -> None:
        line, self._cells, self._column = self.line, [], 0
        self._on_line(line)

    def _control(self, character: str) -> None:
        if character == "\n":
            # Alone it keeps the column on a real terminal, but every log takes it as a new line.
            self._commit()
        elif character == "\r":
            self._column = 0
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character == "\t":
            self._column = min(_LONGEST_LINE, (self._column // _TAB + 1) * _TAB)
            self._cells += " " * (self._column - len(self._cells))
        elif character != "\a":  # A bell leaves no trace on a screen either.
            self._show(character)

    def _show(self, character: str) -> None:
        self._put(f"\\x{ord(character):02x}")

    def _escape(self, final: str) -> None:
        if final == "7":
            self._saved_column = self._column
        elif final == "8":
            self._column = self._saved_column
        elif final in "DE":  # Index, next line.
            self._commit()
        elif final == "c":
            self._erase_all()

    def _sequence(self, parameters: str, final: str) -> None:
        numbers = [int(number) for number in re.findall(r"\d{1,6}", parameters)]
        count = max(1, numbers[0]) if numbers else 1
        mode = numbers[0] if numbers else 0
        if final == "C":
            self._column = min(_LONGEST_LINE, self._column + count)
        elif final == "D":
            self._column = max(0, self._column - count)
        elif final in "G`":
            self._column = min(_LONGEST_LINE, count) - 1
        elif final in "Hf":
            self._column = min(_LONGEST_LINE, max(1, numbers[1])) - 1 if len(numbers) > 1 else 0
        elif final == "K":
            self._erase_in_line(mode)
        elif final == "J":
            if mode in (2, 3):
                self._cells = []
            else:
                self._erase_in_line(mode)
        elif final == "P":
            del self._cells[self._column : self._column + count]
        elif final == "X":
            end = min(len(self._cells), self._column + count)
            self._cells[self._column : end] = " " * max(0, end - self._column)
        elif final == "@":
            self._cells[self._column : self._column] = " " * min(count, _LONGEST_LINE)
            del self._cells[_LONGEST_LINE:]
        elif final == "s":
            self._saved_column = self._column
        elif final == "u":
            self._column = self._saved_column

    def _erase_in_line(self, mode: int) -> None:
        if mode == 0:
            del self._cells[self._column :]
        elif mode == 1:
            end = min(len(self._cells), self._column + 1)
            self._cells[:end] = " " * end
        elif mode == 2:
            self._cells = []

    def _erase_all(self) -> None:
        self._cells = []
        self._column = 0


def _printable(text: str) -> str:
    """Characters that a terminal may do something of its own with, such as turn the text's direction, as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
