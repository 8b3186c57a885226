"""Looking keys up beside other tables: what is compared in a run of hash_benchmark, and the goals.

bench/hash/README.md says what is measured and how to read it.
"""

from __future__ import annotations

import sys

from bench.common.comparison import ROOT, Comparison, Extra, Goal

_OURS = "RcuHashTable"
_URCU = "cds_lfht"
_TBB = ("tbb concurrent_hash_map", "tbb concurrent_unordered_map")
_LOOKUPS = ("hit, small table", "miss, small table", "hit, large table", "miss, large table")


def _lookup(operation: str, threads: int) -> list[Goal]:
    words = "" if threads == 1 else ", two threads"
    ours = [(operation, _OURS, threads)]
    return [
        Goal(f"{_OURS} / {_URCU}, {operation}{words}", ours, [(operation, _URCU, threads)], 0.50),
        Goal(f"{_OURS} / TBB's quicker one, {operation}{words}", ours, [(operation, name, threads) for name in _TBB], 1.00),
    ]


GOALS = (
    *[goal for operation in _LOOKUPS for threads in (1, 2) for goal in _lookup(operation, threads)],
    Goal(
        f"{_OURS} / {_URCU}, hit beside resizer",
        [("hit beside resizer", _OURS, 1)],
        [("hit beside resizer", _URCU, 1)],
        0.50,
    ),
)

COMPARISON = Comparison(
    name="hash",
    summary="Looking keys up in tables that others may change, beside liburcu, oneTBB and locks.",
    program=ROOT / "bench/hash/hash_benchmark",
    goals=GOALS,
    floor=lambda key: (key[0], "plain chains", key[2]),
    extras=(Extra("hit beside resizer", "resize_ns", "resize beside reader"),),
)


if __name__ == "__main__":
    sys.exit(COMPARISON.main(sys.argv[1:]))
