"""A shell without a UART, by semihosting: text on QEMU's own console, commands from a file that grows."""

from __future__ import annotations

import os
import tempfile
import time
import unittest
from pathlib import Path

from tools.qemu.process import Child, exit_on_signals

IMAGE = Path("boards/cortex_m/skeleton/semihosting/kernel.img").absolute()
PATIENCE = 40.0


class SemihostingTest(unittest.TestCase):
    def boot(self, *, typed: bool) -> None:
        folder = tempfile.TemporaryDirectory(prefix="semihosting-")
        self.addCleanup(folder.cleanup)
        self.typed = Path(folder.name) / "baton.in"
        if typed:
            self.typed.touch()
        os.chdir(folder.name)
        self.child = Child(
            ["qemu-system-arm", "-M", "mps2-an385", "-display", "none", "-monitor", "none", "-serial", "none", "-nic", "none"]
            + ["-chardev", "stdio,id=console,signal=off"]
            + ["-semihosting-config", "enable=on,target=native,chardev=console", "-kernel", str(IMAGE)]
        )
        self.addCleanup(self.child.stop)
        self.text = ""

    def type(self, text: str) -> None:
        with self.typed.open("a") as file:
            file.write(text)

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in self.text:
            self.assertLess(time.monotonic(), end, f"no {text!r} in: {self.text}\n{self.child.errors}")
            self.text += self.child.pump(0.2).decode()

    def test_a_file_is_the_keyboard(self) -> None:
        self.boot(typed=True)
        self.wait_for("console semihosting")
        self.wait_for("baton> ")
        self.type("cpus\r")
        self.wait_for("cpu 0 online")
        self.type("poweroff\r")
        self.text += self.child.drain(PATIENCE).decode()
        self.assertEqual(self.child.wait(PATIENCE), 0, self.text)

    def test_without_the_file_there_is_text_all_the_same(self) -> None:
        self.boot(typed=False)
        self.wait_for("baton> ")


if __name__ == "__main__":
    exit_on_signals()
    unittest.main(verbosity=2)
