"""A blinking LED with two threads: it fits into 8 KiB, and blinks."""

from __future__ import annotations

import re
import socket
import tempfile
import time
import unittest
from pathlib import Path

from tools.qemu.process import Child, exit_on_signals

FOLDER = Path("boards/blink")
MOST = 8 * 1024
LED = 0x4002_8000  # [AN385 3]
PATIENCE = 40.0
# Of the map: address, address it is loaded from, size, alignment, then whose.
ROW = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ +\S*:\((\.[^)]*)\)$")


def largest(path: Path, count: int) -> str:
    """What takes most of an image, by its map."""
    rows = [(int(found[1], 16), found[2]) for found in map(ROW.match, path.read_text("utf-8").splitlines()) if found]
    taken = sorted((row for row in rows if not row[1].startswith((".bss", ".debug", ".stack", ".comment", ".strtab", ".symtab", ".shstrtab"))), reverse=True)
    return "\n".join(f"{size:6} {name}" for size, name in taken[:count])


class SizeTest(unittest.TestCase):
    def test_it_fits(self) -> None:
        size = (FOLDER / "mps2_image.img").stat().st_size
        what = largest(FOLDER / "mps2_image.map", 25)
        self.assertRegex(what, r"CoreScheduler", "the map is read right")
        self.assertLessEqual(size, MOST, f"bytes of flash; most of them:\n{what}")


class BlinkTest(unittest.TestCase):
    def boot(self, machine: str, image: str, *arguments: str) -> Child:
        child = Child(
            ["qemu-system-arm", "-M", machine, "-display", "none", "-monitor", "none", "-serial", "none"]
            + ["-nic", "user,restrict=on" if machine.startswith("mps2") else "none", "-kernel", str(FOLDER / image), *arguments]
        )
        self.addCleanup(child.stop)
        return child

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="blink-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    @staticmethod
    def in_time(changes: list[tuple[float, int]]) -> bool:
        """Six changes one after the other, a quarter of a second each. The first one known is when the look began."""
        return len(changes) >= 8 and abs(changes[-1][0] - changes[-7][0] - 1.5) <= 0.25

    def test_mps2(self) -> None:
        """Half of the time on, half of it off: QEMU's test protocol looks at the LED."""
        path = self.folder / "qtest"
        arguments = ("-accel", "tcg", "-qtest", f"unix:{path},server=on,wait=off", "-qtest-log", "none")
        child = self.boot("mps2-an385", "mps2_image.img", *arguments)
        end = time.monotonic() + PATIENCE
        while not path.exists() and time.monotonic() < end:
            time.sleep(0.02)
        changes: list[tuple[float, int]] = []
        with socket.socket(socket.AF_UNIX) as pins, pins.makefile("r", encoding="ascii") as answers:
            pins.settimeout(PATIENCE)
            pins.connect(str(path))
            # The host may not run it for a while; so it may have several tries, for as long as the patience lasts.
            while not self.in_time(changes) and time.monotonic() < end:
                pins.sendall(f"readl {LED:#x}\n".encode("ascii"))
                status, value = answers.readline().split()
                self.assertEqual(status, "OK")
                led = int(value, 0) & 1
                if not changes or changes[-1][1] != led:
                    changes.append((time.monotonic(), led))
                time.sleep(0.005)
        self.assertTrue(self.in_time(changes), changes)
        self.assertIsNone(child.status, "it blinks on")

    def test_stm32f100(self) -> None:
        """In 8 KiB of RAM. QEMU has no such port, and says what is written there."""
        log = self.folder / "log"
        child = self.boot("stm32vldiscovery", "stm32f100_image.img", "-d", "unimp", "-D", str(log))
        words: list[str] = []
        end = time.monotonic() + PATIENCE
        while len(words) < 6 and time.monotonic() < end:
            time.sleep(0.05)
            text = log.read_text("ascii") if log.exists() else ""
            words = re.findall(r"GPIOC: unimplemented device write .*offset 0x010, value (0x\w+)\)", text)
        # [RM0041 7.2.5]: the lower half sets, the upper one resets.
        self.assertEqual(words[:6], ["0x00000200", "0x02000000"] * 3)
        self.assertIsNone(child.status, "it blinks on")


if __name__ == "__main__":
    exit_on_signals()
    unittest.main(verbosity=2)
