"""Tests of what is read of a sweep, and of its table."""

from __future__ import annotations

import unittest

from bench.thread_metric.latency import answer
from bench.thread_metric.lines import MetricError
from bench.thread_metric.sweep_lines import Stretch, Sweep, addresses, check_planted, goals, instructions, read_loads, read_sweep, table

SAID = """\
sweep yield-pair: 858 interrupts at 261 instructions, 790 masked
urgent 12 to 14 ticks late, at 0x4ee6
ordinary 27 to 419 ticks late
load
stretch 0x100 to 0x200: 59 ticks, 4 times
stretch 0x110 to 0x200: 827 ticks, 2 times, with handlers
stretch 0xef2c to 0xf0ec: 419 ticks, 784 times
"""
YIELD = Sweep(
    858, 261, 790, 2, 0x4EE6,
    (Stretch(0x110, 0x200, 500, 2, True), Stretch(0xEF2C, 0xF0EC, 245, 784, False), Stretch(0x100, 0x200, 20, 4, False)),
)
NAMES = {0xEF2C: "kernel::yield kernel/sched/a.cc:1", 0xF0EC: "kernel::yield kernel/sched/a.cc:9"}


class ReadTest(unittest.TestCase):
    def test_a_sweep(self) -> None:
        self.assertEqual(read_sweep("yield-pair", 0, SAID), YIELD)
        self.assertEqual((YIELD.masked_for, YIELD.waits_for), (245, 500))
        self.assertFalse(YIELD.urgent_delayed)
        self.assertEqual(addresses([YIELD]), [0x100, 0x110, 0x200, 0xEF2C, 0xF0EC])
        self.assertEqual([instructions(ticks) for ticks in (0, 8, 643)], [0, 5, 402])

    def test_what_is_wrong_is_an_error(self) -> None:
        for status, text in (
            (1, SAID),
            (0, SAID.replace("yield", "mutex")),
            (0, SAID.replace("858", "0")),
            (0, SAID.replace("790", "791")),
            (0, SAID.replace("ordinary", "what")),
            (0, SAID + "what\n"),
            (0, "\n".join(SAID.splitlines()[:2])),
            (0, ""),
        ):
            with self.subTest(text), self.assertRaises(MetricError):
                read_sweep("yield-pair", status, text)

    def test_loads(self) -> None:
        self.assertEqual(read_loads("load sleep\nload print\n"), ["sleep", "print"])
        for text in ("", "load\n", "sleep\n"):
            with self.subTest(text), self.assertRaises(MetricError):
                read_loads(text)

    def test_what_is_planted_must_be_found(self) -> None:
        ceiling = Sweep(669, 418, 643, 2, 0, (Stretch(1, 2, 402, 643, False),))
        everything = Sweep(666, 15, 0, 643, 0, ())
        check_planted(ceiling, everything)
        for first, second in (
            (ceiling._replace(stretches=(Stretch(1, 2, 300, 643, False),)), everything),
            (ceiling._replace(stretches=()), everything),
            (ceiling._replace(stretches=(Stretch(1, 2, 402, 643, True),)), everything),
            (ceiling._replace(urgent=643), everything),
            (ceiling._replace(places=399), everything),
            (ceiling, everything._replace(urgent=2)),
            (ceiling, everything._replace(urgent=100)),
        ):
            with self.subTest(f"{first} {second}"), self.assertRaises(MetricError):
                check_planted(first, second)


class ShowTest(unittest.TestCase):
    def test_table(self) -> None:
        quiet = Sweep(72, 45, 0, 1, 0, ())
        lines = table({"mutex-pair": quiet, "yield-pair": YIELD}, NAMES).splitlines()
        self.assertRegex(lines[1], r"^yield-pair +245 +500 +858 +261 +2 ticks +kernel::yield \S+:1 to kernel::yield \S+:9$")
        self.assertRegex(lines[2], r"^mutex-pair +0 +0 +72 +45 +1 ticks +-$")
        self.assertEqual(lines[3], "The longest stretch has 245 instructions.")
        self.assertEqual(lines[4], "No interrupt above the kernel's ceiling was delayed: 930 came.")

    def test_an_urgent_interrupt_that_waits_is_shown(self) -> None:
        late = YIELD._replace(urgent=100)
        self.assertIn("62 INSTRUCTIONS", table({"yield-pair": late}, NAMES))
        self.assertIn("WAS DELAYED in: yield-pair", table({"yield-pair": late}, NAMES))
        self.assertEqual([goal["met"] for goal in goals({"yield-pair": late})], [False])
        self.assertEqual([goal["met"] for goal in goals({"yield-pair": YIELD})], [True])

    def test_answer(self) -> None:
        made = answer({"yield-pair": YIELD}, NAMES)
        self.assertEqual(made["results"][0]["measured"], 245)
        self.assertEqual(made["runs"]["yield-pair"]["stretches"][1]["from"], NAMES[0xEF2C])
        self.assertEqual(made["runs"]["yield-pair"]["stretches"][0]["from"], "")


if __name__ == "__main__":
    unittest.main()
