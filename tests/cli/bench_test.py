"""Tests of ./baton bench: registry, goals, table, plots, and benchmarks run by a stand-in for Bazel."""

from __future__ import annotations

import json
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from typing import Any

from tests.cli.fake_tree import PROGRAM
from tests.cli.support import TreeTest, environment
from tools.baton_cli.bench import charts, google_goal, table
from tools.baton_cli.plot import bar_chart
from tools.baton_cli.workspace import CommandError

# `bazel run TARGET -- --json FILE` or `--benchmark_out=FILE`: copies the tree's answer.json there.
FAKE_BAZEL = """\
#!/usr/bin/env python3
import pathlib, shutil, sys
tree = pathlib.Path({tree!r})
words = sys.argv[1:]
print("the benchmark's own output", words[words.index("--") - 1])
out = [word.partition("=")[2] for word in words if word.startswith("--benchmark_out=")] or [words[-1]]
if (tree / "answer.json").exists():
    shutil.copy(tree / "answer.json", out[0])
(tree / "bazel.log").write_text(" ".join(words))
sys.exit(int((tree / "status").read_text()))
"""

ROWS: list[dict[str, Any]] = [
    {"name": "BM_Ours", "run_type": "iteration", "real_time": 12.0, "cpu_time": 11.0, "time_unit": "ns", "items": 5.0},
    {"name": "BM_Ours", "run_type": "iteration", "real_time": 10.0, "cpu_time": 9.0, "time_unit": "ns", "items": 6.0},
    {"name": "BM_Ours", "run_type": "iteration", "real_time": 90.0, "cpu_time": 80.0, "time_unit": "ns", "items": 1.0},
    {"name": "BM_Peer", "run_type": "iteration", "real_time": 24.0, "cpu_time": 22.0, "time_unit": "ns"},
    {"name": "BM_Peer_mean", "run_type": "aggregate", "real_time": 24.0, "cpu_time": 22.0, "time_unit": "ns"},
]


class BenchTest(TreeTest):
    def setUp(self) -> None:
        super().setUp()
        self.write("bin/bazel", FAKE_BAZEL.format(tree=str(self.tree)), 0o755)
        self.write("tools/setup", "#!/bin/sh\nexit 0\n", 0o755)
        self.write("status", "0")
        boot = {"summary": "boots", "target": "//bench/boot", "kind": "program"}
        self.write("bench/boot/bench.json", json.dumps(boot))

    def run_it(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(self.tree), "bench", *arguments],
            env=environment(PATH=f"{self.tree / 'bin'}:{environment()['PATH']}"),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def test_program(self) -> None:
        row = {"name": "virt", "measured": 12.3456, "unit": "ms", "note": "median of 7"}
        goal = {"name": "boot", "measured": 12.3456, "goal": 20, "unit": "ms", "met": True}
        self.write("answer.json", json.dumps({"results": [row], "goals": [goal], "runs": {"virt": [12.3456]}}))
        numbers, plots = self.tree / "new/numbers.json", self.tree / "plots"
        answer = self.run_it("boot", "--json", str(numbers), "--plots", str(plots))
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertRegex(answer.stdout, r"(?m)^boot/virt +12\.35 +ms +median of 7$")
        self.assertRegex(answer.stdout, r"(?m)^boot +12\.35 +20 +ms +yes$")
        written = json.loads(numbers.read_text(encoding="utf-8"))
        self.assertEqual(written, {"goals": [goal], "results": {"boot": [row]}, "runs": {"boot": {"virt": [12.3456]}}})
        self.assertIn("12.35 ms", (plots / "boot.svg").read_text(encoding="utf-8"))
        self.assertIn("run ", (self.tree / "bazel.log").read_text(encoding="utf-8"))

    def test_program_with_a_text_of_its_own(self) -> None:
        description = {"summary": "metric", "target": "//bench/thread_metric", "kind": "program"}
        self.write("bench/thread_metric/bench.json", json.dumps(description))
        row = {"name": "yield", "measured": 54.0, "unit": "instructions"}
        goal = {"name": "yield", "measured": 54.0, "goal": 54, "unit": "instructions", "met": True}
        self.write("answer.json", json.dumps({"results": [row], "goals": [goal], "runs": {}, "text": "ours beside theirs\n"}))
        numbers = self.tree / "numbers.json"
        answer = self.run_it("thread-metric", "--json", str(numbers))
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn("thread-metric\nours beside theirs\n", answer.stdout)
        self.assertNotIn("at most", answer.stdout)
        written = json.loads(numbers.read_text(encoding="utf-8"))
        self.assertEqual(written, {"goals": [goal], "results": {"thread-metric": [row]}, "runs": {"thread-metric": {}}})
        self.assertIn("boot\nours beside theirs\n\nthread-metric\nours beside theirs\n", self.run_it().stdout)

    def test_program_built_as_it_wants(self) -> None:
        description = {"summary": "cells", "target": "//bench/cells", "kind": "program", "compilation_mode": "opt"}
        self.write("bench/cells/bench.json", json.dumps(description))
        self.write("answer.json", json.dumps({"results": [], "goals": [], "runs": {}}))
        self.assertEqual(self.run_it("cells").returncode, 0)
        self.assertIn(" -c opt //bench/cells -- --json ", (self.tree / "bazel.log").read_text(encoding="utf-8"))
        self.assertEqual(self.run_it("boot").returncode, 0)
        self.assertNotIn(" -c ", (self.tree / "bazel.log").read_text(encoding="utf-8"))

    def test_program_on_a_board(self) -> None:
        boards = {"virt": "//bench/kernel", "raspi4b": "//bench/kernel:raspi"}
        description = {"summary": "kernel", "target": "//bench/kernel", "kind": "program", "boards": boards}
        self.write("bench/kernel/bench.json", json.dumps(description))
        self.write("answer.json", json.dumps({"results": [], "goals": [], "runs": {}}))
        for board in ("raspi4b", "lm3s6965evb"):
            self.write(f"boards/{board}/run.json", "{}")
        self.assertEqual(self.run_it("kernel", "raspi4b").returncode, 0)
        self.assertIn(" //bench/kernel:raspi -- --board raspi4b --json ", (self.tree / "bazel.log").read_text(encoding="utf-8"))
        self.assertEqual(self.run_it("kernel").returncode, 0)
        self.assertIn(" //bench/kernel -- --json ", (self.tree / "bazel.log").read_text(encoding="utf-8"))
        for words, said in (
            (("kernel", "nosuch"), "unknown board 'nosuch'; boards that kernel runs on: virt raspi4b"),
            (("kernel", "lm3s6965evb"), "benchmark kernel does not run on lm3s6965evb; boards that kernel runs on: virt raspi4b"),
            (("boot", "virt"), "benchmark boot takes no board"),
        ):
            with self.subTest(words):
                answer = self.run_it(*words)
                self.assertEqual((answer.returncode, answer.stderr), (2, f"baton: {said}\n"))

    def test_plots_by_group(self) -> None:
        rows = [
            {"name": "map, 1 thread/a", "group": "map, 1 thread", "measured": 1.0, "unit": "ns"},
            {"name": "map, 2 threads/a", "group": "map, 2 threads", "measured": 2.0, "unit": "ns"},
        ]
        self.write("answer.json", json.dumps({"results": rows, "goals": [], "runs": {}}))
        plots = self.tree / "plots"
        self.assertEqual(self.run_it("boot", "--plots", str(plots)).returncode, 0)
        self.assertEqual(sorted(path.name for path in plots.iterdir()), ["boot_map_1_thread.svg", "boot_map_2_threads.svg"])

    def test_google(self) -> None:
        goals = [{"name": "ours", "benchmark": "BM_Ours", "field": "cpu_time", "goal": 10, "unit": "ns"}]
        description = {"summary": "cells", "target": "//bench/cells", "kind": "google", "goals": goals}
        self.write("bench/cells/bench.json", json.dumps(description))
        self.write("answer.json", json.dumps({"benchmarks": ROWS}))
        answer = self.run_it("cells", "--json", str(self.tree / "numbers.json"))
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertRegex(answer.stdout, r"(?m)^ours +11 +10 +ns +NO$")
        self.assertNotIn("BM_Peer_mean", answer.stdout)
        self.assertIn(" -c opt //bench/cells -- ", (self.tree / "bazel.log").read_text(encoding="utf-8"))
        written = json.loads((self.tree / "numbers.json").read_text(encoding="utf-8"))
        self.assertEqual(written["runs"]["cells"], {"benchmarks": ROWS})
        self.assertFalse(written["goals"][0]["met"])

    def test_unknown_benchmark(self) -> None:
        answer = self.run_it("nosuch")
        self.assertEqual(answer.returncode, 2)
        self.assertEqual(answer.stderr, "baton: unknown benchmark 'nosuch'; benchmarks: boot\n")

    def test_benchmark_that_fails(self) -> None:
        self.write("status", "5")
        answer = self.run_it()
        self.assertEqual(answer.returncode, 1)
        self.assertIn("benchmark boot failed with status 5", answer.stderr)

    def test_benchmark_that_writes_nothing(self) -> None:
        answer = self.run_it()
        self.assertEqual(answer.returncode, 1)
        self.assertNotIn("Traceback", answer.stderr)


class GoalTest(unittest.TestCase):
    GOAL = {"name": "g", "benchmark": "BM_Ours", "field": "real_time", "goal": 12.0, "unit": "ns"}

    def test_middle_of_repetitions(self) -> None:
        goal = google_goal(self.GOAL, ROWS)
        self.assertEqual((goal["measured"], goal["met"]), (12.0, True))
        self.assertFalse(google_goal(self.GOAL | {"goal": 11.9}, ROWS)["met"])

    def test_relative(self) -> None:
        goal = google_goal(self.GOAL | {"relative_to": "BM_Peer", "goal": 0.4, "unit": "x"}, ROWS)
        self.assertEqual((goal["measured"], goal["met"]), (0.5, False))

    def test_missing_benchmark(self) -> None:
        with self.assertRaisesRegex(CommandError, "no benchmark is called BM_None"):
            google_goal(self.GOAL | {"benchmark": "BM_None"}, ROWS)


class ShowTest(unittest.TestCase):
    def test_table_without_goals(self) -> None:
        row = {"name": "a", "measured": 123456.7, "unit": "ms"}
        self.assertEqual(
            table({"results": {"x": [row]}, "goals": []}), "benchmark  measured  unit\nx/a          123457  ms\n"
        )

    def test_charts(self) -> None:
        one = {"name": "x", "measured": 1.0, "unit": "ms"}
        grouped = [
            {"name": "put, alone/a", "group": "put, alone", "measured": 1.0, "unit": "ns"},
            {"name": "take/b", "group": "take", "measured": 2.0, "unit": "ns"},
            {"name": "put, alone/c", "group": "put, alone", "measured": 3.0, "unit": "ns"},
        ]
        made = charts({"boot": [one], "cells": grouped})
        self.assertEqual(sorted(made), ["boot.svg", "cells_put_alone.svg", "cells_take.svg"])
        texts = [text.text for text in ElementTree.fromstring(made["cells_put_alone.svg"]).iter() if text.text]
        self.assertEqual([text for text in texts if text.strip()], ["cells put, alone", "a", "1 ns", "c", "3 ns"])

    def test_chart_is_well_formed(self) -> None:
        chart = bar_chart("a <b> & c", [("one", 1.0, "ms"), ("two <2>", 2.0, "ms"), ("none", 0.0, "s")])
        root = ElementTree.fromstring(chart)
        widths = [float(bar.get("width", "0").rstrip("%")) for bar in root.iter("{http://www.w3.org/2000/svg}rect")][1:]
        self.assertEqual(widths, [210.0, 420.0, 0.0])


if __name__ == "__main__":
    unittest.main()
