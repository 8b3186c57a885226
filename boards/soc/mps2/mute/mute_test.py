"""A board whose console does not start is not silent: semihosting says why; where nobody listens, the LED blinks."""

from __future__ import annotations

import tempfile
import time
import unittest
from pathlib import Path

from boards.cortex_m.memory_debugger import MemoryDebugger
from tools.qemu.process import Child, exit_on_signals

IMAGE = Path("boards/soc/mps2/mute/kernel.img")
LEDS = 0x4002_8000  # [AN385 3]
PATIENCE = 40.0


class MuteTest(unittest.TestCase):
    def boot(self, *arguments: str) -> Child:
        child = Child(
            ["qemu-system-arm", "-M", "mps2-an385", "-display", "none", "-monitor", "none", "-serial", "none"]
            + ["-nic", "user,restrict=on", "-kernel", str(IMAGE), *arguments]
        )
        self.addCleanup(child.stop)
        return child

    def test_who_listens_is_told(self) -> None:
        child = self.boot(
            *("-chardev", "stdio,id=console,signal=off"),
            *("-semihosting-config", "enable=on,target=native,chardev=console"),
        )
        text = child.drain(PATIENCE).decode()
        self.assertIn("the console, CMSDK, does not start: ", text)
        self.assertEqual(child.wait(PATIENCE), 3, text)

    def test_else_the_led_blinks(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="mute-")
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "gdb"
        child = self.boot("-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb")
        debugger = MemoryDebugger(path)
        self.addCleanup(debugger.close)
        debugger.go()
        seen = ""
        end = time.monotonic() + PATIENCE
        while "010" not in seen and time.monotonic() < end:
            time.sleep(0.03)
            with debugger as memory:
                led = str(memory.read(LEDS, 4)[0] & 1)
            if not seen.endswith(led):
                seen += led
        self.assertIn("010", seen)
        self.assertIsNone(child.status, "it blinks on")


if __name__ == "__main__":
    exit_on_signals()
    unittest.main(verbosity=2)
