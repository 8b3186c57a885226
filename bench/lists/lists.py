"""Lists and queues beside those of others: what is compared in a run of lists_benchmark, and the goals.

bench/lists/README.md says what is measured and how to read it.
"""

from __future__ import annotations

import sys

from bench.common.comparison import ROOT, Comparison, Goal, Key

_PLAIN = "plain list"


def _walk(name: str, peer: str, most: float) -> Goal:
    return Goal(f"{name} walk / {peer}", [("walk", name, 1)], [("walk", peer, 1)], most)


GOALS = (
    _walk("List", _PLAIN, 1.05),
    _walk("RcuList", _PLAIN, 1.05),
    _walk("RcuList", "cds_list, RCU", 1.05),
    Goal("SpscRing / ck_ring spsc, two threads", [("ring", "SpscRing", 2)], [("ring", "ck_ring spsc", 2)], 1.00),
    Goal("MpmcRing / ck_ring mpmc, two threads", [("ring", "MpmcRing", 2)], [("ring", "ck_ring mpmc", 2)], 1.00),
    Goal(
        "Inbox / liburcu's cds_wfcq, two threads",
        [("queue", "Inbox", 2)],
        [("queue", "cds_wfcq", 2), ("queue", "cds_wfcq splice", 2)],
        1.00,
    ),
)


def _floor(key: Key) -> Key | None:
    return ("walk", _PLAIN, 1) if key[0] == "walk" else None


COMPARISON = Comparison(
    name="lists",
    summary="Lists to walk, and queues from one thread to another, beside those of others.",
    program=ROOT / "bench/lists/lists_benchmark",
    goals=GOALS,
    floor=_floor,
)


if __name__ == "__main__":
    sys.exit(COMPARISON.main(sys.argv[1:]))
