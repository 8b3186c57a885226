"""What ran where and when, and who woke whom: read off the records of a trace."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.trace.dump import BY_HANDLER, Kind, Record, Trace, Why


@dataclass(frozen=True)
class Run:
    """A thread on a core, from `begin` to `end` in nanoseconds. `why` it left; None: it did not, or nobody knows."""

    core: int
    thread: int
    begin: int
    end: int
    why: Why | None


@dataclass(frozen=True)
class Interrupt:
    """An interrupt on a core. `from_core`: it is another core's, and `number` what that wanted."""

    core: int
    number: int
    from_core: bool
    begin: int
    end: int


@dataclass(frozen=True)
class State:
    """What a thread did for a while: "running", "ready", "waiting" or "suspended"; `core`: where it ran."""

    thread: int
    what: str
    begin: int
    end: int
    core: int | None = None


@dataclass(frozen=True)
class Arrow:
    """From something on a core to what came of it on a core: a wake-up, or an interrupt sent."""

    from_core: int
    from_ns: int
    to_core: int
    to_ns: int
    thread: int = 0
    by_handler: bool = False


@dataclass(frozen=True)
class Span:
    """A grace period."""

    number: int
    begin: int
    end: int


@dataclass
class Timeline:
    """All of it. `end` is the time of the last record; `moments` are the records that have no length."""

    trace: Trace
    begin: int = 0
    end: int = 0
    runs: list[Run] = field(default_factory=list)
    interrupts: list[Interrupt] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    wakes: list[Arrow] = field(default_factory=list)
    ipis: list[Arrow] = field(default_factory=list)
    graces: list[Span] = field(default_factory=list)
    moments: list[Record] = field(default_factory=list)


_AFTER = {
    Why.PREEMPTED: "ready",
    Why.YIELDS: "ready",
    Why.WAITS: "waiting",
    Why.SUSPENDED: "suspended",
    Why.MOVES: "ready",
    Why.ENDS: "",
}
_MOMENTS = (
    Kind.BEGIN,
    Kind.END,
    Kind.ARRIVE,
    Kind.IPI_SENT,
    Kind.TIMER_ARMED,
    Kind.TIMER_FIRED,
    Kind.CELL_BUSY,
    Kind.LOCK_CONTENDED,
    Kind.MARK,
    Kind.STALL,
    Kind.STALL_END,
    Kind.LOCK_GIVEN,
)


def build(trace: Trace) -> Timeline:
    """The timeline of a trace."""
    line = Timeline(trace)
    every = sorted((r for records in trace.records.values() for r in records), key=lambda record: record.ns)
    if not every:
        return line
    line.begin, line.end = every[0].ns, every[-1].ns
    for records in trace.records.values():
        _add_runs(line, records)
        _add_interrupts(line, records)
    _add_states(line, every)
    _add_wakes(line, every)
    _add_ipis(line, every)
    _add_graces(line, every)
    line.moments = [record for record in every if record.kind in _MOMENTS]
    return line


def _add_runs(line: Timeline, records: list[Record]) -> None:
    parts = _without_gaps(records)
    for part in parts:
        begin = part[0].ns
        thread = _first_thread(part)
        for record in part:
            if record.kind == Kind.SWITCH:
                line.runs.append(Run(record.core, record.a, begin, record.ns, _why(record)))
                thread, begin = record.b, record.ns
        end = line.end if part is parts[-1] else part[-1].ns
        line.runs.append(Run(part[0].core, thread, begin, end, None))


def _without_gaps(records: list[Record]) -> list[list[Record]]:
    """What happened where records are lost is not known: nothing goes on across."""
    parts: list[list[Record]] = []
    for record in records:
        if parts and record.number == parts[-1][-1].number + 1:
            parts[-1].append(record)
        else:
            parts.append([record])
    return parts


def _first_thread(part: list[Record]) -> int:
    """Who ran when these records begin; 0: there is nothing that says so."""
    for record in part:
        if record.kind == Kind.SWITCH:
            return record.a
        if record.kind == Kind.WAKE:
            return record.b
    return 0


def _why(record: Record) -> Why:
    return Why(record.detail) if record.detail in _AFTER else Why.YIELDS


def _add_interrupts(line: Timeline, records: list[Record]) -> None:
    # Each lasts until the next one begins, or until the core goes back to its thread.
    parts = _without_gaps(records)
    for part in parts:
        current: Record | None = None
        for record in part:
            begins = record.kind in (Kind.INTERRUPT, Kind.IPI)
            # Threads are switched outside of interrupts only.
            if begins or record.kind in (Kind.INTERRUPT_END, Kind.SWITCH):
                if current is not None:
                    line.interrupts.append(_interrupt(current, record.ns))
                current = record if begins else None
        if current is not None:
            line.interrupts.append(_interrupt(current, line.end if part is parts[-1] else part[-1].ns))


def _interrupt(first: Record, end: int) -> Interrupt:
    is_ipi = first.kind == Kind.IPI
    return Interrupt(first.core, first.detail if is_ipi else first.value, is_ipi, first.ns, end)


def _add_states(line: Timeline, every: list[Record]) -> None:
    """Running is what the cores say; in between, the last that was said of the thread."""
    changes: dict[int, list[tuple[int, int, str, int | None]]] = {}

    def change(thread: int, ns: int, order: int, what: str, core: int | None = None) -> None:
        changes.setdefault(thread, []).append((ns, order, what, core))

    for run in line.runs:
        if run.end > run.begin:
            change(run.thread, run.begin, 1, "running", run.core)
        if run.end != line.end or run.why is not None:
            change(run.thread, run.end, 0, "" if run.why is None else _AFTER[run.why])
    for record in every:
        if record.kind == Kind.READY:
            # It was found to be so right after it had left.
            change(record.a, record.ns, 0, "ready")
        elif record.kind == Kind.WAKE:
            change(record.a, record.ns, 0, "woken")
        elif record.kind == Kind.END:
            change(record.a, record.ns, 0, "")
    for thread, steps in changes.items():
        if line.trace.is_idle(thread) or thread == 0:
            continue
        what, since, where = "", 0, None
        for ns, _, new, core in sorted(steps, key=lambda step: (step[0], step[1])):
            if new == "woken":
                if what in ("running", "ready", "suspended"):
                    continue
                new = "ready"
            if what and ns > since:
                line.states.append(State(thread, what, since, ns, where))
            what, since, where = new, ns, core
        if what and line.end > since:
            line.states.append(State(thread, what, since, line.end, where))


def _add_wakes(line: Timeline, every: list[Record]) -> None:
    woken: dict[int, Record] = {}
    for record in every:
        if record.kind == Kind.WAKE:
            woken[record.a] = record
        elif record.kind == Kind.SWITCH and record.b in woken:
            wake = woken.pop(record.b)
            line.wakes.append(
                Arrow(wake.core, wake.ns, record.core, record.ns, record.b, bool(wake.detail & BY_HANDLER))
            )


def _add_ipis(line: Timeline, every: list[Record]) -> None:
    # Several that are sent before the core listens come as one.
    sent: dict[tuple[int, int], Record] = {}
    for record in every:
        if record.kind == Kind.IPI_SENT:
            for core in line.trace.cores:
                if record.value >> core & 1:
                    sent.setdefault((core, record.detail), record)
        elif record.kind == Kind.IPI:
            first = sent.pop((record.core, record.detail), None)
            if first is not None:
                line.ipis.append(Arrow(first.core, first.ns, record.core, record.ns))


def _add_graces(line: Timeline, every: list[Record]) -> None:
    begun: Record | None = None
    for record in every:
        if record.kind == Kind.GRACE_BEGUN:
            begun = record
        elif record.kind == Kind.GRACE_ENDED and begun is not None and begun.value == record.value:
            line.graces.append(Span(record.value, begun.ns, record.ns))
            begun = None
