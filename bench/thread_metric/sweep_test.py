"""An interrupt at every instruction: what is planted is found, and nothing of the kernel delays what is above its ceiling."""

from __future__ import annotations

import sys
import unittest

from bench.thread_metric.latency import known_sweeps, names_of, run_sweep
from bench.thread_metric.sweep_lines import addresses, check_planted, table
from tools.qemu.process import exit_on_signals

# The quick ones of those that switch, block, wait for time, and come from handlers.
_SWEPT = ("yield-pair", "interrupt-preemption", "semaphore-ping-pong", "timeout")


class SweepTest(unittest.TestCase):
    def test_what_is_planted_is_found(self) -> None:
        ceiling = run_sweep("planted-ceiling")
        check_planted(ceiling, run_sweep("planted-all"))
        names = names_of(addresses([ceiling]))
        self.assertIsNotNone(ceiling.longest)
        self.assertRegex(names[ceiling.longest.begin], r"mask_as_the_kernel bench/thread_metric/load_tests\.cc:\d+$")

    def test_urgent_interrupts_are_never_delayed(self) -> None:
        known = known_sweeps()
        sweeps = {}
        for name in _SWEPT:
            self.assertIn(name, known)
            sweeps[name] = run_sweep(name)
        names = names_of(addresses(sweeps.values()))
        print(table(sweeps, names))
        for name, sweep in sweeps.items():
            with self.subTest(name):
                self.assertFalse(sweep.urgent_delayed, f"at {sweep.urgent_at:#x} in {name}")
                self.assertGreater(sweep.masked_for, 25, "a switch masks, and the sweep found nothing")
                self.assertGreater(sweep.places, 50)


if __name__ == "__main__":
    exit_on_signals()
    sys.exit(unittest.main(verbosity=2))
