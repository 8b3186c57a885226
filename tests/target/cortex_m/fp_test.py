"""FP registers belong to the threads that use them, and to nobody else.

    fp_test.py MACHINE IMAGE
"""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

from tests.target.cortex_m.emulator import MACHINES, run
from tools.qemu.process import exit_on_signals

IMAGE = sys.argv.pop(2)
MACHINE = sys.argv.pop(1)


class FpTest(unittest.TestCase):
    def test_registers_stay_with_their_threads(self) -> None:
        ended = run(MACHINE, Path(f"tests/target/cortex_m/{IMAGE}.elf"), limit=60)
        self.assertEqual(ended.status, 7, ended.output + ended.errors)
        found = re.search(r"wrong 0 preemptions (\d+) yields (\d+) fp (\d+) plain (\d+)", ended.output)
        self.assertIsNotNone(found, ended.output)
        # Both kinds of threads were interrupted, and switched from both ways.
        for number in found.groups():
            self.assertGreater(int(number), 20, ended.output)


if __name__ == "__main__":
    if MACHINE not in MACHINES:
        raise SystemExit(f"unknown machine {MACHINE}")
    exit_on_signals()
    unittest.main(verbosity=2)
