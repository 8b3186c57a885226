"""Reading a dump, whole, noisy and damaged."""

from __future__ import annotations

import random
import unittest

from tools.trace.dump import Kind, TraceError, checksum, read_dump
from tools.trace.samples import SHELL, WORKER, Writer, line, two_cores


class DumpTest(unittest.TestCase):
    def test_checksum_is_the_usual_one(self) -> None:
        self.assertEqual(checksum("123456789"), 0x29B1)

    def test_everything_is_read(self) -> None:
        trace = read_dump(two_cores().text())
        self.assertEqual(trace.problems, [])
        self.assertEqual(trace.cores, [0, 1])
        self.assertEqual([len(trace.records[core]) for core in (0, 1)], [13, 12])
        wake = trace.records[0][2]
        self.assertEqual((wake.ns, wake.kind, wake.detail, wake.a, wake.b), (1600, Kind.WAKE, 1, WORKER, SHELL))
        self.assertEqual(trace.records[0][-1].value, 42)
        self.assertEqual([record.number for record in trace.records[1]], list(range(0x100, 0x10C)))
        self.assertEqual(trace.name_of(WORKER), "worker.4")
        self.assertEqual((trace.name_of(0), trace.name_of(0x777)), ("a thread", "thread.777"))
        self.assertTrue(trace.is_idle(0x101))

    def test_ticks_become_nanoseconds(self) -> None:
        writer = Writer(cores=1, hz=62_500_000)
        writer.at(0, 625, Kind.MARK)
        self.assertEqual(read_dump(writer.text()).records[0][0].ns, 10_000)

    def test_noise_around_lines(self) -> None:
        text = "baton> trace dump\r\n" + "".join(
            f"[12:00:01] {each.rstrip()}\r\ncore 1: something else\r\n" for each in two_cores().lines()
        )
        self.assertEqual(read_dump(text).problems, [])
        self.assertEqual(read_dump(text).records, read_dump(two_cores().text()).records)

    def test_the_last_dump_counts(self) -> None:
        other = Writer(cores=1)
        other.at(0, 5, Kind.MARK, 0, 1)
        self.assertEqual(read_dump(two_cores().text() + other.text()).cores, [0])

    def test_every_lost_line_is_told(self) -> None:
        lines = two_cores().lines()
        for index in range(1, len(lines)):
            trace = read_dump("".join(lines[:index] + lines[index + 1 :]))
            self.assertNotEqual(trace.problems, [], lines[index])

    def test_every_changed_character_is_told(self) -> None:
        lines = two_cores().lines()
        choose = random.Random(1)
        for _ in range(300):
            index = choose.randrange(1, len(lines))
            at = choose.randrange(len(lines[index]) - 1)
            old = lines[index][at]
            new = choose.choice([c for c in "0123456789abcdef @*+xyz" if c != old])
            changed = lines[index][:at] + new + lines[index][at + 1 :]
            trace = read_dump("".join(lines[:index]) + changed + "".join(lines[index + 1 :]))
            self.assertNotEqual(trace.problems, [], f"{lines[index]!r} -> {changed!r}")

    def test_a_record_that_was_overwritten(self) -> None:
        text = line("@trace 1 3b9aca00 64 1") + line("@core 0 a d") + line("@r 0 a 64 11 - 20011+a") + line("@end 3")
        trace = read_dump(text)
        self.assertEqual([record.number for record in trace.records[0]], [10, 12])
        self.assertEqual(trace.problems, ["cpu 0: 1 of 3 records are missing"])

    def test_no_dump(self) -> None:
        for text in ("", "baton> trace dump\n", "@trace 1 3b9aca00 64 1 *0000\n"):
            with self.assertRaisesRegex(TraceError, "type `trace dump`"):
                read_dump(text)

    def test_another_version(self) -> None:
        with self.assertRaisesRegex(TraceError, "version 2"):
            read_dump(line("@trace 2 3b9aca00 64 1"))


if __name__ == "__main__":
    unittest.main()
