"""Tests in Python that boot Baton: a unittest case with boot() and decode().

    from tools.qemu.testing import TargetTest, main

    class CpusTest(TargetTest):
        def test_every_core_is_online(self):
            with self.boot("virt", smp=8) as machine:
                status, text = machine.run("cpus")
                self.assertEqual(status, 0)
                self.assertIn("cpu 7 online", text)
                machine.poweroff()

    if __name__ == "__main__":
        main()

Boards and images are found in the working folder, which under Bazel is the test's runfiles: list
them in `data`. When a test fails, the console's transcript is printed.
"""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

from tools.decode.decode import decode
from tools.qemu.board import Options, find_board
from tools.qemu.machine import Machine
from tools.qemu.process import exit_on_signals


class TargetTest(unittest.TestCase):
    """Every machine that boot() started is gone when the test ends."""

    root = Path(".")

    def setUp(self) -> None:
        self._machines: list[Machine] = []

    def boot(
        self, board: str, *, wait: bool = True, timeout: float = 60, limit: float | None = None, **options: Any
    ) -> Machine:
        """Starts a board; `options` are the fields of tools.qemu.board.Options.

        wait=False: returns before the prompt. limit: seconds for the machine's whole life.
        """
        chosen = find_board(self.root, board)
        wanted = Options(**options)
        machine = Machine(chosen, chosen.image_path(self.root, wanted.form), wanted, limit=limit)
        self._machines.append(machine)
        self.addCleanup(machine.kill)
        machine.start()
        if wait:
            machine.wait_prompt(timeout)
        return machine

    def decode(self, text: str, board: str | None = None) -> str:
        """The report of ./baton decode on a dump, with the image of `board`, or of the board booted last."""
        chosen = find_board(self.root, board) if board else self._machines[-1].board
        return decode(text, chosen.image_path(self.root, "elf"))

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        before = len(result.failures) + len(result.errors) if result else 0
        answer = super().run(result)
        if result and len(result.failures) + len(result.errors) > before:
            for number, machine in enumerate(self._machines):
                print(f"---- {self.id()}: console of machine {number} ({machine.board.name})", file=sys.stderr)
                print(machine.transcript, file=sys.stderr)
        return answer


def main() -> None:
    """Runs the tests of the calling file."""
    exit_on_signals()
    unittest.main(verbosity=2)
