"""What the benchmark's image prints, and the numbers that people want of it."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

_SAMPLES = re.compile(r"^([a-z0-9-]+) (cycles|ns):((?: \d+)+)$")
_ROW = re.compile(r"^row ([a-z0-9-]+) cores (\d+)$")
_CORE = re.compile(r"^core (\d+): (\d+) rounds in (\d+) ns$")


# Instructions of the row "loop".
LOOP = 2000


class KernelBenchError(Exception):
    """What the machine said is of no use; the message says why."""


class Series(NamedTuple):
    unit: str  # "cycles" or "ns"
    samples: list[int]  # in the order in which they came


class Share(NamedTuple):
    """What one core got done of a play."""

    rounds: int
    ns: int


def read_series(text: str) -> dict[str, Series]:
    found: dict[str, Series] = {}
    for line in text.splitlines():
        match = _SAMPLES.match(line)
        if not match:
            raise KernelBenchError(f"cannot read the line '{line}'")
        series = found.setdefault(match[1], Series(match[2], []))
        series.samples.extend(map(int, match[3].split()))
    if not found:
        raise KernelBenchError("there are no samples")
    return found


def in_instructions(series: Series, overhead: float, each: float) -> list[int]:
    """What an instruction is to the counter is `each`."""
    return [max(0, round((sample - overhead) / each)) for sample in series.samples]


def check_loop(loop: Series, empty: Series, each: float) -> None:
    """The counter counts instructions, or what was measured says nothing."""
    counts = sorted(in_instructions(loop, statistics.median(empty.samples), each))
    middle = counts[len(counts) // 2]
    # The compiler may add some around the loop.
    if not LOOP <= middle <= LOOP + 4:
        raise KernelBenchError(f"a loop of {LOOP} instructions takes {middle} by the counter, which does not count instructions")


def read_rows(text: str) -> dict[str, int]:
    """The least number of cores by row."""
    rows = {}
    for line in text.splitlines():
        match = _ROW.match(line)
        if not match:
            raise KernelBenchError(f"cannot read the line '{line}'")
        rows[match[1]] = int(match[2])
    return rows


def read_shares(text: str, cores: int) -> list[Share]:
    shares = {}
    for line in text.splitlines():
        match = _CORE.match(line)
        if not match:
            raise KernelBenchError(f"cannot read the line '{line}'")
        shares[int(match[1])] = Share(int(match[2]), int(match[3]))
    if sorted(shares) != list(range(cores)):
        raise KernelBenchError(f"{cores} cores played, and {len(shares)} told of it")
    if any(share.rounds == 0 or share.ns == 0 for share in shares.values()):
        raise KernelBenchError("a core did nothing")
    return [shares[core] for core in range(cores)]


def summarize(samples: Sequence[int], overhead: float) -> dict[str, float]:
    """Of samples that each hold `overhead` of the measurement's own; the first is the cold one, and apart."""
    if len(samples) < 2:
        raise KernelBenchError("a series has fewer than two samples")
    cold, *rest = [max(0.0, sample - overhead) for sample in samples]
    rest.sort()
    return {
        "mean": statistics.fmean(rest),
        "p50": rank(rest, 50),
        "p99": rank(rest, 99),
        "max": rest[-1],
        "cold": cold,
    }


def rank(ordered: Sequence[float], percent: int) -> float:
    """The least that so many percent do not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def row(group: str, name: str, unit: str, numbers: dict[str, float], count: int) -> dict[str, Any]:
    note = ", ".join(f"{key} {numbers[key]:.5g}" for key in ("p50", "p99", "max", "cold"))
    return {
        "name": f"{group}/{name}",
        "group": group,
        "measured": numbers["mean"],
        "unit": unit,
        "note": f"{note} ({count} samples)",
        **{key: numbers[key] for key in ("p50", "p99", "max", "cold")},
    }
