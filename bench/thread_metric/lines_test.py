"""Tests of what is read from the image, and of the table."""

from __future__ import annotations

import json
import unittest

from bench.thread_metric.lines import MetricError, Run, check_calibration, goals, met, read_run, read_tests, results, table
from bench.thread_metric.peers import PEERS
from bench.thread_metric.thread_metric import answer

TESTS = "".join(f"test {name} plants stall counter\n" for name in PEERS)
LINE = "yield-pair: 1000 operations in 95000 ns, counters 1000 1001\n"


class ReadTest(unittest.TestCase):
    def test_a_run(self) -> None:
        run = read_run("yield-pair", 0, LINE)
        self.assertEqual(run, Run(1000, 95000, (1000, 1001)))
        self.assertEqual(run.each, 95)

    def test_what_is_wrong_is_an_error(self) -> None:
        for status, text in (
            (1, LINE + "metric: a counter stands still\n"),
            (0, LINE.replace("yield", "mutex")),
            (0, LINE + LINE),
            (0, LINE.replace("1000 operations", "0 operations")),
            (0, LINE.replace("95000 ns", "0 ns")),
            (0, LINE.replace("1001", "0")),
            (0, LINE.replace("1001", "1004")),
            (0, LINE.replace(" counters 1000 1001", "")),
            (0, ""),
        ):
            with self.subTest(text), self.assertRaises(MetricError):
                read_run("yield-pair", status, text)

    def test_the_check_that_failed_is_told(self) -> None:
        with self.assertRaisesRegex(MetricError, "the test yield-pair failed: .* a counter stands still"):
            read_run("yield-pair", 1, LINE + "metric: a counter stands still\n")

    def test_tests(self) -> None:
        self.assertEqual(read_tests(TESTS)["memory"], ["stall", "counter"])
        for text in (TESTS + "what\n", TESTS.replace("memory", "memoir"), ""):
            with self.subTest(text), self.assertRaises(MetricError):
                read_tests(text)

    def test_time_must_count_instructions(self) -> None:
        self.assertEqual(check_calibration("2000000 instructions in 2000400 ns\n"), 1.0002)
        self.assertEqual(check_calibration("2000000 instructions in 128000000 ns\n", 64), 64)
        for text in ("2000000 instructions in 4000000 ns", "2000000 instructions in 1990000 ns", "what"):
            with self.subTest(text), self.assertRaises(MetricError):
                check_calibration(text)


class ShowTest(unittest.TestCase):
    RUNS = {"cooperative": Run(100, 5400, (20,) * 5), "memory": Run(100, 6000, (100,)), "basic": Run(1, 7175, (1,))}

    def test_goals(self) -> None:
        found = {goal["name"]: goal for goal in goals(self.RUNS)}
        self.assertEqual([name for name, goal in found.items() if goal["met"]], ["thread-metric: cooperative"])
        self.assertEqual(found["thread-metric: memory"]["measured"], 60)
        self.assertNotIn("thread-metric: basic", found)

    def test_met(self) -> None:
        self.assertTrue(met(54.4, 54))
        self.assertFalse(met(54.5, 54))
        self.assertFalse(met(1, None))

    def test_table(self) -> None:
        lines = table(self.RUNS).splitlines()
        self.assertEqual(lines[0].split(), ["instructions", "per", "operation", "Baton", "FreeRTOS", "ThreadX", "goal", "met"])
        self.assertEqual(lines[1].split(), ["cooperative", "54", "54", "66", "54", "yes"])
        self.assertEqual(lines[2].split(), ["memory", "60", "-", "59", "59", "NO,", "1.02", "times"])
        self.assertEqual(lines[3].split(), ["basic", "7175", "8198", "8198", "-"])
        self.assertEqual(lines[4], "1 of 2 goals are met.")

    def test_answer_is_json(self) -> None:
        written = json.loads(json.dumps(answer(self.RUNS)))
        self.assertEqual(written["runs"]["memory"], {"operations": 100, "ns": 6000, "counters": [100]})
        self.assertEqual(written["text"], table(self.RUNS))
        self.assertEqual([row["measured"] for row in results(self.RUNS)], [54, 60, 7175])


if __name__ == "__main__":
    unittest.main()
