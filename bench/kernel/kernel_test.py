"""Tests of what the benchmark makes of consoles, of the plugin's file, and of the linker's map."""

from __future__ import annotations

import struct
import tempfile
import unittest
from pathlib import Path

from bench.kernel.kernel import Bench
from bench.kernel.lines import Use, names_of, read_instructions, read_lines, sharing
from bench.kernel.samples import (
    KernelBenchError,
    Series,
    Share,
    check_loop,
    in_instructions,
    read_rows,
    read_series,
    read_shares,
    row,
    summarize,
)
from bench.kernel.setups import SETUPS, setup_of
from bench.kernel.sizes import address_of, kind_of, part_of, parts, symbols


class SamplesTest(unittest.TestCase):
    def test_series_go_on_over_lines(self) -> None:
        found = read_series("yield cycles: 3 1 2\nsleep-late ns: 7\nyield cycles: 4\n")
        self.assertEqual(found["yield"], ("cycles", [3, 1, 2, 4]))
        self.assertEqual(found["sleep-late"], ("ns", [7]))

    def test_what_is_no_sample_is_an_error(self) -> None:
        for text in ("", "yield cycles:\n", "yield cycles: 1 x\n", "yield: 1\n", "rcu: a grace period has lasted 2 s\n"):
            with self.subTest(text), self.assertRaises(KernelBenchError):
                read_series(text)

    def test_rows(self) -> None:
        self.assertEqual(read_rows("row yield cores 1\nrow wake-other-core cores 2\n"), {"yield": 1, "wake-other-core": 2})
        with self.assertRaises(KernelBenchError):
            read_rows("row yield\n")

    def test_shares(self) -> None:
        text = "core 0: 10 rounds in 500 ns\ncore 1: 20 rounds in 600 ns\n"
        self.assertEqual(read_shares(text, 2), [Share(10, 500), Share(20, 600)])
        for wrong in (text.replace("20 rounds", "0 rounds"), text.splitlines()[0], "core 0: 1 rounds\n"):
            with self.subTest(wrong), self.assertRaises(KernelBenchError):
                read_shares(wrong, 2)

    def test_the_first_sample_is_the_cold_one_and_the_rest_have_no_overhead(self) -> None:
        numbers = summarize([1002, *range(102, 2, -1)], 2)
        self.assertEqual(numbers, {"mean": 50.5, "p50": 50, "p99": 99, "max": 100, "cold": 1000})
        self.assertEqual(summarize([1, 1], 2)["p50"], 0)
        with self.assertRaises(KernelBenchError):
            summarize([5], 0)

    def test_row(self) -> None:
        made = row("time", "yield", "ns", {"mean": 1.5, "p50": 1, "p99": 2, "max": 3, "cold": 9}, 4)
        self.assertEqual((made["name"], made["measured"], made["max"]), ("time/yield", 1.5, 3))
        self.assertEqual(made["note"], "p50 1, p99 2, max 3, cold 9 (4 samples)")


class InstructionsTest(unittest.TestCase):
    def test_counts_of_a_slower_clock_say_how_many(self) -> None:
        # 16 and 221 instructions, read with either error.
        self.assertEqual(in_instructions(Series("cycles", [131, 132, 786, 788]), 80, 3.2), [16, 16, 221, 221])
        self.assertEqual(in_instructions(Series("cycles", [1]), 2, 1), [0])

    def test_a_counter_of_something_else_is_found(self) -> None:
        for each in (1.0, 3.2):
            check_loop(Series("cycles", [round(2001 * each) + 2] * 3), Series("cycles", [2, 2, 2]), each)
            for wrong in (1990, 2010, 4000):
                with self.subTest(wrong), self.assertRaisesRegex(KernelBenchError, f"takes {wrong} by the counter"):
                    check_loop(Series("cycles", [round(wrong * each)] * 3), Series("cycles", [0] * 3), each)

    def test_boards(self) -> None:
        self.assertEqual(setup_of("virt").counts_per_instruction, 1)
        self.assertAlmostEqual(setup_of("mps2-an385").counts_per_instruction, 3.2)
        self.assertEqual((setup_of("virt").with_cores(3).smp, setup_of("raspi4b").with_cores(3).smp), (3, None))
        with self.assertRaisesRegex(KernelBenchError, f"does not run on host; .*: {' '.join(SETUPS)}$"):
            setup_of("host")

    def test_instructions_of_plays(self) -> None:
        self.assertEqual(read_instructions("1 20\n0 10\n0 30\n1 40\n", 2), [[10, 20], [30, 40]])
        for text in ("", "0 1\n", "0 1\n0 2\n", "0 1\n2 1\n", "0 0\n1 1\n", "0 1 1\n", "x 1\n"):
            with self.subTest(text), self.assertRaises(KernelBenchError):
                read_instructions(text, 2)


class LinesTest(unittest.TestCase):
    def test_what_is_shared(self) -> None:
        lines = read_lines("0 1000 5 0\n1 1000 5 1\n0 1040 5 9\n0 1080 1 0\n1 1080 1 0\n")
        found = sharing(lines)
        self.assertEqual((found.cores, found.lines), (2, 3))
        self.assertEqual(found.written, {0x1000: {0: Use(5, 0), 1: Use(5, 1)}})
        self.assertEqual(found.read_only, [0x1080])

    def test_a_damaged_file_is_an_error(self) -> None:
        for text in ("0 1000 5\n", "0 xyz 1 1\n", "\n"):
            with self.subTest(text), self.assertRaises(KernelBenchError):
                read_lines(text)

    def test_names(self) -> None:
        table = [(0x1000, 8, "first"), (0x1030, 0x20, "across"), (0x1080, 0, "label")]
        self.assertEqual(names_of([0x1000], table), ["across", "first"])
        self.assertEqual(names_of([0x1040, 0x1080], table), ["across", "label"])
        self.assertEqual(names_of([0x2000], table), ["0x2000"])


class SizesTest(unittest.TestCase):
    MAP = """             VMA              LMA     Size Align Out     In      Symbol
ffffff8040080000         40080000    208b8    16 .text
ffffff8040080000         40080000       64     4         bazel-out/k8-opt-ST-1/bin/kernel/sched/_objs/sched/thread.o:(.text)
ffffff8040080000         40080000        0     1                 baton::kernel::Thread::join()
ffffff8040080100         40080100       10     4         bazel-out/k8-opt-ST-1/bin/kernel/sched/_objs/sched/thread.o:(.rodata.str)
ffffff8040080200         40080200      100     4         bazel-out/k8-opt-ST-1/bin/base/_objs/format/format.o:(.bss.x)
               0                0       99     1         bazel-out/k8-opt-ST-1/bin/base/_objs/format/format.o:(.debug_info)
"""

    def test_parts(self) -> None:
        self.assertEqual(parts(self.MAP), {"kernel/sched": {"code": 0x64, "constants": 0x10}, "base": {"zeroed": 0x100}})
        with self.assertRaises(KernelBenchError):
            parts("nothing\n")

    def test_part_of(self) -> None:
        self.assertEqual(part_of("bazel-out/x/bin/external/libfdt/_objs/libfdt/fdt.o"), "external/libfdt")
        self.assertEqual(part_of("bazel-out/x/bin/sync/rcu/_objs/y/z.o"), "sync")
        self.assertEqual(part_of("<internal>"), "linker")

    def test_kinds(self) -> None:
        kinds = [kind_of(name) for name in (".text.hot", ".rodata", ".data.x", ".bss", ".debug_line", ".comment")]
        self.assertEqual(kinds, ["code", "constants", "data", "zeroed", None, None])

    def test_symbols_of_both_widths(self) -> None:
        names = b"\0here\0$t\0"
        for wide in (False, True):
            head, entry = (64, "<IIQQQQIIQQ") if wide else (52, "<IIIIIIIIII")
            one = struct.pack("<IBBHQQ", 1, 0, 0, 1, 0x1000, 8) if wide else struct.pack("<IIIBBH", 1, 0x1000, 8, 0, 0, 1)
            two = struct.pack("<IBBHQQ", 6, 0, 0, 1, 0x2000, 0) if wide else struct.pack("<IIIBBH", 6, 0x2000, 0, 0, 0, 1)
            table = struct.pack(entry, 0, 2, 0, 0, head, len(one + two), 1, 0, 0, 0)
            table += struct.pack(entry, 0, 3, 0, 0, head + len(one + two), len(names), 0, 0, 0, 0)
            file = bytearray(head) + one + two + names
            struct.pack_into("<Q" if wide else "<I", file, 40 if wide else 32, len(file))
            struct.pack_into("<H", file, 60 if wide else 48, 2)
            file[4] = 2 if wide else 1
            with self.subTest(wide=wide), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "file"
                path.write_bytes(bytes(file + table))
                self.assertEqual(symbols(path), [(0x1000, 8, "here")])
                path.write_bytes(bytes(file))
                with self.assertRaisesRegex(KernelBenchError, "damaged"):
                    symbols(path)

    def test_address(self) -> None:
        table = [(1, 4, "one"), (2, 4, "two"), (3, 4, "two")]
        self.assertEqual(address_of("one", table), 1)
        for name in ("two", "three"):
            with self.subTest(name), self.assertRaises(KernelBenchError):
                address_of(name, table)


class GoalTest(unittest.TestCase):
    def test_a_goal_is_met_up_to_its_number(self) -> None:
        bench = Bench.__new__(Bench)
        bench.goals = []
        bench.goal("switch", 150, 150, "instructions")
        bench.goal("switch", 150.5, 150, "instructions")
        self.assertEqual([goal["met"] for goal in bench.goals], [True, False])


if __name__ == "__main__":
    unittest.main()
