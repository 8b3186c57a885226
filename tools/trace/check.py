"""Whether a file holds to the Trace Event Format, as far as Baton uses it, and makes sense to those who draw it."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterator
from typing import Any

Event = dict[str, Any]
_PHASES = "XBEisfCM"


def problems_of(data: Any) -> list[str]:
    """What is wrong; empty when nothing is."""
    return list(_problems(data))


def _problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict) or not isinstance(data.get("traceEvents"), list):
        yield "no object with a list traceEvents"
        return
    if data.get("displayTimeUnit") not in ("ms", "ns"):
        yield "displayTimeUnit is neither ms nor ns"
    good: list[Event] = []
    for index, event in enumerate(data["traceEvents"]):
        bad = list(_fields(event))
        yield from (f"event {index}: {text}" for text in bad)
        if not bad:
            good.append(event)
    timed = [event for event in good if event["ph"] != "M"]
    for before, event in zip(timed, timed[1:]):
        if event["ts"] < before["ts"]:
            yield f"not in the order of time: {event['name']} at {event['ts']} comes after {before['ts']}"
    tracks: dict[tuple[int, int], list[Event]] = {}
    for event in timed:
        tracks.setdefault((event["pid"], event["tid"]), []).append(event)
    for track, events in tracks.items():
        yield from _nesting(track, events)
        yield from _pairs(track, events)
    yield from _flows(timed, tracks)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _fields(event: Any) -> Iterator[str]:
    if not isinstance(event, dict):
        yield "is no object"
        return
    phase = event.get("ph")
    if not isinstance(phase, str) or len(phase) != 1 or phase not in _PHASES:
        yield f"unknown ph {phase!r}"
        return
    if not isinstance(event.get("name"), str) or not event["name"]:
        yield "has no name"
    for key in ("pid", "tid"):
        if not isinstance(event.get(key), int) or isinstance(event.get(key), bool):
            yield f"{key} is no number"
    if not _is_number(event.get("ts")):
        yield "ts is no time"
    if phase == "X" and not _is_number(event.get("dur")):
        yield "X without a dur"
    if phase == "i" and event.get("s") not in ("g", "p", "t"):
        yield "i without a scope s"
    if phase in "sf" and not (isinstance(event.get("id"), (int, str)) and isinstance(event.get("cat"), str)):
        yield "a flow without id and cat"
    if phase in "CM" and not isinstance(event.get("args"), dict):
        yield f"{phase} without args"
    elif phase == "C" and not all(_is_number(value) for value in event["args"].values()):
        yield "a counter that is no number"
    elif phase == "M" and event.get("name", "").endswith("_name") and not isinstance(event["args"].get("name"), str):
        yield "a track without a name"


def _ns(microseconds: float) -> int:
    return round(microseconds * 1000)


def _nesting(track: tuple[int, int], events: list[Event]) -> Iterator[str]:
    """Slices of one track lie inside each other or apart."""
    open_ends: list[int] = []
    for event in events:
        if event["ph"] != "X":
            continue
        begin, end = _ns(event["ts"]), _ns(event["ts"]) + _ns(event["dur"])
        while open_ends and open_ends[-1] <= begin:
            open_ends.pop()
        if open_ends and end > open_ends[-1]:
            yield f"track {track}: {event['name']} at {event['ts']} ends after the slice around it"
        open_ends.append(end)


def _pairs(track: tuple[int, int], events: list[Event]) -> Iterator[str]:
    """Every B has its E."""
    opened: list[str] = []
    for event in events:
        if event["ph"] == "B":
            opened.append(event["name"])
        elif event["ph"] == "E":
            if not opened:
                yield f"track {track}: E at {event['ts']} without B"
            elif opened.pop() != event["name"]:
                yield f"track {track}: E at {event['ts']} of another name than its B"
    for name in opened:
        yield f"track {track}: {name} is never ended"


def _flows(timed: list[Event], tracks: dict[tuple[int, int], list[Event]]) -> Iterator[str]:
    """Every arrow has one beginning and one end, in this order, each in a slice."""
    ends: dict[tuple[str, str, Any], dict[str, Event]] = {}
    for event in timed:
        if event["ph"] not in "sf":
            continue
        flow = ends.setdefault((event["cat"], event["name"], event["id"]), {})
        if event["ph"] in flow:
            yield f"flow {event['id']}: two ends of ph {event['ph']}"
        flow[event["ph"]] = event
    slices = {track: _Slices(events) for track, events in tracks.items()}
    for (_, name, number), flow in ends.items():
        if len(flow) != 2:
            yield f"flow {number} ({name}): only the end of ph {next(iter(flow))}"
            continue
        if flow["f"]["ts"] < flow["s"]["ts"]:
            yield f"flow {number} ({name}): ends before it begins"
        for event in flow.values():
            if not slices[(event["pid"], event["tid"])].cover(_ns(event["ts"])):
                yield f"flow {number} ({name}): ph {event['ph']} at {event['ts']} is in no slice"


class _Slices:
    """Those of one track, to be asked often."""

    def __init__(self, events: list[Event]) -> None:
        spans = [(_ns(event["ts"]), _ns(event["ts"]) + _ns(event["dur"])) for event in events if event["ph"] == "X"]
        self._begins = [begin for begin, _ in spans]
        self._latest_ends = list(itertools.accumulate((end for _, end in spans), max))

    def cover(self, at: int) -> bool:
        index = bisect.bisect_right(self._begins, at)
        return index > 0 and self._latest_ends[index - 1] >= at
