"""Threads as arch/aarch64 makes them, before any kernel is there: switched, preempted, moved between cores, with and without FP
registers, at the end of their stacks; and what must not be done ends in a report that says so.

    context_test.py MACHINE
"""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

from tools.qemu.process import Child, exit_on_signals

MACHINE = sys.argv.pop(1)
RASPI = MACHINE.startswith("raspi")
IMAGES = Path("tests/target/context")
CORES = (4,) if RASPI else (1, 2, 4)
RIGHT, ASSERTION_FAILED, FAULT = 7, 4, 5
SUMS = (
    r"(?m)^cores=(?P<cores>\d+) players=(?P<players>\d+) switches=(?P<switches>\d+) preemptions=(?P<preemptions>\d+) "
    r"migrations=(?P<migrations>\d+) interrupts=(?P<interrupts>\d+) errors=(?P<errors>\d+)$"
)
GUARD = r"write to 0x\w+: translation fault .* it is the guard below a thread's stack: the stack overflowed"


class ContextTest(unittest.TestCase):
    def play(self, scenario: str, cores: int, limit: float = 60) -> tuple[str, int | None]:
        """What the image wrote, and how it ended."""
        if RASPI:
            board = ["-M", MACHINE, "-kernel", str(IMAGES / "raspi.img")]
        else:
            board = ["-M", "virt,gic-version=2", "-cpu", "cortex-a72", "-m", "256M", "-nic", "none", "-smp", str(cores)]
            board += ["-kernel", str(IMAGES / "virt.img")]
        console = ["-chardev", "stdio,id=console,signal=off"]
        console += ["-semihosting-config", "enable=on,target=native,chardev=console"]
        quiet = ["-display", "none", "-monitor", "none", "-serial", "none"]
        child = Child(["qemu-system-aarch64", *board, "-append", scenario, *quiet, *console])
        try:
            output = child.drain(limit).decode("ascii", "replace")
            status = child.wait(5 if child.ended_output else 0)
            print(f"{MACHINE}, {cores} cores:\n{output}{child.errors}", flush=True)
            return output, status
        finally:
            child.stop()

    def sums(self, scenario: str, cores: int) -> dict[str, int]:
        output, status = self.play(scenario, cores)
        found = re.search(SUMS, output)
        self.assertIsNotNone(found, output)
        sums = {key: int(value) for key, value in found.groupdict().items()}
        self.assertEqual(sums["errors"], 0)
        self.assertEqual(sums["cores"], cores)
        self.assertEqual(status, RIGHT)
        return sums

    def ends(self, scenario: str, status: int, words: str) -> None:
        output, ended = self.play(scenario, CORES[-1])
        self.assertRegex(output, words)
        self.assertEqual(ended, status)

    def test_a_hundred_thousand_switches(self) -> None:
        output, status = self.play("switches", CORES[-1])
        found = re.search(SUMS, output)
        self.assertIsNotNone(found, output)
        self.assertGreaterEqual(int(found["switches"]), 100_000)
        self.assertEqual(int(found["errors"]), 0)
        self.assertEqual(status, RIGHT)

    def check_preemption(self, scenario: str, cores: int) -> None:
        sums = self.sums(scenario, cores)
        self.assertEqual(sums["players"], 12)
        self.assertGreater(sums["preemptions"], 100, "it proves nothing")
        if cores == 1:
            self.assertEqual(sums["migrations"], 0)
        else:
            self.assertGreater(sums["migrations"], 100, "it proves nothing")

    def test_preempted_and_moved(self) -> None:
        for cores in CORES:
            with self.subTest(cores=cores):
                self.check_preemption("preemption", cores)

    def test_fp_registers(self) -> None:
        for cores in CORES:
            with self.subTest(cores=cores):
                self.check_preemption("fp", cores)

    def test_guards(self) -> None:
        for cores in CORES:
            with self.subTest(cores=cores):
                self.sums("guards", cores)

    def test_backtrace(self) -> None:
        _, status = self.play("backtrace", 1)
        self.assertEqual(status, RIGHT)

    def test_stacks_begin_and_end_anywhere(self) -> None:
        output, status = self.play("alignment", 1)
        self.assertIn("right=1024\n", output)
        self.assertEqual(status, RIGHT)

    def test_a_stack_that_is_too_small(self) -> None:
        for scenario in ("small-stack", "no-stack"):
            self.ends(scenario, ASSERTION_FAILED, r"assertion failed: .*kMinStackBytes at .*context\.cc")

    def test_no_entry(self) -> None:
        self.ends("no-entry", ASSERTION_FAILED, "assertion failed: entry != nullptr")

    def test_an_entry_that_returns(self) -> None:
        self.ends("returning-entry", ASSERTION_FAILED, "assertion failed: the entry function of a thread never returns")

    def test_a_thread_that_was_released(self) -> None:
        self.ends("released", FAULT, "fault: read from 0x0000000000000000: .* it is the null page")

    def test_fp_in_a_handler(self) -> None:
        words = "fault: floating-point or SIMD instruction: only threads have FP registers; inside a handler"
        for scenario in ("fp-in-handler", "fp-in-handler-of-fp-thread"):
            self.ends(scenario, FAULT, words)

    def test_a_stack_that_overflows(self) -> None:
        self.ends("overflow", FAULT, f"fault: {GUARD} at ")

    def test_a_preemption_for_which_there_is_no_room(self) -> None:
        self.ends("overflow-when-preempted", FAULT, f"fault: {GUARD}; inside a handler at ")


if __name__ == "__main__":
    if MACHINE not in ("virt", "raspi3b", "raspi4b"):
        raise SystemExit(f"unknown machine {MACHINE}")
    exit_on_signals()
    unittest.main(verbosity=2)
