"""What the image says, read and checked; and the table that is made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench.thread_metric.peers import PEERS, SOURCE

_TEST = re.compile(r"^test ([a-z-]+) plants((?: [a-z]+)+)$")
_RUN = re.compile(r"^([a-z-]+): (\d+) operations in (\d+) ns, counters((?: \d+)+)$")
_CALIBRATION = re.compile(r"^(\d+) instructions in (\d+) ns$")

# Of a loop of many instructions: reading the clock twice takes some hundred, and it counts in steps of 40.
_CALIBRATION_ERROR = 0.001


class MetricError(Exception):
    """What the machine said is of no use, or one of its checks failed; the message says which."""


class Run(NamedTuple):
    operations: int
    ns: int  # with -icount shift=0: instructions
    counters: tuple[int, ...]  # of threads and handler

    @property
    def each(self) -> float:
        """Instructions per operation."""
        return self.ns / self.operations


def read_tests(text: str) -> dict[str, list[str]]:
    """What can be planted, by test."""
    found = {}
    for line in text.splitlines():
        match = _TEST.match(line)
        if not match:
            raise MetricError(f"cannot read the line '{line}'")
        found[match[1]] = match[2].split()
    if set(found) != set(PEERS):
        raise MetricError(f"the image has the tests {' '.join(found)}, and not {' '.join(PEERS)}")
    return found


def read_run(name: str, status: int, text: str) -> Run:
    """The numbers of a run that all its checks let pass."""
    if status != 0:
        raise MetricError(f"the test {name} failed: {' '.join(text.split())}")
    match = _RUN.match(text)
    if not match or match[1] != name or len(text.splitlines()) != 1:
        raise MetricError(f"the test {name} said '{text}'")
    run = Run(int(match[2]), int(match[3]), tuple(map(int, match[4].split())))
    if run.operations == 0 or run.ns == 0 or 0 in run.counters:
        raise MetricError(f"the test {name} counted nothing: '{text}'")
    # The image's own check says the same of the counts since the beginning, from which these differ by one.
    if max(run.counters) - min(run.counters) > 3:
        raise MetricError(f"the counters of the test {name} differ: '{text}'")
    return run


def check_calibration(text: str, wanted: int = 1) -> float:
    """Nanoseconds per instruction: as many as are wanted, or the machine counts no instructions."""
    match = _CALIBRATION.match(text.strip())
    if not match:
        raise MetricError(f"cannot read the line '{text}'")
    each = int(match[2]) / int(match[1])
    if not abs(each / wanted - 1) <= _CALIBRATION_ERROR:
        raise MetricError(f"{match[1]} instructions took {match[2]} ns: the machine's time does not count instructions")
    return each


def results(runs: Mapping[str, Run]) -> list[dict[str, Any]]:
    rows = []
    for name, run in runs.items():
        peer = PEERS[name]
        rows.append(
            {
                "name": name,
                "measured": run.each,
                "unit": "instructions",
                "note": f"{run.operations} operations; FreeRTOS {shown(peer.freertos)}, ThreadX {shown(peer.threadx)}",
                "freertos": peer.freertos,
                "threadx": peer.threadx,
            }
        )
    return rows


def goals(runs: Mapping[str, Run]) -> list[dict[str, Any]]:
    return [
        {
            "name": f"thread-metric: {name}",
            "measured": run.each,
            "goal": PEERS[name].goal,
            "unit": "instructions",
            "met": met(run.each, PEERS[name].goal),
        }
        for name, run in runs.items()
        if PEERS[name].goal is not None
    ]


def met(measured: float, goal: float | None) -> bool:
    """The goals are whole numbers, and what interrupts the tests now and then is a fraction of an instruction."""
    return goal is not None and measured < goal + 0.5


def table(runs: Mapping[str, Run]) -> str:
    """Ours beside theirs, and which goals are met."""
    rows = [["instructions per operation", "Baton", "FreeRTOS", "ThreadX", "goal", "met"]]
    for name, run in runs.items():
        peer = PEERS[name]
        answer = "" if peer.goal is None else "yes" if met(run.each, peer.goal) else f"NO, {run.each / peer.goal:.2f} times"
        rows.append([name, shown(run.each), shown(peer.freertos), shown(peer.threadx), shown(peer.goal), answer])
    wanted = [name for name in runs if PEERS[name].goal is not None]
    reached = sum(met(runs[name].each, PEERS[name].goal) for name in wanted)
    return f"{columns(rows)}{reached} of {len(wanted)} goals are met.\n{SOURCE}\n"


def shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if value < 1000 and value != int(value) else f"{value:.0f}"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """The first and the last to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    last = len(widths) - 1
    text = ""
    for row in rows:
        cells = [cell.ljust(width) if column in (0, last) else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))]
        text += "  ".join(cells).rstrip() + "\n"
    return text
