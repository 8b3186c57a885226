"""A small image and the dump of a panic in it: what the tests of the decoder share."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

from tests.cli.support import build_elf, symbols
from tools.decode.decode import decode
from tools.decode.elf import Elf


class DecodeTest(unittest.TestCase):
    folder: Path
    elf: Path
    addresses: dict[str, int]
    dump: str

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="baton-elf-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.elf = build_elf(cls.folder)
        found = symbols(cls.elf)
        cls.addresses = {
            "inspect": found["baton::kernel::inspect(int const*)"],
            "start": found["start"],
            "counters": found["baton::kernel::counters"],
        }
        cls.dump = cls.make_dump()

    @classmethod
    def make_dump(cls, build_id: str | None = None, **changes: int) -> str:
        at = cls.addresses | changes
        call = cls.call_in_start()
        return (
            "=== BATON PANIC ===\n"
            "core 2: data abort, read of address 0x0 (null)\n"
            f"build-id: {build_id or Elf(cls.elf).build_id}\n"
            f"pc 0x{at['inspect']:016x} lr 0x{call:016x} sp 0xffffff8000200ff0\n"
            f"x0 0x{0:016x} x1 0x{at['counters'] + 8:016x}\n"
            "backtrace:\n"
            f"  #0 0x{at['inspect']:016x}\n"
            f"  #1 0x{call:016x}\n"
            "cores:\n"
            "  core 0: stopped in thread shell\n"
            "cells:\n"
            f"  console: busy, held by core 2 in a thread from 0x{call:016x}\n"
            "=== END PANIC ===\n"
        )

    @classmethod
    def call_in_start(cls) -> int:
        """The return address of start's call to inspect, by disassembly."""
        text = subprocess.run(
            ["llvm-objdump-19", "-d", "--no-show-raw-insn", cls.elf], check=True, capture_output=True, text=True
        ).stdout
        calls = [line for line in text.splitlines() if "\tbl\t" in line]
        assert len(calls) == 1, text
        return int(calls[0].split(":")[0], 16) + 4

    def report(self, text: str | bytes) -> str:
        return decode(text, self.elf, source_root=self.folder)

    def check(self, text: str | bytes) -> None:
        """Whatever the noise: the words, the culprit with what was inlined, and the caller."""
        report = self.report(text)
        self.assertIn("core 2: data abort, read of address 0x0 (null)\n", report)
        self.assertIn(
            "      pc   read_at(int const*)  kernel/inspect.cc:1\n"
            "           | static inline __attribute__((always_inline)) int read_at(const int* p) { return *p; }\n"
            "           inlined in baton::kernel::inspect(int const*)  kernel/inspect.cc:5\n",
            report,
        )
        self.assertIn("      lr   start  kernel/inspect.cc:9\n", report)
        self.assertNotIn("      #0 ", report)
        self.assertIn("      #1   start  kernel/inspect.cc:9\n", report)
        self.assertIn("      from start  kernel/inspect.cc:9\n", report)
        self.assertIn("      x1   baton::kernel::counters+0x8\n", report)
        self.assertIn("core 0: stopped in thread shell\n", report)
        self.assertNotIn("not in the image", report)
