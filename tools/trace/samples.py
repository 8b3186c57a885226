"""Small traces for tests, written as the kernel writes them (kernel/trace/dump.h)."""

from __future__ import annotations

from tools.trace.dump import Kind, Why, checksum

HZ = 1_000_000_000


def line(text: str) -> str:
    return f"{text} *{checksum(text):04x}\n"


class Writer:
    """A dump: `at` adds an event to a core, in the order of that core's time."""

    def __init__(self, *names: tuple[int, str], cores: int = 2, hz: int = HZ) -> None:
        self._names = names
        self._cores: list[list[tuple[int, int]]] = [[] for _ in range(cores)]
        self._hz = hz

    def at(self, core: int, ticks: int, kind: int, detail: int = 0, a: int = 0, b: int = 0) -> None:
        self._cores[core].append((ticks, kind | detail << 8 | a << 16 | b << 32))

    def switch(self, core: int, ticks: int, left: int, why: Why, to: int) -> None:
        self.at(core, ticks, Kind.SWITCH, why, left, to)

    def lines(self, per_line: int = 3) -> list[str]:
        now = max((ticks for core in self._cores for ticks, _ in core), default=0)
        found = [line(f"@trace 1 {self._hz:x} {now:x} {(1 << len(self._cores)) - 1:x}")]
        found += [line(f"@name {number:x} {text}") for number, text in self._names]
        for core, events in enumerate(self._cores):
            found.append(line(f"@core {core:x} 100 {0x100 + len(events):x}"))
            for first in range(0, len(events), per_line):
                part = events[first : first + per_line]
                text = f"@r {core:x} {0x100 + first:x} {part[0][0]:x} {part[0][1]:x}"
                for (before, _), (ticks, what) in zip(part, part[1:]):
                    text += f" {what:x}+{ticks - before:x}"
                found.append(line(text))
        found.append(line(f"@end {len(found):x}"))
        return found

    def text(self) -> str:
        return "".join(self.lines())


IDLE0, IDLE1, SHELL, WORKER = 0x101, 0x102, 0x103, 0x204


def two_cores() -> Writer:
    """The shell on core 0 wakes a worker on core 1 and waits; the worker wakes it by a handler, and ends."""
    trace = Writer((IDLE0, "idle"), (IDLE1, "idle"), (SHELL, "shell"), (WORKER, "worker"))
    trace.switch(0, 1000, IDLE0, Why.PREEMPTED, SHELL)
    trace.at(0, 1500, Kind.BEGIN, 9, WORKER)
    trace.at(0, 1600, Kind.WAKE, 1, WORKER, SHELL)
    trace.at(0, 1700, Kind.IPI_SENT, 0, 0b10)
    trace.switch(0, 3000, SHELL, Why.WAITS, IDLE0)
    trace.at(0, 5000, Kind.IPI)
    trace.at(0, 5100, Kind.INTERRUPT, 0, 27)
    trace.at(0, 5400, Kind.INTERRUPT_END)
    trace.switch(0, 5500, IDLE0, Why.PREEMPTED, SHELL)
    trace.at(0, 5600, Kind.GRACE_BEGUN, 0, 7)
    trace.at(0, 5700, Kind.STALL, 1)
    trace.at(0, 5800, Kind.STALL_END, 1, 1500)
    trace.at(0, 6000, Kind.MARK, 0, 42)
    trace.at(1, 1200, Kind.TIMER_FIRED, 0, 55)
    trace.at(1, 1900, Kind.IPI)
    trace.at(1, 2000, Kind.ARRIVE, 0, WORKER)
    trace.at(1, 2100, Kind.INTERRUPT_END)
    trace.switch(1, 2200, IDLE1, Why.PREEMPTED, WORKER)
    trace.at(1, 4000, Kind.INTERRUPT, 0, 33)
    trace.at(1, 4100, Kind.WAKE, 0x80, SHELL, WORKER)
    trace.at(1, 4200, Kind.IPI_SENT, 0, 0b01)
    trace.at(1, 4300, Kind.INTERRUPT_END)
    trace.switch(1, 4800, WORKER, Why.ENDS, IDLE1)
    trace.at(1, 4900, Kind.END, 0, WORKER)
    trace.at(1, 5900, Kind.GRACE_ENDED, 0, 7)
    return trace
