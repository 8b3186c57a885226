"""What arch/armv7m promises before any kernel is there: start-up, masking, interrupts, threads, time, semihosting.

    port_test.py MACHINE
"""

from __future__ import annotations

import os
import sys
import unittest
from pathlib import Path

from tests.target.cortex_m.emulator import MACHINES, run
from tools.qemu.process import exit_on_signals

MACHINE = sys.argv.pop(1)
IMAGE = Path("tests/target/cortex_m/port.img")
RAM, FILLED = 0x2000_0000, 0x10000


class PortTest(unittest.TestCase):
    def setUp(self) -> None:
        """RAM as a core finds it: full of anything. The raw image, since an ELF loader would clear .bss."""
        junk = Path(os.environ["TEST_TMPDIR"]) / "junk"
        junk.write_bytes(b"\xa5" * FILLED)
        self.junk = ["-device", f"loader,file={junk},addr={RAM:#x},force-raw=on"]

    def test_with_somebody_who_listens(self) -> None:
        # Otherwise QEMU takes interrupts between blocks of instructions only.
        everywhere = ["-accel", "tcg,one-insn-per-tb=on"]
        ended = run(MACHINE, IMAGE, *self.junk, *everywhere, limit=30)
        said = "start masking interrupt preemption switch atomics guarded clock"
        self.assertEqual(ended.output.split(), said.split())
        self.assertEqual(ended.status, 7, ended.errors)

    def test_with_nobody_who_listens(self) -> None:
        """Then writing does nothing, exit() returns, and the image goes on to a fault, and that to a reset."""
        ended = run(MACHINE, IMAGE, *self.junk, "-no-reboot", listens=False, limit=30)
        self.assertEqual(ended.output, "")
        self.assertEqual(ended.status, 0, ended.errors)


if __name__ == "__main__":
    if MACHINE not in MACHINES:
        raise SystemExit(f"unknown machine {MACHINE}")
    exit_on_signals()
    unittest.main(verbosity=2)
