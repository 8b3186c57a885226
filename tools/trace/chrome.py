"""A timeline in the Trace Event Format, which Perfetto's page and chrome://tracing open.

Processes of the file: 1 the cores, one track each, with what ran there, interrupts inside; 2 the threads, one track each,
with what they did; 3 RCU's grace periods. Arrows go from a wake-up to the run that it led to, and from an interrupt that
one core sends to the one that the other gets.
"""

from __future__ import annotations

import json
from typing import Any

from tools.trace.dump import Kind, Record
from tools.trace.timeline import Arrow, Timeline

CORES, THREADS, RCU = 1, 2, 3
_GRACE_TRACK = 1
# Chrome's names of colours.
_COLOURS = {"running": "good", "ready": "bad", "waiting": "grey", "suspended": "black"}

Event = dict[str, Any]


def core_track(core: int) -> int:
    """Track 0 means "none" to some programs."""
    return core + 1


def to_events(line: Timeline) -> list[Event]:
    """All events: first what names tracks, then the others in the order of time."""
    events: list[Event] = []
    for run in line.runs:
        name = "idle" if line.trace.is_idle(run.thread) else line.trace.name_of(run.thread)
        event = _slice(CORES, core_track(run.core), name, "run", run.begin, run.end)
        if run.why is not None:
            event["args"] = {"left because": run.why.name.lower()}
        if name == "idle":
            event["cname"] = "white"
        events.append(event)
    for interrupt in line.interrupts:
        name = f"from another core ({interrupt.number})" if interrupt.from_core else f"interrupt {interrupt.number}"
        track = core_track(interrupt.core)
        events.append(_slice(CORES, track, name, "interrupt", interrupt.begin, interrupt.end))
    for state in line.states:
        event = _slice(THREADS, state.thread, state.what, "state", state.begin, state.end)
        event["cname"] = _COLOURS[state.what]
        if state.core is not None:
            event["args"] = {"cpu": state.core}
        events.append(event)
    for grace in line.graces:
        event = _slice(RCU, _GRACE_TRACK, f"grace period {grace.number}", "rcu", grace.begin, grace.end)
        events.append(event)
    events += _counters(line)
    for record in line.moments:
        events.append(_moment(line, record))
    number = 0
    for name, arrows in (("wake", line.wakes), ("interrupt", line.ipis)):
        for arrow in arrows:
            number += 1
            events += _flow(line, name, number, arrow)
    # Of what begins together the order stays: the outer slice before the inner one, arrows after both.
    events.sort(key=lambda event: event["ts"])
    return _names(line) + [_in_microseconds(event) for event in events]


def to_json(line: Timeline) -> str:
    """The file's text."""
    return json.dumps(to_object(line), separators=(",", ":")) + "\n"


def to_object(line: Timeline) -> dict[str, Any]:
    other = {"program": "Baton", "counter": f"{line.trace.hz} Hz"}
    if line.trace.problems:
        other["problems"] = "; ".join(line.trace.problems)
    return {"traceEvents": to_events(line), "displayTimeUnit": "ns", "otherData": other}


def _slice(pid: int, tid: int, name: str, category: str, begin: int, end: int) -> Event:
    return {"ph": "X", "name": name, "cat": category, "pid": pid, "tid": tid, "ts": begin, "dur": end - begin}


def _moment(line: Timeline, record: Record) -> Event:
    name_of = line.trace.name_of
    pid, tid, args = CORES, core_track(record.core), {}
    if record.kind == Kind.BEGIN:
        pid, tid, name, args = THREADS, record.a, "begins", {"priority": record.detail}
    elif record.kind == Kind.END:
        pid, tid, name = THREADS, record.a, "has ended"
    elif record.kind == Kind.ARRIVE:
        pid, tid, name = THREADS, record.a, f"moves from cpu {record.detail} to cpu {record.core}"
    elif record.kind == Kind.IPI_SENT:
        cores = [core for core in range(32) if record.value >> core & 1]
        name, args = "interrupts others", {"cpus": cores, "what": record.detail}
    elif record.kind == Kind.TIMER_ARMED:
        name, args = "timer armed", {"in us": record.value}
    elif record.kind == Kind.TIMER_FIRED:
        name, args = "timer fired", {"late by ns": record.value}
    elif record.kind == Kind.CELL_BUSY:
        name, args = "cell busy", {"address": f"{record.value:#010x}"}
    elif record.kind == Kind.LOCK_CONTENDED:
        name, args = "lock contended", {"address": f"{record.value:#010x}"}
    elif record.kind == Kind.LOCK_GIVEN:
        name, args = "lock given", {"address": f"{record.value:#010x}"}
    elif record.kind == Kind.STALL:
        name, args = f"cpu {record.detail} does not schedule", {"cpu": record.detail}
    elif record.kind == Kind.STALL_END:
        name, args = f"cpu {record.detail} schedules again", {"cpu": record.detail, "after ms": record.value}
    else:
        name, args = f"mark {record.value}", {"number": record.value}
    if tid == 0:
        # A thread without a number has no track.
        name, pid, tid = f"{name_of(0)} {name}", CORES, core_track(record.core)
    return {"ph": "i", "s": "t", "name": name, "cat": "moment", "pid": pid, "tid": tid, "ts": record.ns, "args": args}


def _flow(line: Timeline, name: str, number: int, arrow: Arrow) -> list[Event]:
    both: Event = {"name": name, "cat": name, "id": number, "pid": CORES}
    if name == "wake":
        both["args"] = {"thread": line.trace.name_of(arrow.thread), "by": "handler" if arrow.by_handler else "thread"}
    return [
        {**both, "ph": "s", "tid": core_track(arrow.from_core), "ts": arrow.from_ns},
        {**both, "ph": "f", "bp": "e", "tid": core_track(arrow.to_core), "ts": arrow.to_ns},
    ]


def _counters(line: Timeline) -> list[Event]:
    changes: dict[int, dict[str, int]] = {}
    for state in line.states:
        for ns, step in ((state.begin, 1), (state.end, -1)):
            now = changes.setdefault(ns, {})
            now[state.what] = now.get(state.what, 0) + step
    count = {"running": 0, "ready": 0}
    events: list[Event] = []
    for ns in sorted(changes):
        before = dict(count)
        for what in count:
            count[what] += changes[ns].get(what, 0)
        if count != before:
            events.append({"ph": "C", "name": "threads", "pid": CORES, "tid": 0, "ts": ns, "args": dict(count)})
    return events


def _names(line: Timeline) -> list[Event]:
    events: list[Event] = []

    def name(what: str, pid: int, tid: int, args: dict[str, Any]) -> None:
        events.append({"ph": "M", "name": what, "pid": pid, "tid": tid, "ts": 0, "args": args})

    for pid, text in ((CORES, "cores"), (THREADS, "threads"), (RCU, "RCU")):
        name("process_name", pid, 0, {"name": text})
        name("process_sort_index", pid, 0, {"sort_index": pid})
    for core in line.trace.cores:
        name("thread_name", CORES, core_track(core), {"name": f"cpu {core}"})
        name("thread_sort_index", CORES, core_track(core), {"sort_index": core})
    seen = {state.thread for state in line.states}
    seen |= {record.a for record in line.moments if record.kind in (Kind.BEGIN, Kind.END, Kind.ARRIVE)}
    for thread in sorted(seen - {0}):
        name("thread_name", THREADS, thread, {"name": line.trace.name_of(thread)})
    name("thread_name", RCU, _GRACE_TRACK, {"name": "grace periods"})
    return events


def _in_microseconds(event: Event) -> Event:
    for key in ("ts", "dur"):
        if key in event:
            event[key] = event[key] / 1000
    return event
