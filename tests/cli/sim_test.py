"""Tests of ./baton sim in a tree whose Bazel is a stand-in: which test it builds, and how it runs it."""

from __future__ import annotations

import subprocess
import unittest

from tests.cli.fake_tree import BatonTest, file_set, target_completed

LABELS = """\
//kernel/sched:torture_test
//kernel/sched:torture_test_asan_ubsan
//kernel/sched:torture_test_atomic_points
//kernel/sched:torture_test_tsan
//tests/host_machine:scheduler_test
//tests/host_machine:scheduler_test_tsan
//tests/host_machine:torture_two_test
"""

PROGRAM = """\
#!/bin/sh
echo "$0 $*" >> {tree}/program.log
exit 3
"""


class SimTest(BatonTest):
    def setUp(self) -> None:
        super().setUp()
        self.write("labels", LABELS)

    def build_makes(self, label: str, *others: str) -> None:
        name = label.rpartition(":")[2]
        program = self.write(f"out/{name}", PROGRAM.format(tree=self.tree), 0o755)
        files = [self.write(f"out/{other}", "") for other in others]
        self.built(file_set("0", program, *files), target_completed(label, "0"))

    def sim(self, status: int, *arguments: str, error: str = "") -> subprocess.CompletedProcess[str]:
        return self.expect(status, "sim", *arguments, error=error)

    def test_lists_the_tests(self) -> None:
        answer = self.sim(0)
        self.assertEqual(
            answer.stdout,
            "//kernel/sched:torture_test\n//tests/host_machine:scheduler_test\n//tests/host_machine:torture_two_test\n",
        )
        self.assertEqual(self.log("setup.log"), "--quiet\n")
        self.assertIn("attr(tags, '[\\[ ]seeds[,\\]]', tests(//...))", self.log("bazel.log"))

    def test_runs_the_seeds(self) -> None:
        self.build_makes("//tests/host_machine:scheduler_test")
        # Its status is the test's.
        self.sim(3, "scheduler", "--seeds", "1..10000", "--cores", "4", "--case", "Well*")
        self.assertTrue(self.log("bazel.log").endswith(" //tests/host_machine:scheduler_test\n"))
        self.assertEqual(
            self.log("program.log"),
            f"{self.tree}/out/scheduler_test --seeds=1..10000 --cores=4 --gtest_filter=Well*\n",
        )

    def test_replays_one(self) -> None:
        self.build_makes("//tests/host_machine:scheduler_test", "other.txt")
        self.sim(3, "--replay", "77", "scheduler_test")
        self.assertEqual(self.log("program.log"), f"{self.tree}/out/scheduler_test --replay=77\n")

    def test_of_a_name_and_a_longer_one_takes_the_name(self) -> None:
        self.build_makes("//kernel/sched:torture_test")
        self.sim(3, "torture_test")
        self.assertEqual(self.log("program.log"), f"{self.tree}/out/torture_test \n")

    def test_atomic_points(self) -> None:
        self.build_makes("//kernel/sched:torture_test_atomic_points")
        self.sim(3, "torture_test", "--atomics")
        self.assertEqual(self.log("program.log"), f"{self.tree}/out/torture_test_atomic_points \n")
        self.sim(2, "scheduler", "--atomics", error="no test has 'scheduler' in the label with atomic points")

    def test_unclear_or_unknown_test(self) -> None:
        self.sim(2, "torture", error="2 tests have 'torture' in the label; there are: //kernel/sched:torture_test, ")
        self.sim(2, "nosuch", error="no test has 'nosuch' in the label; there are: //kernel/sched:torture_test, ")
        self.assertNotIn("build", self.log("bazel.log"))

    def test_build_that_makes_no_program(self) -> None:
        self.built(target_completed("//tests/host_machine:scheduler_test"))
        self.sim(1, "scheduler", error="should be one program, and is 0")

    def test_seeds_that_make_no_sense(self) -> None:
        for seeds in ("0..4", "5..4", "7", "a..b", "1..", "-1..2"):
            self.sim(2, "scheduler", f"--seeds={seeds}", error="is no range of seeds")
        for seed in ("0", "x", "1..2"):
            self.sim(2, "scheduler", f"--replay={seed}", error="is no seed")
        for cores in ("0", "9", "two"):
            self.sim(2, "scheduler", f"--cores={cores}", error="is no number of cores")
        self.sim(2, "scheduler", "--seeds=1..2", "--replay=1", error="not allowed with argument")
        self.assertEqual(self.log("bazel.log"), "")


if __name__ == "__main__":
    unittest.main()
