"""Tests of what comparison.py makes of a run, on rows written by hand.

Nothing here looks at how long anything took.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from bench.common.comparison import BenchError, Comparison, Extra, Goal
from bench.common.run_by_hand import rows_of, run_of

MADE_UP = Comparison(
    name="made-up",
    summary="Made up.",
    program=Path("/bin/false"),
    goals=(
        Goal("ours / floor", [("map", "ours", 1)], [("map", "floor", 1)], 1.15),
        Goal("ours / locks", [("map", "ours", 2), ("map", "ours+", 2)], [("map", "lock", 2), ("map", "other", 2)], 0.9),
        Goal("p99", [("wait", "ours", 2)], [("wait", "peer", 2)], 1.0, field="p99"),
        Goal("peak", [("flood", "ours", 1)], [], 20, field="peak", unit="callbacks"),
    ),
    floor=lambda key: ("map", "floor", 1) if key[2] == 1 else None,
    extras=(Extra("wait", "p99", "wait p99"), Extra("flood", "peak", "peak", "callbacks")),
)


class GoalsTest(unittest.TestCase):
    def goals(self, **changes: float) -> dict[str, dict[str, Any]]:
        return {goal["name"]: goal for goal in MADE_UP.answer(run_of(MADE_UP, **changes))["goals"]}

    def test_every_goal_is_measured(self) -> None:
        goals = self.goals()
        self.assertEqual([goal.name for goal in MADE_UP.goals], list(goals))
        self.assertEqual([goal["measured"] for goal in goals.values()], [1.0, 1.0, 1.0, 10.0])
        self.assertEqual([goal["met"] for goal in goals.values()], [True, False, True, True])
        self.assertEqual([goal["unit"] for goal in goals.values()], ["x", "x", "x", "callbacks"])

    def test_ratio_of_medians(self) -> None:
        goal = self.goals(**{"map/ours/1": 11.5})["ours / floor"]
        self.assertAlmostEqual(goal["measured"], 1.15)
        self.assertTrue(goal["met"])
        self.assertFalse(self.goals(**{"map/ours/1": 11.6})["ours / floor"]["met"])

    def test_what_is_behind_the_places_does_not_count(self) -> None:
        for time, measured, met in ((11.54, 1.15, True), (11.56, 1.16, False)):
            run = run_of(MADE_UP, **{"map/ours/1": time})
            rounded = dataclasses.replace(MADE_UP, goals=(dataclasses.replace(MADE_UP.goals[0], places=2),))
            (goal,) = rounded.answer(run)["goals"]
            self.assertEqual((goal["measured"], goal["met"]), (measured, met))

    def test_the_least_of_several(self) -> None:
        self.assertEqual(self.goals(**{"map/ours+/2": 5.0})["ours / locks"]["measured"], 0.5)
        self.assertEqual(self.goals(**{"map/other/2": 5.0})["ours / locks"]["measured"], 2.0)
        self.assertEqual(self.goals(**{"map/other/2": 50.0})["ours / locks"]["measured"], 1.0)

    def test_a_counter_instead_of_the_time(self) -> None:
        run = run_of(MADE_UP)
        for row in run["benchmarks"]:
            if row["name"].startswith("wait/ours/"):
                row["p99"] = 25.0
            if row["name"].startswith("flood/"):
                row["peak"] = 21.0
        goals = {goal["name"]: goal for goal in MADE_UP.answer(run)["goals"]}
        self.assertEqual((goals["p99"]["measured"], goals["p99"]["met"]), (2.5, False))
        self.assertEqual((goals["peak"]["measured"], goals["peak"]["met"]), (21.0, False))


class ResultsTest(unittest.TestCase):
    def test_rows(self) -> None:
        results = {row["name"]: row for row in MADE_UP.answer(run_of(MADE_UP, **{"map/floor/1": 5.0}))["results"]}
        row = results["map, 1 thread/ours"]
        self.assertEqual((row["measured"], row["unit"], row["group"]), (10.0, "ns", "map, 1 thread"))
        self.assertEqual(row["note"], "9 to 60; 2.00 x floor")
        row = results["map, 2 threads/lock"]
        self.assertEqual(row["note"], "9 to 60; 50 % of attempts; fairness 0.90, least share 25 %")

    def test_successes_in_a_row_and_disturbed_runs(self) -> None:
        run = run_of(MADE_UP)
        run["benchmarks"] += rows_of(("map", "new", 2), [1.0] * 7, in_a_row=12.25, disturbed=1)
        row = next(row for row in MADE_UP.answer(run)["results"] if row["name"] == "map, 2 threads/new")
        self.assertTrue(row["note"].endswith("; 12.2 in a row; 7 of 7 runs disturbed"), row["note"])

    def test_groups_stay_together(self) -> None:
        run = run_of(MADE_UP)
        run["benchmarks"] += rows_of(("map", "late", 1), [1.0] * 7)
        groups = [row["group"] for row in MADE_UP.answer(run)["results"]]
        self.assertEqual(len(set(groups)), sum(a != b for a, b in zip(groups, ["", *groups])))

    def test_what_was_run_is_kept(self) -> None:
        run = run_of(MADE_UP)
        self.assertIs(MADE_UP.answer(run)["runs"], run)

    def test_counters_have_tables_of_their_own(self) -> None:
        results = {row["name"]: row for row in MADE_UP.answer(run_of(MADE_UP))["results"]}
        row = results["wait p99, 2 threads/peer"]
        self.assertEqual((row["measured"], row["unit"], row["group"]), (10.0, "ns", "wait p99, 2 threads"))
        self.assertEqual((results["peak, 1 thread/ours"]["unit"], results["peak, 1 thread/ours"]["note"]), ("callbacks", "10 to 10"))
        self.assertNotIn("wait p99, 2 threads/lock", results)


class BadInputTest(unittest.TestCase):
    def refuse(self, run: dict[str, Any], what: str) -> None:
        with self.assertRaisesRegex(BenchError, what):
            MADE_UP.answer(run)

    def test_no_rows(self) -> None:
        self.refuse({"context": {"baton_assertions": "off"}}, "no rows")

    def test_built_with_assertions(self) -> None:
        self.refuse({**run_of(MADE_UP), "context": {"baton_assertions": "on"}}, "-c opt")
        self.refuse({**run_of(MADE_UP), "context": {}}, "-c opt")

    def test_missing_contestant(self) -> None:
        run = run_of(MADE_UP)
        run["benchmarks"] = [row for row in run["benchmarks"] if not row["name"].startswith("map/floor/")]
        self.refuse(run, "no map/floor/1")

    def test_too_few_repetitions(self) -> None:
        run = run_of(MADE_UP)
        run["benchmarks"] += rows_of(("map", "new", 1), [1.0] * 6)
        self.refuse(run, "map/new/1 was repeated fewer than 7 times")

    def test_error_in_a_row(self) -> None:
        run = run_of(MADE_UP)
        run["benchmarks"][0] |= {"error_occurred": True, "error_message": "it broke"}
        self.refuse(run, "it broke")

    def test_strange_name(self) -> None:
        for name in ("BM_Other", "map/floor", "map/floor/three"):
            run = run_of(MADE_UP)
            run["benchmarks"][0]["name"] = name
            with self.subTest(name):
                self.refuse(run, "operation/contestant/threads")


class ProgramTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="baton-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def call(self, *arguments: str, comparison: Comparison = MADE_UP) -> tuple[int, str]:
        with contextlib.redirect_stderr(io.StringIO()) as errors, contextlib.redirect_stdout(io.StringIO()):
            status = comparison.main(arguments)
        return status, errors.getvalue()

    def test_earlier_run(self) -> None:
        source, target = self.folder / "run.json", self.folder / "answer.json"
        source.write_text(json.dumps(run_of(MADE_UP)), encoding="utf-8")
        self.assertEqual(self.call("--from", str(source), "--json", str(target)), (0, ""))
        made = json.loads(target.read_text(encoding="utf-8"))
        self.assertEqual(made, MADE_UP.answer(run_of(MADE_UP)))

    def test_files_that_are_no_run(self) -> None:
        source = self.folder / "run.json"
        for text in ("", "[]", "{", '{"context": {}}'):
            source.write_text(text, encoding="utf-8")
            status, errors = self.call("--from", str(source))
            self.assertEqual((status, errors[:9]), (1, "made-up: "), text)
        self.assertEqual(self.call("--from", str(self.folder / "none"))[0], 1)

    def test_program_that_fails(self) -> None:
        status, errors = self.call()
        self.assertEqual((status, errors), (1, "made-up: false failed with status 1\n"))
        status, errors = self.call(comparison=dataclasses.replace(MADE_UP, program=self.folder / "none"))
        self.assertIn("cannot run", errors)


if __name__ == "__main__":
    unittest.main()
