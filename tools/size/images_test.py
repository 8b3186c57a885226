"""The boards' own images: every byte is somebody's, and what must be there is."""

from __future__ import annotations

import unittest
from pathlib import Path

from tools.size.elf_sections import KINDS, read_sections
from tools.size.linker_map import read_map
from tools.size.sizes import attribute, total
from tools.size.stacks import thread_stacks

# What the board's folder and its port are called.
IMAGES = {"boards/virt": "arch/aarch64", "boards/raspi": "arch/aarch64", "boards/mps2": "arch/armv7m"}


class ImagesTest(unittest.TestCase):
    def test_parts(self) -> None:
        for board, port in IMAGES.items():
            with self.subTest(board):
                elf = Path(board) / "kernel.elf"
                sections = read_sections(elf)
                parts = attribute(read_map(elf.with_suffix(".map").read_text(encoding="utf-8")), sections, thread_stacks(elf))
                self.assertNotIn("(rest)", parts)
                # A board may be a description and nothing else.
                self.assertGreater(parts[board]["text"], 0, board)
                for part in (port, "base", "drivers/uart", "kernel", "kernel/sched", "kernel/blocking", "kernel/commands"):
                    self.assertGreater(parts[part]["text"], 100, part)
                for part in ("kernel/shell", "kernel/stress", "kernel/trace", "libc"):
                    self.assertGreater(parts[part]["text"], 100, part)
                self.assertGreater(parts["strings"]["read-only"], 1000)
                self.assertGreater(sum(parts["tables"].values()), 0x100)
                # The handlers' are without a value, the shell's and the callbacks' in objects that have one.
                self.assertGreater(parts["stacks"]["data"] + parts["stacks"]["bss"], 16 << 10)
                for kind in KINDS:
                    self.assertEqual(total(parts)[kind], sum(section.size for section in sections if section.kind == kind))


if __name__ == "__main__":
    unittest.main()
