"""The kernel on one small core: what is in the image, and what its operations cost."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

from tests.target.cortex_m.emulator import run
from tools.qemu.process import exit_on_signals

HERE = Path("tests/target/one_core")
BOARD = "mps2-an385"

# Instructions of an operation: those of a loop around it are among them.
AT_MOST = {
    "mutex": 30,
    "semaphore": 55,
    "message": 80,
    "yield-pair": 100,
    "ping-pong": 620,
    "resume-suspend": 195,
}
# Bytes of the small image: code and constants; variables without the stacks of threads.
CODE = 42_500
VARIABLES = 5_200
STACKS = 1536 + 1536 + 2048 + 1536

# DMB of any kind.  [ARMv7-M A7.7.33]
BARRIER = re.compile(rb"\xbf\xf3[\x50-\x5f]\x8f", re.DOTALL)


def barriers(image: Path) -> int:
    return sum(1 for found in BARRIER.finditer(image.read_bytes()) if found.start() % 2 == 0)


def sections(map_file: Path) -> dict[str, int]:
    """The bytes of each output section, of a map that lld wrote."""
    found = re.findall(r"(?m)^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ (\.[\w.]+)$", map_file.read_text())
    return {name: int(size, 16) for size, name in found}


class OneCoreTest(unittest.TestCase):
    def play(self, image: str) -> dict[str, int]:
        ended = run(BOARD, HERE / image, "-icount", "shift=0", limit=60)
        self.assertEqual(ended.status, 0, ended.output + ended.errors)
        return {name: int(count) for name, count in re.findall(r"(?m)^row (\S+) (\d+)$", ended.output)}

    def test_small(self) -> None:
        rows = self.play("small.img")
        self.assertEqual(set(rows), set(AT_MOST))
        for name, most in AT_MOST.items():
            self.assertLessEqual(rows[name], most, name)
            self.assertGreaterEqual(rows[name], 4, name)

    def test_with_every_check(self) -> None:
        self.assertEqual(set(self.play("checked.img")), set(AT_MOST))

    def test_no_barrier_between_cores(self) -> None:
        for image in (HERE / "small.img", HERE / "checked.img", Path("boards/mps2/kernel.img")):
            self.assertEqual(barriers(image), 0, image)

    def test_barriers_are_seen(self) -> None:
        """The pattern, on what an assembler makes of `dmb ish` and `dmb`."""
        for code in (b"\xbf\xf3\x5b\x8f", b"\xbf\xf3\x5f\x8f"):
            self.assertRegex(b"\x00\xbf" + code, BARRIER)

    def test_nothing_of_other_cores(self) -> None:
        """Sources whose code is for several cores leave none."""
        text = (HERE / "small.map").read_text()
        for source in ("placement.o", "watchdog.o", "shell.o", "heap.o", "words.o"):
            self.assertIsNone(re.search(rf"{source}:\(\.text", text), source)

    def test_size(self) -> None:
        size = sections(HERE / "small.map")
        code = sum(size.get(name, 0) for name in (".vectors", ".rodata", ".text"))
        variables = size[".data"] + size[".bss"] - STACKS
        self.assertGreater(code, 8_000)
        self.assertLessEqual(code, CODE)
        self.assertGreater(variables, 500)
        self.assertLessEqual(variables, VARIABLES)


if __name__ == "__main__":
    exit_on_signals()
    unittest.main(verbosity=2)
