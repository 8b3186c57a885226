"""RCU beside what else lets many read: what is compared in a run of rcu_benchmark, and the goals.

bench/rcu/README.md says what is measured and how to read it.
"""

from __future__ import annotations

import sys

from bench.common.comparison import ROOT, Comparison, Extra, Goal

_OURS = "QsbrDomain"
_PEER = "liburcu-qsbr"
_BY_TWO = "read, two and one in turn"


def _in_turn(peer: str, threads: int, most: float) -> Goal:
    words = "" if threads == 1 else ", two threads"
    key = ("read in turn", f"{_OURS} and {peer}", threads)
    return Goal(f"{_OURS} read / {peer}{words}", [key], [], most, field="ratio", places=2)


def _wait(what: str, field: str) -> Goal:
    name = f"{_OURS} grace period / {_PEER}, one reader, {what}"
    return Goal(name, [("grace period", _OURS, 2)], [("grace period", _PEER, 2)], 1.00, field=field)


GOALS = (
    *[_in_turn("bare loads", threads, 1.05) for threads in (1, 2)],
    *[_in_turn(_PEER, threads, 1.00) for threads in (1, 2)],
    Goal(
        f"{_OURS} read, two threads / one (0.513 is 1.95 times the throughput)",
        [(_BY_TWO, _OURS, 2)],
        [],
        0.513,
        field="ratio",
    ),
    Goal(f"{_OURS} retire / {_PEER} call_rcu", [("retire", _OURS, 1)], [("retire", f"{_PEER} call_rcu", 1)], 1.00),
    _wait("median", "real_time"),
    _wait("99 of 100", "p99"),
    Goal(
        "most that waits in a flood of one who helps beyond 2048",
        [("flood", f"{_OURS}, helping", 1)],
        [],
        4096,
        field="peak",
        unit="callbacks",
    ),
)

COMPARISON = Comparison(
    name="rcu",
    summary="RCU beside liburcu, Concurrency Kit's epochs, and locks for readers.",
    program=ROOT / "bench/rcu/rcu_benchmark",
    goals=GOALS,
    floor=lambda key: (key[0], "bare loads", key[2]),
    extras=(
        Extra("read in turn", "ratio", "read in turn, the first / the second", "x"),
        Extra(_BY_TWO, "ratio", "read, two / one", "x"),
        Extra("read beside updater", "update_ns", "update beside reader"),
        Extra("grace period", "p99", "grace period, 99 of 100"),
        Extra("grace period", "max", "grace period, longest"),
        Extra("flood", "all_run_ns", "flood until all have run"),
        Extra("flood", "peak", "most that waits in a flood", "callbacks"),
    ),
)


if __name__ == "__main__":
    sys.exit(COMPARISON.main(sys.argv[1:]))
