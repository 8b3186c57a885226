"""Tests of what boot.py makes of a console and of its numbers."""

from __future__ import annotations

import unittest

from bench.boot.boot import boot_time, summarize
from tools.qemu.errors import MachineError


class BootTest(unittest.TestCase):
    def test_time_is_read(self) -> None:
        self.assertEqual(boot_time("Baton\nboot: prompt after 12.345 ms (machine counter)\nbaton> "), 12.345)

    def test_a_slow_boot_is_told_in_seconds(self) -> None:
        self.assertEqual(boot_time("boot: prompt after 1.250 s (machine counter)\n"), 1250.0)

    def test_no_time_or_two_are_an_error(self) -> None:
        line = "boot: prompt after 1.5 ms (machine counter)\n"
        for console in ("", "boot: prompt after soon\n", line + "reset\n" + line, "x" + line):
            with self.subTest(console), self.assertRaises(MachineError):
                boot_time(console)

    def test_summary(self) -> None:
        row = summarize("virt", [9.0, 1.0, 3.0])
        self.assertEqual((row["measured"], row["unit"]), (3.0, "ms"))
        self.assertEqual(row["note"], "median of 3, 1 to 9")


if __name__ == "__main__":
    unittest.main()
