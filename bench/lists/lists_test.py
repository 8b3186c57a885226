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
from bench.lists import lists


class GoalsTest(unittest.TestCase):
    def goals(self, **changes: float) -> dict[str, dict[str, Any]]:
        made = lists.COMPARISON.answer(run_of(lists.COMPARISON, **changes))
        return {goal["name"]: goal for goal in made["goals"]}

    def test_numbers_that_were_set(self) -> None:
        most = {goal.name: goal.most for goal in lists.GOALS}
        self.assertEqual(most["List walk / plain list"], 1.05)
        self.assertEqual(most["RcuList walk / plain list"], 1.05)
        self.assertEqual(most["RcuSList walk / plain slist"], 1.05)
        self.assertEqual(most["SpscRing / ck_ring spsc, two threads"], 1.0)
        self.assertEqual(most["Inbox / cds_wfcq, two threads"], 1.0)

    def test_queues_are_compared_in_turn(self) -> None:
        for ratio, met in ((1.0, True), (1.001, False)):
            run = run_of(lists.COMPARISON)
            for row in run["benchmarks"]:
                if row["name"].startswith("queue in turn/Inbox and cds_wfcq/"):
                    row["ratio"] = ratio
            goals = {goal["name"]: goal for goal in lists.COMPARISON.answer(run)["goals"]}
            goal = goals["Inbox / cds_wfcq, two threads"]
            self.assertEqual((goal["measured"], goal["met"]), (ratio, met))

    def test_walks_are_compared_in_turn(self) -> None:
        for ratio, met in ((1.054, True), (1.056, False)):
            run = run_of(lists.COMPARISON)
            for row in run["benchmarks"]:
                if row["name"].startswith("walk in turn/RcuList and cds_list, RCU/"):
                    row["ratio"] = ratio
            goals = {goal["name"]: goal for goal in lists.COMPARISON.answer(run)["goals"]}
            goal = goals["RcuList walk / cds_list, RCU"]
            self.assertEqual((goal["measured"], goal["met"]), (round(ratio, 2), met))


class ProgramTest(unittest.TestCase):
    def test_the_benchmark_has_what_the_goals_need(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="baton-test-")
        self.addCleanup(folder.cleanup)
        target = Path(folder.name) / "answer.json"
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(lists.COMPARISON.main(["--quick", "--json", str(target)]), 0)
        made = json.loads(target.read_text(encoding="utf-8"))
        self.assertEqual(len(made["goals"]), len(lists.GOALS))
        for key, found in by_key(made["runs"]).items():
            for row in found:
                self.assertGreater(row["real_time"], 0, key)
                if key[0].endswith(" in turn"):
                    self.assertGreater(row["ratio"], 0, key)


if __name__ == "__main__":
    unittest.main()
