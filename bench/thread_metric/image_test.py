"""The benchmark's image: every test counts and passes its own checks, and what is wrong is found."""

from __future__ import annotations

import sys
import unittest

from bench.thread_metric.lines import MetricError, check_calibration, table
from bench.thread_metric.thread_metric import booted, command, known_tests, measure, run_test
from tools.qemu.process import exit_on_signals

_MICROSECONDS = 2000


class ImageTest(unittest.TestCase):
    def test_every_test_counts(self) -> None:
        runs = measure(_MICROSECONDS)
        text = table(runs)
        for name, run in runs.items():
            self.assertRegex(text, rf"(?m)^{name} +\d")
            self.assertGreater(run.each, 5, f"{name}: a call takes some instructions")
            self.assertGreater(run.operations, 100, name)
        # 1024 times at least load, add, load, xor, store.
        self.assertGreater(runs["basic"].each, 5 * 1024)
        # A round of two switches, and one switch.
        self.assertAlmostEqual(runs["yield-pair"].each / runs["cooperative"].each, 2, delta=0.2)

    def test_what_is_planted_is_found(self) -> None:
        known = known_tests()
        for name, plant, found in (
            ("cooperative", "counter", "a counter is not within one of the mean"),
            ("interrupt-preemption", "counter", "a counter is not within one of the mean"),
            ("memory", "stall", "a counter stands still"),
            ("message", "damage", "another message came than was sent"),
        ):
            with self.subTest(f"{name} {plant}"):
                self.assertIn(plant, known[name])
                with self.assertRaisesRegex(MetricError, f"the test {name} failed: .*metric: {found}"):
                    run_test(name, _MICROSECONDS, plant)

    def test_another_unit_of_time_is_found(self) -> None:
        with booted("-icount", "shift=1,sleep=off") as machine:
            said = command(machine, "calibrate 100000")
        with self.assertRaisesRegex(MetricError, "does not count instructions"):
            check_calibration(said)


if __name__ == "__main__":
    exit_on_signals()
    sys.exit(unittest.main(verbosity=2))
