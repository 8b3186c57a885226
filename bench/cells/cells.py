"""The cells beside locks: what is compared in a run of cells_benchmark, and the goals.

bench/cells/README.md says what is measured and how to read it.
"""

from __future__ import annotations

import sys

from bench.common.comparison import ROOT, Comparison, Goal

# The cell in every way of waiting for it that there is.
CELLS = ("AtomicTakeCell", "AtomicTakeCell back-off", "AtomicTakeCell back-off+look")
# The locks as they come.
LOCKS = (
    "std::mutex",
    "absl::Mutex",
    "TTAS",
    "ck_spinlock_fas",
    "ck_spinlock_fas back-off",
    "ck_spinlock_ticket",
    "ck_spinlock_mcs",
)
# A flag with the very back-off that the cell's users have here: what any lock could do if it waited so.
FLAGS = ("TTAS back-off", "TAS back-off")


def _like_plain(operation: str, peer: str) -> Goal:
    return Goal(
        f"TakeCell {operation} / plain pointer",
        [(operation, "TakeCell", 1)],
        [(peer, "plain pointer", 1)],
        1.05,
    )


GOALS = (
    Goal("AtomicTakeCell map / floor", [("map", "AtomicTakeCell", 1)], [("map", "floor", 1)], 1.15),
    Goal(
        "AtomicTakeCell map / std::mutex held across the same work",
        [("map", "AtomicTakeCell", 1)],
        [("map", "std::mutex", 1)],
        0.65,
    ),
    Goal(
        "AtomicTakeCell map / best lock, two threads, per success",
        [("map", cell, 2) for cell in CELLS],
        [("map", lock, 2) for lock in LOCKS],
        1.00,
    ),
    Goal(
        "AtomicTakeCell map / best flag with the cell's own back-off, two threads, per success",
        [("map", cell, 2) for cell in CELLS],
        [("map", flag, 2) for flag in FLAGS],
        1.00,
    ),
    _like_plain("map", "map"),
    _like_plain("lease", "map"),
    _like_plain("take+put", "take+put"),
    _like_plain("replace", "replace"),
    _like_plain("is_full", "is_full"),
    Goal(
        "CombiningCell submit / std::mutex, two submitters (0.5 is twice the throughput)",
        [("submit", "CombiningCell", 2)],
        [("submit", "std::mutex", 2)],
        0.50,
    ),
)

COMPARISON = Comparison(
    name="cells",
    summary="The cells beside locks, a plain pointer and the floor.",
    program=ROOT / "bench/cells/cells_benchmark",
    goals=GOALS,
    floor=lambda key: ("map", "floor", 1) if key[2] == 1 else None,
)


if __name__ == "__main__":
    sys.exit(COMPARISON.main(sys.argv[1:]))
