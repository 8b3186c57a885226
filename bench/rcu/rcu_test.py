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
from bench.rcu import rcu


class GoalsTest(unittest.TestCase):
    def goals(self, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {goal["name"]: goal for goal in rcu.COMPARISON.answer(run)["goals"]}

    def test_numbers_that_were_set(self) -> None:
        most = {goal.name: goal.most for goal in rcu.GOALS}
        self.assertEqual(most["QsbrDomain read / bare loads"], 1.05)
        self.assertEqual(most["QsbrDomain read / liburcu-qsbr"], 1.0)
        self.assertEqual(most["QsbrDomain retire / liburcu-qsbr call_rcu"], 1.0)
        self.assertEqual(most["QsbrDomain grace period / liburcu-qsbr, one reader, median"], 1.0)
        self.assertEqual(most["QsbrDomain grace period / liburcu-qsbr, one reader, 99 of 100"], 1.0)

    def test_twice_the_throughput_is_half_the_time(self) -> None:
        (name,) = (goal.name for goal in rcu.GOALS if "two threads / one" in goal.name)
        for ratio, met in ((0.5, True), (1 / 1.95, True), (0.52, False)):
            run = run_of(rcu.COMPARISON)
            for row in run["benchmarks"]:
                if row["name"].startswith("read, two and one in turn/QsbrDomain/2/"):
                    row["ratio"] = ratio
            goal = self.goals(run)[name]
            self.assertAlmostEqual(goal["measured"], ratio)
            self.assertEqual(goal["met"], met, ratio)

    def test_reading_is_compared_in_turn(self) -> None:
        name = "QsbrDomain read / liburcu-qsbr, two threads"
        for ratio, met in ((0.99, True), (1.004, True), (1.006, False)):
            run = run_of(rcu.COMPARISON)
            for row in run["benchmarks"]:
                if row["name"].startswith("read in turn/QsbrDomain and liburcu-qsbr/2/"):
                    row["ratio"] = ratio
            goal = self.goals(run)[name]
            self.assertEqual((goal["measured"], goal["met"]), (round(ratio, 2), met))

    def test_counters(self) -> None:
        run = run_of(rcu.COMPARISON)
        for row in run["benchmarks"]:
            if row["name"].startswith("grace period/QsbrDomain/"):
                row["p99"] = 15.0
            if row["name"].startswith("flood/"):
                row["peak"] = 5000.0
        goals = self.goals(run)
        goal = goals["QsbrDomain grace period / liburcu-qsbr, one reader, 99 of 100"]
        self.assertEqual((goal["measured"], goal["met"]), (1.5, False))
        goal = goals["QsbrDomain grace period / liburcu-qsbr, one reader, median"]
        self.assertEqual((goal["measured"], goal["met"]), (1.0, True))
        goal = goals["most that waits in a flood of one who helps beyond 2048"]
        self.assertEqual((goal["measured"], goal["unit"], goal["met"]), (5000.0, "callbacks", False))


class ProgramTest(unittest.TestCase):
    def test_the_benchmark_has_what_the_goals_need(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="baton-test-")
        self.addCleanup(folder.cleanup)
        target = Path(folder.name) / "answer.json"
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(rcu.COMPARISON.main(["--quick", "--json", str(target)]), 0)
        made = json.loads(target.read_text(encoding="utf-8"))
        self.assertEqual(len(made["goals"]), len(rcu.GOALS))
        groups = {row["group"] for row in made["results"]}
        for extra in rcu.COMPARISON.extras:
            self.assertTrue(any(group.startswith(f"{extra.title}, ") for group in groups), extra.title)
        rows = by_key(made["runs"])
        contestants = {contestant for _, contestant, _ in rows}
        self.assertLessEqual({"bare loads", "QsbrDomain", "MembarrierDomain"}, contestants)
        self.assertLessEqual({"liburcu-qsbr", "liburcu-memb", "liburcu-bp", "ck_epoch"}, contestants)
        self.assertLessEqual({"std::shared_mutex", "absl::Mutex"}, contestants)
        for key, found in rows.items():
            for row in found:
                self.assertGreater(row["real_time"], 0, key)
                if key[0].endswith(" in turn"):
                    self.assertGreater(row["ratio"], 0, key)
                if key[0] == "grace period":
                    self.assertLessEqual(row["real_time"], row["p99"], key)
                    self.assertLessEqual(row["p99"], row["max"], key)
                if key[0] == "flood":
                    self.assertGreaterEqual(row["peak"], 64, key)
                    self.assertGreaterEqual(row["all_run_ns"], row["real_time"], key)


if __name__ == "__main__":
    unittest.main()
