"""`--exec 'a; b'`: types commands at the shell, prints what the console shows, and says whether all went well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from tools.decode.decode import DecodeError, decode
from tools.decode.elf import ElfError
from tools.decode.symbolize import SymbolizeError
from tools.qemu.errors import CommandFailed, Ended, MachineError, Panic, Panicked, UsageError
from tools.qemu.machine import Machine


def split_commands(text: str) -> list[str]:
    """Commands between `;` or newlines, by the shell's rules: quotes, backslash and a remark protect a `;`.

    Raises UsageError for an open quote and for what cannot be typed at the shell.
    """
    commands, current, quote = [], "", ""
    characters = iter(text)
    for character in characters:
        if quote == "#":
            if character == "\n":
                commands, current, quote = [*commands, current.strip()], "", ""
            else:
                current += character
        elif character == "\\" and quote != "'":
            current += character + next(characters, "")
        elif quote:
            current += character
            if character == quote:
                quote = ""
        elif character in "'\"":
            current, quote = current + character, character
        elif character == "#" and (not current or current[-1].isspace()):
            current, quote = current + character, character
        elif character in ";\n":
            commands.append(current.strip())
            current = ""
        else:
            current += character
    if quote in ("'", '"'):
        raise UsageError(f"--exec: the quote {quote} is not closed in: {text}")
    commands = [command for command in [*commands, current.strip()] if command]
    for command in commands:
        if not command.isascii() or not command.isprintable():
            raise UsageError(f"--exec: only printable ASCII can be typed, not {command!r}")
    return commands


def run_script(machine: Machine, commands: Sequence[str]) -> None:
    """Types every command, then powers the machine off. Raises at the first that fails."""
    machine.wait_prompt(timeout=float("inf"))
    for index, command in enumerate(commands):
        try:
            status = machine.run(command, timeout=float("inf")).status
        except Ended as end:
            if command.split()[0] != "poweroff" or end.status != 0:
                raise
            if index + 1 < len(commands):
                raise MachineError(f"the machine was off before '{commands[index + 1]}' could be typed") from end
            return
        if status != 0:
            raise CommandFailed(f"'{command}' failed with status {status}")
    machine.poweroff()


def run_to_panic(machine: Machine, commands: Sequence[str]) -> Panic:
    """Types the commands, of which the last must panic; without commands the boot must. Checks the panic's form."""
    if not commands:
        panic = machine.wait_panic(timeout=float("inf"))
    else:
        machine.wait_prompt(timeout=float("inf"))
        for command in commands[:-1]:
            status = machine.run(command, timeout=float("inf")).status
            if status != 0:
                raise CommandFailed(f"'{command}' failed with status {status}")
        panic = machine.run_to_panic(commands[-1], timeout=float("inf"))
    if not panic.complete:
        raise Panicked("the panic's dump has no end mark", panic)
    if panic.status is None:
        raise Panicked("the machine did not power off after the panic", panic)
    if panic.status == 0:
        raise Panicked("the panic ended QEMU with status 0", panic)
    return panic


def explain_panic(panic: Panic, elf: Path, source_root: Path | None = None) -> str:
    """The decoder's report; raises DecodeError when there is none."""
    try:
        return decode(panic.text, elf, source_root=source_root)
    except (ElfError, SymbolizeError) as error:
        raise DecodeError(str(error)) from error


def check_patterns(patterns: Sequence[str]) -> None:
    """Before anything runs: every --expect must be a regular expression."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise UsageError(f"--expect: '{pattern}' is no regular expression: {error}") from error


def check_expected(patterns: Sequence[str], text: str) -> None:
    """Every pattern must match somewhere in the text, line starts and ends included."""
    for pattern in patterns:
        if not re.search(pattern, text, re.MULTILINE):
            raise CommandFailed(f"nothing in the output matches '{pattern}'")


class Printer:
    """Prints finished lines as they come; somebody watches."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
