"""A shell without a UART: what a debugger sees and types in RAM, through QEMU's stub for one."""

from __future__ import annotations

import struct
import tempfile
import time
import unittest
from pathlib import Path

from boards.cortex_m.memory_debugger import MemoryDebugger
from tools.qemu.process import Child, exit_on_signals

IMAGE = Path("boards/cortex_m/skeleton/ram_log/kernel.img")
RAM, RAM_BYTES = 0x2000_0000, 512 * 1024
PATIENCE = 40.0
# [RTT] id, number of rings up and down, and of each ring: name, bytes, size, write_at, read_at, flags
ID = b"SEGGER RTT\0\0\0\0\0\0" + struct.pack("<II", 1, 1)
RING = struct.Struct("<6I")
WRITE_AT, READ_AT = 12, 16


class RamLogTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="ram-log-")
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "gdb"
        self.child = Child(
            ["qemu-system-arm", "-M", "mps2-an385", "-display", "none", "-monitor", "none", "-serial", "none", "-nic", "none"]
            + ["-semihosting-config", "enable=on,target=native"]
            + ["-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb", "-S"]
            + ["-kernel", str(IMAGE)]
        )
        self.addCleanup(self.child.stop)
        self.debugger = MemoryDebugger(path)
        self.addCleanup(self.debugger.close)
        self.text = ""
        self.block = 0

    def look(self) -> None:
        """Finds the block as OpenOCD does, by its first bytes in RAM, and takes what was written."""
        with self.debugger as memory:
            if not self.block:
                found = memory.read(RAM, RAM_BYTES).find(ID)
                if found < 0:
                    return
                self.block = RAM + found
            up = self.block + len(ID)
            _, data, size, write_at, read_at, _ = RING.unpack(memory.read(up, RING.size))
            ring = memory.read(data, size)
            self.text += (ring[read_at:] + ring[:write_at] if write_at < read_at else ring[read_at:write_at]).decode()
            memory.write(up + READ_AT, struct.pack("<I", write_at))

    def type(self, text: str) -> None:
        with self.debugger as memory:
            down = self.block + len(ID) + RING.size
            _, data, size, write_at, _, _ = RING.unpack(memory.read(down, RING.size))
            for byte in text.encode():
                memory.write(data + write_at, bytes([byte]))
                write_at = (write_at + 1) % size
            memory.write(down + WRITE_AT, struct.pack("<I", write_at))

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in self.text:
            self.assertLess(time.monotonic(), end, f"no {text!r} in: {self.text}")
            time.sleep(0.1)
            self.look()

    def test_a_debugger_is_at_the_shell(self) -> None:
        self.debugger.go()
        self.wait_for("console RAM log")
        self.wait_for("baton> ")
        self.type("cpus\r")
        self.wait_for("cpu 0 online")
        self.type("uptime\r")
        self.wait_for("up ")
        self.type("poweroff\r")
        self.assertEqual(self.child.wait(PATIENCE), 0, self.text)

    def test_the_newest_text_is_there_for_who_comes_late(self) -> None:
        self.debugger.go()
        time.sleep(3)
        self.wait_for("baton> ")
        self.assertIn("Baton", self.text)


if __name__ == "__main__":
    exit_on_signals()
    unittest.main(verbosity=2)
