"""Tests of ./baton debug with the kernel itself: gdb's commands know its cores and its cells."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import unittest

from tests.cli.fake_tree import PROGRAM, BatonTest, file_set, target_completed
from tests.cli.support import ROOT, environment
from tools.qemu.board import find_board


class DebugKernelTest(BatonTest):
    def setUp(self) -> None:
        super().setUp()
        sockets = tempfile.TemporaryDirectory(prefix="b-")
        self.addCleanup(sockets.cleanup)
        self.environment = environment(
            PATH=f"{self.tree / 'bin'}:{environment()['PATH']}", TMPDIR=sockets.name, HOME=str(self.tree)
        )
        for name in ("tools/gdb/baton.py", "tools/decode/symbolize.py"):
            self.copy(name)

    def copy(self, name: str) -> None:
        (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, self.tree / name)

    def debug(self, *commands: str, board: str = "virt", smp: int = 3) -> str:
        self.copy(f"boards/{board}/run.json")
        chosen = find_board(ROOT, board)
        image, elf = (chosen.image_path(ROOT, form) for form in ("img", "elf"))
        self.built(file_set("0", elf, image), target_completed(chosen.image, "0"))
        line = [sys.executable, "-c", PROGRAM, str(self.tree), "debug", board, "--smp", str(smp), "--batch"]
        for command in commands:
            line += ["--ex", command]
        answer = subprocess.run(
            line,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        return answer.stdout

    def test_cores_and_cells_at_the_shell(self) -> None:
        out = self.debug("break baton::kernel::console::wait_for_input", "continue", "baton-cores", "baton-cells")
        self.assertRegex(out, r"(?m)^\* core 0  pc 0xf\w{15}  EL1\w  online  baton::kernel::console::wait_for_input\(.*console")
        for core in (1, 2):
            self.assertRegex(out, rf"(?m)^  core {core}  pc 0xf\w{{15}}  EL1\w  online  baton::")
        self.assertNotIn("core 3", out)
        self.assertRegex(out, r"(?m)^console\.transmit +full$")
        self.assertRegex(out, r"(?m)^mailbox\.2 +empty$")

    def test_cortex_m(self) -> None:
        out = self.debug(
            "break baton::kernel::console::wait_for_input",
            "continue",
            "baton-cores",
            "baton-cells",
            "delete",
            "break baton::arch::on_interrupt",
            "continue",
            "baton-cores",
            board="lm3s6965evb",
            smp=1,
        )
        self.assertRegex(out, r"(?m)^\* core 0  pc 0x00\w{14}  thread  online  baton::kernel::console::wait_for_input\(.*console")
        self.assertNotIn("core 1", out)
        self.assertRegex(out, r"(?m)^console\.transmit +full$")
        self.assertRegex(out, r"(?m)^\* core 0  pc 0x00\w{14}  exception \d+  online  ")

    def test_busy_cell(self) -> None:
        # From the banner on, whatever is written is written by whoever is inside the transmitter.
        out = self.debug(
            "break baton::kernel::start",
            "continue",
            "break baton::drivers::Pl011::try_write",
            "continue",
            "baton-cells",
        )
        self.assertRegex(out, r"(?m)^console\.transmit +busy(, held by core 0 in a thread from .*)?$")


del BatonTest


if __name__ == "__main__":
    unittest.main()
