"""The watchdog: a core that keeps others waiting is told of, with the function that does it; one that behaves is not; and a machine
that sleeps is not woken."""

from __future__ import annotations

import re
from typing import Any

from tools.qemu.machine import Machine
from tools.qemu.testing import TargetTest, main

LIMIT_MS = 400
HOG_MS = 1000
# An instruction takes 64 ns.
SHIFT = 6
BUSY = re.compile(r"(?m)^watchdog: core (\d) lets others wait for ([\d.]+) (ms|s)(: preemption is off, 1 deep)?$")
SILENT = re.compile(r"(?m)^watchdog: core (\d) has not answered an interrupt for ([\d.]+) (ms|s): it has masked them")
OVER = re.compile(r"(?m)^watchdog: core (\d) schedules again after ([\d.]+) (ms|s)$")
IN_HANDLER = re.compile(r"(?m)^watchdog: core (\d) is in a handler$")
AGAIN = re.compile(r"(?m)^watchdog: core (\d) answers again; interrupts were masked up to here$")


def ms(found: re.Match[str], at: int) -> float:
    return float(found[at]) * (1000 if found[at + 1] == "s" else 1)


class WatchdogTest(TargetTest):
    def boot(self, board: str, **options: Any) -> Machine:
        """Time passes by instructions: a host that is busy elsewhere makes no core look as if it hung."""
        return super().boot(board, qemu_args=("-icount", f"shift={SHIFT}"), **options)

    def hog(self, machine: Machine, core: int, way: str, time: int = HOG_MS) -> str:
        status, _ = machine.run(f"hog {core} {time} {way}", timeout=60)
        self.assertEqual(status, 0)
        # What is told when it is over may come after the prompt.
        machine.idle(0.3)
        text = machine.transcript
        return text[text.rindex(f"hog {core} {time} {way}") :]

    def check_times(self, told: re.Match[str], over: re.Match[str]) -> None:
        self.assertEqual(told[1], over[1])
        self.assertGreaterEqual(ms(told, 2), LIMIT_MS)
        self.assertLess(ms(told, 2), HOG_MS)
        self.assertGreater(ms(over, 2), ms(told, 2))
        self.assertLess(ms(over, 2), 3 * HOG_MS)

    def check_busy(self, machine: Machine, core: int, way: str) -> None:
        text = self.hog(machine, core, way)
        told, over = BUSY.findall(text), OVER.findall(text)
        self.assertEqual((len(told), len(over)), (1, 1), text)
        found, end = BUSY.search(text), OVER.search(text)
        assert found and end
        self.assertEqual(found[1], str(core), text)
        self.check_times(found, end)
        self.assertEqual(found[4] is not None, way == "pinned", text)
        thread, waits = {"urgent": ("hog", f"call/{core}"), "pinned": (f"call/{core}", "hurry")}[way]
        self.assertRegex(text, rf"(?m)^  thread: {thread}, priority \d+, \d+ of \d+ bytes")
        self.assertRegex(text, rf"(?m)^  waits: {waits}, priority \d+$")
        report = self.decode(text)
        self.assertIn("hog_the_core", report)
        self.assertRegex(report, r"hog\.cc:\d+")

    def check_silent(self, machine: Machine, core: int, way: str, where: re.Pattern[str] = AGAIN) -> None:
        text = self.hog(machine, core, way)
        told, again, over = SILENT.findall(text), where.findall(text), OVER.findall(text)
        self.assertEqual(len(IN_HANDLER.findall(text) + AGAIN.findall(text)), 1, text)
        self.assertEqual((len(told), len(again), len(over)), (1, 1, 1), text)
        self.assertNotRegex(text, BUSY)
        found, end = SILENT.search(text), OVER.search(text)
        assert found and end
        self.assertEqual((found[1], again[0]), (str(core), str(core)), text)
        self.check_times(found, end)
        # What it did last, as nobody can look inside; and where it was when it could be asked.
        self.assertRegex(text, rf"  last events:\n  [\d.]+ cpu {core} ")
        held = re.findall(rf"(?m)^  core {core}: spin lock 0x\w+, rank 20 \(wait queue\), taken from 0x", text)
        self.assertEqual(len(held), 1 if way == "locked" else 0, text)
        function = {"masked": "masked", "locked": "with_a_lock", "handler": "in_handler"}[way]
        self.assertRegex(self.decode(text), rf"::{function}\(")

    def check(self, board: str, cores: int, **options: int) -> None:
        with self.boot(board, limit=120, **options) as machine:
            self.assertEqual(machine.run(f"watchdog {LIMIT_MS}").status, 0)
            last = cores - 1
            told = [0] * cores
            for core, way in ((0, "urgent"), (last, "pinned")):
                self.check_busy(machine, core, way)
                told[core] += 1
            # Who is alone watches itself.
            for core, way in ((0, "masked"), (last, "handler"), (last, "locked")) if cores > 1 else ():
                # Without priorities nothing comes into a handler.
                inside = way == "handler" and board != "raspi3b"
                self.check_silent(machine, core, way, IN_HANDLER if inside else AGAIN)
                told[core] += 1
            for way in ("turns", "alone"):
                self.assertNotIn("watchdog:", self.hog(machine, last, way))
            _, text = machine.run("watchdog")
            numbers = dict(re.findall(r"(?m)^cpu (\d): .*, told of (\d+) times", text))
            wanted = {str(core): str(count) for core, count in enumerate(told)}
            self.assertEqual(numbers, wanted, text)
            machine.poweroff()

    def test_virt_1_core(self) -> None:
        self.check("virt", 1, smp=1, gic=2)

    def test_virt_2_cores(self) -> None:
        self.check("virt", 2, smp=2, gic=3)

    def test_virt_8_cores(self) -> None:
        self.check("virt", 8, smp=8, gic=3)

    def test_raspi4b(self) -> None:
        self.check("raspi4b", 4)

    def test_raspi3b(self) -> None:
        self.check("raspi3b", 4)

    def counts(self, machine: Machine) -> list[int]:
        """Interrupts of each core, the timer's and other cores'."""
        status, text = machine.run("irqs")
        self.assertEqual(status, 0)
        rows = re.findall(r"(?m)^ *(?:\d+ timer|IPI) +([\d ]+)$", text)
        self.assertEqual(len(rows), 2, text)
        return [sum(column) for column in zip(*(map(int, row.split()) for row in rows))]

    def test_sleepers_are_not_woken(self) -> None:
        """On a machine that does nothing the watchdog's interrupts end; what a key costs does not depend on how long nobody typed."""
        with self.boot("virt", smp=4, limit=90) as machine:
            self.assertEqual(machine.run(f"watchdog {LIMIT_MS}").status, 0)
            machine.idle(1)
            self.counts(machine)
            machine.idle(2)
            first = self.counts(machine)
            machine.idle(6)
            second = self.counts(machine)
            # To watch while the shell works: asked to, and a look or two until it sleeps again. 6 s are 60 looks.
            self.assertLess(sum(second) - sum(first), 12, (first, second))
            machine.poweroff()

    def test_off(self) -> None:
        with self.boot("virt", smp=2, limit=60) as machine:
            self.assertEqual(machine.run("watchdog off").status, 0)
            self.assertNotIn("watchdog:", self.hog(machine, 1, "urgent"))
            self.assertEqual(machine.run("watchdog").text.splitlines()[0], "off")
            for wrong in ("watchdog 19", "watchdog x", "hog 2 100", "hog 0 0", "hog 0 100 nothing"):
                self.assertEqual(machine.run(wrong).status, 1, wrong)
            # It takes part again.
            self.assertEqual(machine.run(f"watchdog {LIMIT_MS}").status, 0)
            self.check_busy(machine, 1, "urgent")
            machine.poweroff()


if __name__ == "__main__":
    main()
