"""Finds and reads what the shell's `trace dump` prints (kernel/trace/dump.h says how), whatever else is in the log."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field

_LINE = re.compile(r"(@(?:trace|name|core|r|end) .*?) \*([0-9a-f]{4})(?![0-9a-f])")
_RECORD = re.compile(r"([0-9a-f]+)\+([0-9a-f]+)\Z")
_VERSION = 1


class TraceError(Exception):
    """There is no trace to be had; the message says why and what to do."""


class Kind(enum.IntEnum):
    """As in kernel/trace/event.h."""

    SWITCH = 1
    WAKE = 2
    READY = 3
    BEGIN = 4
    END = 5
    ARRIVE = 6
    INTERRUPT = 7
    IPI = 8
    INTERRUPT_END = 9
    IPI_SENT = 10
    TIMER_ARMED = 11
    TIMER_FIRED = 12
    CELL_BUSY = 13
    LOCK_CONTENDED = 14
    GRACE_BEGUN = 15
    GRACE_ENDED = 16
    MARK = 17
    STALL = 18
    STALL_END = 19
    LOCK_GIVEN = 20


class Why(enum.IntEnum):
    """Why a thread left its core; as in kernel/trace/event.h."""

    PREEMPTED = 0
    YIELDS = 1
    WAITS = 2
    SUSPENDED = 3
    MOVES = 4
    ENDS = 5


BY_HANDLER = 0x80
# The last places of a thread's number are its place in the kernel's table of names.
_PLACES = 256


@dataclass(frozen=True)
class Record:
    """One event of one core. `number` counts the core's records, `ns` is the time since the machine's start."""

    core: int
    number: int
    ns: int
    kind: int
    detail: int
    a: int
    b: int

    @property
    def value(self) -> int:
        """a and b as one number of 32 bits."""
        return self.a | self.b << 16


@dataclass
class Trace:
    """A dump. `records` are those of each core, oldest first; `problems` is what is wrong with it, for people."""

    hz: int
    now_ns: int
    cores: list[int]
    names: dict[int, str] = field(default_factory=dict)
    records: dict[int, list[Record]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def name_of(self, thread: int) -> str:
        """A thread's name, and its place in the table of names: several threads may have the same name."""
        if thread == 0:
            return "a thread"
        if thread in self.names:
            return f"{self.names[thread]}.{thread % _PLACES}"
        return f"thread.{thread:x}"

    def is_idle(self, thread: int) -> bool:
        return self.names.get(thread) == "idle"


def checksum(text: str) -> int:
    """CRC-16 with polynomial 0x1021 that begins with 0xffff."""
    value = 0xFFFF
    for byte in text.encode("latin-1", "replace"):
        value ^= byte << 8
        for _ in range(8):
            value = value << 1 ^ (0x1021 if value & 0x8000 else 0)
        value &= 0xFFFF
    return value


def read_dump(text: str) -> Trace:
    """The last dump in the text that has a beginning. Damaged and missing lines are left out, and told of."""
    dumps: list[list[str]] = []
    damaged = 0
    for line in text.splitlines():
        found = _LINE.search(line)
        if not found:
            # What was meant to be one of ours: the beginning, or the checksum's mark, is still there.
            damaged += 1 if re.search(r"@(?:trace|name|core|r|end) [0-9a-f]+ ", line) and dumps else 0
        elif checksum(found[1]) != int(found[2], 16):
            damaged += 1
        elif found[1].startswith("@trace "):
            dumps.append([found[1]])
            damaged = 0
        elif dumps:
            dumps[-1].append(found[1])
    if not dumps:
        raise TraceError(
            "no trace in the input; at Baton's shell, type `trace dump`, and give the console's text "
            "from the line that begins with @trace on"
        )
    return _read(dumps[-1], damaged)


def _read(lines: list[str], damaged: int) -> Trace:
    words = lines[0].split(" ")
    version, hz, now, mask = (int(word, 16) for word in words[1:5])
    if version != _VERSION:
        raise TraceError(f"the trace is of version {version}; this program reads version {_VERSION}: take the same tree")
    trace = Trace(hz, _ns(now, hz), [core for core in range(mask.bit_length()) if mask >> core & 1])
    trace.records = {core: [] for core in trace.cores}
    ended = False
    expected: dict[int, int] = {}
    for line in lines[1:]:
        words = line.split(" ")
        if words[0] == "@name":
            trace.names[int(words[1], 16)] = " ".join(words[2:])
        elif words[0] == "@core":
            core, begin, end = (int(word, 16) for word in words[1:4])
            expected[core] = end - begin
        elif words[0] == "@r":
            _read_records(trace, words)
        elif words[0] == "@end":
            ended = True
            missing = int(words[1], 16) - (len(lines) - 1)
            if missing > 0 or damaged:
                trace.problems.append(f"{max(missing, damaged)} lines of the dump were lost or damaged on the way")
    if not ended:
        trace.problems.append("the dump has no end: what came last is missing")
    for core, count in expected.items():
        lost = count - len(trace.records.get(core, []))
        if lost:
            trace.problems.append(f"cpu {core}: {lost} of {count} records are missing")
    return trace


def _read_records(trace: Trace, words: list[str]) -> None:
    core, number, ticks = (int(word, 16) for word in words[1:4])
    records = trace.records.setdefault(core, [])
    for index, word in enumerate(words[4:]):
        if word == "-":
            number += 1
            continue
        if index == 0:
            what = int(word, 16)
        else:
            found = _RECORD.match(word)
            if not found:
                raise TraceError(f"a line of the trace has a good checksum, but makes no sense: {' '.join(words)}")
            what = int(found[1], 16)
            ticks += int(found[2], 16)
        records.append(
            Record(
                core=core,
                number=number,
                ns=_ns(ticks, trace.hz),
                kind=what & 0xFF,
                detail=what >> 8 & 0xFF,
                a=what >> 16 & 0xFFFF,
                b=what >> 32 & 0xFFFF,
            )
        )
        number += 1


def _ns(ticks: int, hz: int) -> int:
    return ticks * 1_000_000_000 // hz
