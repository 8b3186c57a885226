"""Tests of the goals, on rows written by hand, and of the benchmark's rows being those that they need.

Nothing here looks at how long anything took.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from bench.common.comparison import by_key
from bench.common.run_by_hand import run_of
from bench.hash import hash as hash_bench


class GoalsTest(unittest.TestCase):
    def goals(self, **changes: float) -> dict[str, dict[str, Any]]:
        made = hash_bench.COMPARISON.answer(run_of(hash_bench.COMPARISON, **changes))
        return {goal["name"]: goal for goal in made["goals"]}

    def test_numbers_that_were_set(self) -> None:
        for goal in hash_bench.GOALS:
            self.assertEqual(goal.most, 0.5 if "cds_lfht" in goal.name else 1.0, goal.name)

    def test_half_of_liburcu_is_enough_and_more_is_not(self) -> None:
        name = "RcuHashTable / cds_lfht, hit, small table"
        for time, met in ((5.0, True), (6.0, False)):
            goal = self.goals(**{"hit, small table/RcuHashTable/1": time})[name]
            self.assertEqual((goal["measured"], goal["met"]), (time / 10, met))

    def test_the_quicker_table_of_tbb_counts(self) -> None:
        name = "RcuHashTable / TBB's quicker one, miss, large table, two threads"
        for peer in ("tbb concurrent_hash_map", "tbb concurrent_unordered_map"):
            goal = self.goals(**{f"miss, large table/{peer}/2": 5.0})[name]
            self.assertEqual((goal["measured"], goal["met"]), (2.0, False), peer)


class ProgramTest(unittest.TestCase):
    def test_the_benchmark_has_what_the_goals_need(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="baton-test-")
        self.addCleanup(folder.cleanup)
        target = Path(folder.name) / "answer.json"
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(hash_bench.COMPARISON.main(["--quick", "--json", str(target)]), 0)
        made = json.loads(target.read_text(encoding="utf-8"))
        self.assertEqual(len(made["goals"]), len(hash_bench.GOALS))
        self.assertIn("resize beside reader, 1 thread", {row["group"] for row in made["results"]})
        for key, found in by_key(made["runs"]).items():
            for row in found:
                self.assertGreater(row["real_time"], 0, key)


if __name__ == "__main__":
    unittest.main()
