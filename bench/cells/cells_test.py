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

from bench.cells import cells
from bench.common.comparison import by_key
from bench.common.run_by_hand import run_of


class GoalsTest(unittest.TestCase):
    def goals(self, **changes: float) -> dict[str, dict[str, Any]]:
        return {goal["name"]: goal for goal in cells.COMPARISON.answer(run_of(cells.COMPARISON, **changes))["goals"]}

    def test_every_goal_is_measured(self) -> None:
        goals = self.goals()
        self.assertEqual([goal.name for goal in cells.GOALS], list(goals))
        for goal in goals.values():
            self.assertEqual((goal["measured"], goal["unit"]), (1.0, "x"))
            self.assertEqual(goal["met"], goal["goal"] >= 1, goal["name"])

    def test_numbers_that_were_set(self) -> None:
        most = {goal.name: goal.most for goal in cells.GOALS}
        self.assertEqual(most["AtomicTakeCell map / floor"], 1.15)
        self.assertEqual(most["AtomicTakeCell map / std::mutex held across the same work"], 0.65)
        self.assertEqual(most["AtomicTakeCell map / best lock, two threads, per success"], 1.0)
        self.assertEqual(most["TakeCell map / plain pointer"], 1.05)
        combining = next(goal for goal in cells.GOALS if goal.name.startswith("CombiningCell"))
        self.assertEqual(combining.most, 0.5)

    def test_peers_that_were_set(self) -> None:
        compared = {contestant for goal in cells.GOALS for _, contestant, _ in goal.peers}
        self.assertLessEqual({"floor", "plain pointer", "std::mutex", "absl::Mutex", "TTAS"}, compared)
        self.assertLessEqual({"ck_spinlock_fas", "ck_spinlock_ticket", "ck_spinlock_mcs"}, compared)

    def test_best_lock_is_the_quickest_of_all(self) -> None:
        name = "AtomicTakeCell map / best lock, two threads, per success"
        for lock in cells.LOCKS:
            with self.subTest(lock):
                goal = self.goals(**{f"map/{lock}/2": 5.0})[name]
                self.assertEqual((goal["measured"], goal["met"]), (2.0, False))
        for flag in cells.FLAGS:
            goals = self.goals(**{f"map/{flag}/2": 5.0})
            self.assertEqual(goals[name]["measured"], 1.0)
            self.assertEqual(goals[name.replace("best lock", "best flag with the cell's own back-off")]["measured"], 2.0)
        goal = self.goals(**{"map/AtomicTakeCell back-off/2": 8.0})[name]
        self.assertEqual((goal["measured"], goal["met"]), (0.8, True))

    def test_twice_the_throughput_is_half_the_time(self) -> None:
        goals = self.goals(**{"submit/CombiningCell/2": 15.0, "submit/std::mutex/2": 30.0})
        goal = next(goal for name, goal in goals.items() if name.startswith("CombiningCell"))
        self.assertEqual((goal["measured"], goal["met"]), (0.5, True))


class ProgramTest(unittest.TestCase):
    def test_the_benchmark_has_what_the_goals_need(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="baton-test-")
        self.addCleanup(folder.cleanup)
        target = Path(folder.name) / "answer.json"
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(cells.COMPARISON.main(["--quick", "--json", str(target)]), 0)
        made = json.loads(target.read_text(encoding="utf-8"))
        self.assertEqual(len(made["goals"]), len(cells.GOALS))
        rows = by_key(made["runs"])
        self.assertGreater(len(rows), 150)
        for key, found in rows.items():
            for row in found:
                self.assertGreater(row["real_time"], 0, key)
                self.assertGreater(row["success_rate"], 0, key)
                self.assertLessEqual(row["success_rate"], 1, key)
                if key[2] == 1:
                    self.assertEqual(row["success_rate"], 1, key)
                else:
                    self.assertGreaterEqual(row["fairness"], 0.5, key)
                    self.assertLessEqual(row["fairness"], 1, key)
                    self.assertLessEqual(row["least_share"], 0.5, key)
                    self.assertGreaterEqual(row.get("in_a_row", 1), 1, key)


if __name__ == "__main__":
    unittest.main()
