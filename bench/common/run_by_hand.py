"""Rows of a run, written by hand: for the tests of benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.common.comparison import Comparison, Key


def rows_of(key: Key, times: Sequence[float], **more: float) -> list[dict[str, Any]]:
    name = f"{key[0]}/{key[1]}/{key[2]}/iterations:1/repeats:{len(times)}/manual_time"
    counters = {"success_rate": 0.5, "disturbed": 0}
    if key[2] == 2:
        counters |= {"fairness": 0.9, "least_share": 0.25}
    return [
        {"name": name, "run_type": "iteration", "real_time": time, "time_unit": "ns", **counters, **more} for time in times
    ]


def run_of(comparison: Comparison, **changes: float) -> dict[str, Any]:
    """A run in which everything that the goals look at took 10 ns, but for what `changes` says of
    'operation/contestant/threads', and every other field that they look at is 10 too."""
    keys = {key: None for goal in comparison.goals for key in (*goal.ours, *goal.peers)}
    fields = {goal.field: 10.0 for goal in comparison.goals if goal.field != "real_time"}
    benchmarks = []
    for key in keys:
        time = changes.get("/".join(map(str, key)), 10.0)
        benchmarks += rows_of(key, [time - 1, time, time + 50] * 3, **fields)
    aggregate = dict(benchmarks[0], run_type="aggregate", real_time=1000.0)
    return {"context": {"baton_assertions": "off"}, "benchmarks": [*benchmarks, aggregate]}
