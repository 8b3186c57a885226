"""Lists and queues beside those of others: what is compared in a run of lists_benchmark, and the goals.

bench/lists/README.md says what is measured and how to read it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bench.common.comparison import ROOT, Comparison, Extra, Goal, Key

_PLAIN = "plain list"
_PLAIN_SLIST = "plain slist"
_SELDOM = "queue, looking seldom"


def _walk(name: str, peer: str, most: float) -> Goal:
    return Goal(f"{name} walk / {peer}", [("walk in turn", f"{name} and {peer}", 1)], [], most, field="ratio", places=2)


def _queue(goal: str, name: str, peers: Sequence[str]) -> Goal:
    """Each as its receiver gets most out of it: looking all the time, or seldom."""
    ours, theirs = ([(how, each, 2) for how in ("queue", _SELDOM) for each in names] for names in ((name,), peers))
    return Goal(goal, ours, theirs, 1.00)


GOALS = (
    _walk("List", _PLAIN, 1.05),
    _walk("RcuList", _PLAIN, 1.05),
    _walk("RcuList", "cds_list, RCU", 1.05),
    _walk("RcuSList", _PLAIN_SLIST, 1.05),
    Goal("SpscRing / ck_ring spsc, two threads", [("ring", "SpscRing", 2)], [("ring", "ck_ring spsc", 2)], 1.00),
    Goal("MpmcRing / ck_ring mpmc, two threads", [("ring", "MpmcRing", 2)], [("ring", "ck_ring mpmc", 2)], 1.00),
    _queue("Inbox / liburcu's cds_wfcq, two threads", "Inbox", ("cds_wfcq", "cds_wfcq splice")),
    _queue("Inbox / ck_fifo mpmc, two threads", "Inbox", ("ck_fifo mpmc",)),
    _queue("MpscQueue / liburcu's cds_wfcq, one at a time, two threads", "MpscQueue", ("cds_wfcq",)),
)


def _floor(key: Key) -> Key | None:
    return ("walk", _PLAIN, 1) if key[0] == "walk" else None


COMPARISON = Comparison(
    name="lists",
    summary="Lists to walk, and queues from one thread to another, beside those of others.",
    program=ROOT / "bench/lists/lists_benchmark",
    goals=GOALS,
    floor=_floor,
    extras=(Extra("walk in turn", "ratio", "walk in turn, the first / the second", "x"),),
)


if __name__ == "__main__":
    sys.exit(COMPARISON.main(sys.argv[1:]))
