"""Finds panic dumps in text that came over a serial line, whatever else is in it.

Expected noise: carriage returns, terminal control sequences, stray bytes, time stamps or quote marks
in front of every line, other lines in between, a beginning or an end that was not captured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]")
_BEGIN = re.compile(r"=== ?BATON PANIC ?===")
_END = re.compile(r"=== ?END PANIC ?===")
_BUILD_ID = re.compile(r"build-id:\s*([0-9a-f]{40})(?![0-9a-f])", re.IGNORECASE)
_FRAME = re.compile(r"#(\d{1,3})\s+0x([0-9a-f]{1,16})\b", re.IGNORECASE)
_REGISTER = re.compile(
    r"\b(pc|lr|sp|elr|far|esr|spsr|psr|x\d{1,2}|fp|ip|lock|mutex)\s*[=:]?\s*0x([0-9a-f]{1,16})\b", re.IGNORECASE
)
# A cell's holder: the return address of the call by which it entered.
_HOLDER = re.compile(r"\bfrom\s+0x([0-9a-f]{1,16})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """A code address that a line of a dump names."""

    line: int  # index into Dump.lines
    label: str  # "pc", "lr", "elr" or "#3"
    value: int
    is_return: bool  # the instruction that called stands before it


@dataclass(frozen=True)
class Register:
    """A register's value as a line of a dump gives it."""

    line: int
    name: str
    value: int


@dataclass
class Dump:
    """One panic. `lines` are cleaned and stand without the two marks."""

    lines: list[str]
    complete: bool
    build_id: str | None = None
    addresses: list[Address] = field(default_factory=list)
    registers: list[Register] = field(default_factory=list)


def clean(raw: bytes | str) -> list[str]:
    """The lines of the text, without anything that a person would not see."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    text = _SEQUENCES.sub("", text)
    # A lone carriage return starts the line again on a terminal; in a log it separates.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [_UNPRINTABLE.sub("", line).rstrip() for line in text.split("\n")]


def find_dumps(raw: bytes | str) -> list[Dump]:
    """Every dump in the text, first to last.

    A begin mark starts one; an end mark, the next begin mark or the text's end closes it. An end mark
    without a beginning closes what stood before it, if that looks like a dump; so does the whole text
    if there is no mark at all.
    """
    dumps: list[Dump] = []
    current: list[str] = []
    inside = False

    def close(complete: bool) -> None:
        dump = _read(current, complete)
        if inside or (dump.build_id is not None and dump.addresses):
            dumps.append(dump)

    for line in clean(raw):
        begin = _BEGIN.search(line)
        end = _END.search(line)
        if begin:
            close(False)
            current, inside = [], True
            rest = line[begin.end() :].strip()
            if rest:
                current.append(rest)
        elif end:
            close(inside)
            current, inside = [], False
        else:
            current.append(line)
    close(False)
    return dumps


def _read(lines: list[str], complete: bool) -> Dump:
    dump = Dump(_unprefixed(lines), complete)
    while dump.lines and not dump.lines[0]:
        dump.lines.pop(0)
    while dump.lines and not dump.lines[-1]:
        dump.lines.pop()
    for index, line in enumerate(dump.lines):
        build_id = _BUILD_ID.search(line)
        if build_id and dump.build_id is None:
            dump.build_id = build_id[1].lower()
        for register in _REGISTER.finditer(line):
            name, value = register[1].lower(), int(register[2], 16)
            dump.registers.append(Register(index, name, value))
            if name in ("pc", "elr", "lr"):
                dump.addresses.append(Address(index, name, value, name == "lr"))
        frame = _FRAME.search(line)
        if frame:
            # A backtrace begins with the place itself; all that follows are return addresses.
            dump.addresses.append(Address(index, "#" + frame[1], int(frame[2], 16), frame[1] != "0"))
        for holder in _HOLDER.finditer(line):
            dump.addresses.append(Address(index, "from", int(holder[1], 16), True))
    return dump


# What logging programs put in front: quote marks, "[12:00:01.123] ", "2024-05-01T12:00:01Z ", "<6>", "ttyUSB0: ".
_PREFIX = re.compile(
    r"^(?:\s*(?:>+|\|)\s?"
    r"|\s*\[[^\]\n]{1,40}\]\s"
    r"|\s*<\d{1,3}>"
    r"|\s*(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?:?\s"
    r"|\s*tty\w+:\s)+"
)


def _unprefixed(lines: list[str]) -> list[str]:
    """Takes a logger's prefix off, if nearly every line has one."""
    filled = [line for line in lines if line.strip()]
    prefixed = [line for line in filled if _PREFIX.match(line)]
    if not filled or len(prefixed) * 10 < len(filled) * 8:
        return list(lines)
    return [_PREFIX.sub("", line, count=1) for line in lines]
