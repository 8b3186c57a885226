"""Lists and queues beside those of others: what is compared in a run of lists_benchmark, and the goals.

bench/lists/README.md says what is measured and how to read it.
"""

from __future__ import annotations

import sys

from bench.common.comparison import ROOT, Comparison, Extra, Goal, Key

_PLAIN = "plain list"
_PLAIN_SLIST = "plain slist"


def _walk(name: str, peer: str, most: float) -> Goal:
    return Goal(f"{name} walk / {peer}", [("walk in turn", f"{name} and {peer}", 1)], [], most, field="ratio", places=2)


def _stream(kind: str, name: str, peer: str) -> Goal:
    """From one thread to another, in turn: a machine's state changes from run to run, and with it every queue's time."""
    return Goal(f"{name} / {peer}, two threads", [(f"{kind} in turn", f"{name} and {peer}", 2)], [], 1.00, field="ratio")


GOALS = (
    _walk("List", _PLAIN, 1.05),
    _walk("RcuList", _PLAIN, 1.05),
    _walk("RcuList", "cds_list, RCU", 1.05),
    _walk("RcuSList", _PLAIN_SLIST, 1.05),
    _stream("ring", "SpscRing", "ck_ring spsc"),
    _stream("ring", "MpmcRing", "ck_ring mpmc"),
    _stream("queue", "Inbox", "cds_wfcq"),
    _stream("queue", "Inbox", "cds_wfcq splice"),
    _stream("queue", "Inbox", "ck_fifo mpmc"),
    _stream("queue", "MpscQueue", "cds_wfcq"),
)


def _floor(key: Key) -> Key | None:
    return ("walk", _PLAIN, 1) if key[0] == "walk" else None


COMPARISON = Comparison(
    name="lists",
    summary="Lists to walk, and queues from one thread to another, beside those of others.",
    program=ROOT / "bench/lists/lists_benchmark",
    goals=GOALS,
    floor=_floor,
    extras=tuple(
        Extra(operation, "ratio", f"{operation}, the first / the second", "x")
        for operation in ("walk in turn", "ring in turn", "queue in turn")
    ),
)


if __name__ == "__main__":
    sys.exit(COMPARISON.main(sys.argv[1:]))
