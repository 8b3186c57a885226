"""An interrupt at every instruction of every operation of the cells that share a core with handlers.

    sweep_test.py MACHINE

The image (sweep.h) does it and tells what came of it; here it is compared with what each cell does
one operation at a time (specification.py), and with the image's disassembly: every instruction that
an operation executes was interrupted.

QEMU is not the core: an exclusive store succeeds where nothing cleared the monitor and the word is
what it was, and there is no pipeline and no write buffer. What is shown is that the code is right
between any two of its instructions.
"""

from __future__ import annotations

import sys
import time
import unittest
from functools import cache
from pathlib import Path

from tests.target.cortex_m.emulator import MACHINES, run
from tests.target.cortex_m.sweep_report import CELLS, CONTROLS, ICOUNT_SHIFT, SweepReport
from tests.target.cortex_m.thumb import Code
from tools.qemu.process import exit_on_signals

MACHINE = sys.argv.pop(1)
IMAGES = Path("tests/target/cortex_m")
LIMIT_SECONDS = 240


@cache
def sweep(build: str, shift: int = ICOUNT_SHIFT) -> SweepReport:
    """One instruction takes 2**shift ns."""
    elf = IMAGES / f"{build}.elf"
    begun = time.monotonic()
    ended = run(MACHINE, elf, "-icount", f"shift={shift},sleep=off", limit=LIMIT_SECONDS)
    took = time.monotonic() - begun
    if ended.status != 0:
        raise AssertionError(f"QEMU ended with {ended.status}:\n{ended.output[-2000:]}\n{ended.errors}")
    report = SweepReport(ended.output, Code(elf))
    if shift == ICOUNT_SHIFT:
        interrupts = sum(row.interrupts for row in report.rows.values())
        print(f"\n{MACHINE}, {build} build: {interrupts} interrupts in {took:.0f} s")
        print(report.table([*CELLS, *CONTROLS]), flush=True)
    return report


class Sweep:
    """For both builds."""

    build: str

    def rows(self, *subjects: str):
        for (subject, operation), row in sweep(self.build).rows.items():
            if subject in subjects:
                yield f"{subject} {operation}", row

    def test_the_image_told_everything(self) -> None:
        report = sweep(self.build)
        self.assertTrue(report.complete)
        self.assertEqual({subject for subject, _ in report.rows}, {*CELLS, *CONTROLS})

    def test_every_outcome_is_allowed(self) -> None:
        wrong = [violation for _, row in self.rows(*CELLS) for violation in row.violations]
        self.assertEqual(wrong, [])

    def test_every_instruction_was_interrupted(self) -> None:
        for name, row in self.rows(*CELLS):
            self.assertEqual(row.gaps, [], name)
            self.assertGreater(len(row.executed), 3, name)
            self.assertEqual(row.executed - row.interrupted, set(), name)

    def test_no_barrier_and_no_masking_is_executed(self) -> None:
        for name, row in self.rows(*CELLS):
            self.assertEqual(row.forbidden, set(), name)

    def test_controls_are_found_out(self) -> None:
        for subject, (_, operation) in CONTROLS.items():
            self.assertGreater(len(sweep(self.build).rows[subject, operation].violations), 0, subject)


class ReleaseTest(Sweep, unittest.TestCase):
    build = "release"

    def test_all_that_is_allowed_happens(self) -> None:
        """So the specification allows nothing that it need not. A combining cell's may order two submitters either way."""
        for name, row in self.rows(*(subject for subject in CELLS if not subject.startswith("Combining"))):
            self.assertEqual(row.seen, row.possible, name)

    def test_pairs_of_interrupts_reach_what_only_the_interrupted_executes(self) -> None:
        """All but a few instructions, of which the compiler does not know that nothing leads there."""
        report = sweep(self.build)
        for subject, operation in report.rows:
            if subject in CELLS and not subject.startswith("Combining"):
                never = report.never(subject, operation)
                self.assertLessEqual(len(never), 3, f"{subject} {operation}: {never}")

    def test_pairs_of_interrupts_reach_nearly_all_of_a_combining_cell(self) -> None:
        """Of the bounded one; an unbounded one has no use for the way out that leaves requests behind."""
        report = sweep(self.build)
        for operation, row in report.of("CombiningCell(0,relief)").items():
            never = report.never("CombiningCell(0,relief)", operation)
            self.assertLessEqual(len(never), len(row.reachable) / 10, f"{operation}: {never}")

    def test_one_exclusive_pair_where_one_is_promised(self) -> None:
        rows = sweep(self.build).of("IrqTakeCell")
        for operation in rows.keys() - {"take", "replace", "look"}:
            self.assertEqual(rows[operation].exclusives, {(1, 1)} if operation != "put" else {(1, 1), (1, 0)}, operation)
        for operation in ("take", "replace"):
            # None where the guess says that there is nothing to do.
            self.assertLessEqual(rows[operation].exclusives, {(0, 0), (1, 1)}, operation)
        self.assertEqual(rows["look"].exclusives, {(0, 0)})


class DebugTest(Sweep, unittest.TestCase):
    build = "debug"

    def test_a_coarse_timer_is_noticed(self) -> None:
        """Control: with instructions of 16 ns, a tick of 40 ns skips some."""
        report = sweep(self.build, ICOUNT_SHIFT - 2)
        without = [key for key, row in report.rows.items() if not row.gaps]
        self.assertEqual(without, [])


class OutcomeTest(unittest.TestCase):
    def test_a_lost_object_is_seen(self) -> None:
        violations = sweep("release").rows["DeafTakeCell", "map"].violations
        self.assertRegex("\n".join(violations), rf"\b{ord('?')}\b")

    def test_an_object_with_two_owners_is_seen(self) -> None:
        violations = sweep("release").rows["TornTakeCell", "take"].violations
        self.assertRegex("\n".join(violations), rf"\b{ord('!')}\b")


if __name__ == "__main__":
    if MACHINE not in MACHINES:
        raise SystemExit(f"unknown machine {MACHINE}")
    exit_on_signals()
    unittest.main(verbosity=2)
