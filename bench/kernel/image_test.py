"""The benchmark's image on every board, a few rounds: each row measures, and AArch64 counts the same on all of its boards."""

from __future__ import annotations

import sys
import unittest

from bench.kernel.kernel import Bench, command
from bench.kernel.lines import Sharing
from bench.kernel.samples import KernelBenchError, check_loop
from bench.kernel.setups import SETUPS
from tools.qemu.process import exit_on_signals

_SAMPLES = 30
_ROUNDS = 20
_ROWS = [
    "yield", "yield-alone", "preempt-resume", "preempt-suspend", "create-join", "mutex", "semaphore", "semaphore-ping-pong", "channel",
    "queue-16", "wake-same-core", "interrupt-handler", "interrupt-and-back", "interrupt-thread", "ipi-to-itself", "timer-arm",
    "timer-cancel", "sleep-late",
]
# Where neither the interrupt controller nor the order of earlier rows matters.
_EVERYWHERE = ["yield", "yield-alone", "mutex", "semaphore", "semaphore-ping-pong", "channel", "queue-16", "timer-arm", "timer-cancel"]


class ImageTest(unittest.TestCase):
    def test_instructions_of_every_board(self) -> None:
        counts: dict[str, dict[str, float]] = {}
        for board in SETUPS:
            with self.subTest(board):
                bench = Bench(board, _SAMPLES)
                bench.instructions()
                found = {row["name"].partition("/")[2]: row for row in bench.results}
                self.assertEqual(list(found), _ROWS)
                for name, row in found.items():
                    self.assertTrue(1 < row["p50"] <= row["p99"] <= row["max"] < 100_000, f"{name}: {row}")
                counts[board] = {name: row["p50"] for name, row in found.items()}
        for board in ("raspi3b", "raspi4b"):
            for name in _ROWS:
                if name in _EVERYWHERE:
                    self.assertEqual(counts[board][name], counts["virt"][name], f"{name} on {board}")
                elif not name.startswith(("interrupt-", "ipi-", "sleep-")):
                    self.assertAlmostEqual(counts[board][name] / counts["virt"][name], 1, delta=0.05, msg=f"{name} on {board}")

    def test_another_unit_of_time_is_found(self) -> None:
        bench = Bench("virt", _SAMPLES)
        with bench.machine(bench.setup.alone, "-icount", "shift=1,sleep=off") as machine:
            measured = bench.series("instructions", machine, 1)
        with self.assertRaisesRegex(KernelBenchError, "a loop of 2000 instructions takes 400. by the counter"):
            check_loop(measured["loop"], measured["empty"], bench.setup.counts_per_instruction)

    def test_the_plugin_sees_what_cores_share_and_how_much_they_do(self) -> None:
        for board in ("virt", "raspi4b"):
            with self.subTest(board):
                bench = Bench(board, _SAMPLES)
                self.assertTrue(any("pairs" in name for name in self._names(bench, bench.sharing("shared", _ROUNDS))))
                self.assertEqual(self._names(bench, bench.sharing("yield", _ROUNDS)), [])
        bench = Bench("mps2-an385", _SAMPLES)
        bench.side_by_side(_ROUNDS)
        self.assertEqual(len(bench.results), 4)

    @staticmethod
    def _names(bench: Bench, found: Sharing) -> list[str]:
        return bench.names_of(found.written)

    def test_what_cannot_be_is_refused(self) -> None:
        bench = Bench("virt", _SAMPLES)
        with bench.machine(bench.setup.alone) as machine:
            for text, said in (("measure nosuch 3", "there is no row nosuch"), ("pairs yield 2 3", "CORES")):
                with self.subTest(text), self.assertRaisesRegex(KernelBenchError, said):
                    command(machine, text)


if __name__ == "__main__":
    exit_on_signals()
    sys.exit(unittest.main(verbosity=2))
