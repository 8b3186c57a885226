"""Every board, core count and interrupt controller boots to the shell, and its commands work."""

import re

from tools.qemu.testing import TargetTest, main

HAND_OFFS = 100000


class BootTest(TargetTest):
    def check(self, board: str, cores: int, **options: object) -> None:
        with self.boot(board, **options) as machine:
            status, text = machine.run("cpus")
            self.assertEqual(status, 0, text)
            lines = text.splitlines()
            self.assertEqual(len(lines), cores, text)
            for number, line in enumerate(lines):
                self.assertRegex(line, rf"^cpu {number} online ")

            status, text = machine.run("mem")
            self.assertEqual(status, 0, text)
            self.assertRegex(text, r"(?m)^total \d+ MiB$")

            status, text = machine.run("irqs")
            self.assertEqual(status, 0, text)
            self.assertRegex(text, r"(?m)^without a handler: 0$")
            # Each core has proved its timer and its inter-processor interrupt.
            for name in ("timer", "IPI"):
                counts = re.search(rf"(?m)^.*\b{name}\s+([\d ]+)$", text)
                self.assertIsNotNone(counts, text)
                numbers = [int(n) for n in counts.group(1).split()]
                self.assertEqual(len(numbers), cores)
                self.assertTrue(all(n > 0 for n in numbers), text)

            status, text = machine.run("uptime")
            self.assertEqual(status, 0, text)
            self.assertRegex(text, r"^up \d+:\d\d:\d\d ")

            status, text = machine.run(f"relay {HAND_OFFS}", timeout=110)
            self.assertEqual(status, 0, text)
            self.assertIn(f"relay: rounds={HAND_OFFS} lost=0 duplicated=0", text)
            shares = [int(n) for n in re.findall(r"(?m)^cpu \d: (\d+) hand-offs$", text)]
            self.assertEqual(len(shares), cores, text)
            self.assertEqual(sum(shares), HAND_OFFS)

            for command in ("timers", "cells", "version", "help", "echo hello", "peek 0xffffff8000080000"):
                if board == "virt" and command.startswith("peek"):
                    command = "peek 0xffffff8040080000"
                status, text = machine.run(command)
                self.assertEqual(status, 0, f"{command}: {text}")
            machine.poweroff()

    def test_raspi4b(self) -> None:
        self.check("raspi4b", 4)

    def test_raspi3b(self) -> None:
        self.check("raspi3b", 4)

    def test_virt_gic2_1(self) -> None:
        self.check("virt", 1, smp=1, gic=2)

    def test_virt_gic2_2(self) -> None:
        self.check("virt", 2, smp=2, gic=2)

    def test_virt_gic2_4(self) -> None:
        self.check("virt", 4, smp=4, gic=2)

    def test_virt_gic2_8(self) -> None:
        self.check("virt", 8, smp=8, gic=2)

    def test_virt_gic3_1(self) -> None:
        self.check("virt", 1, smp=1, gic=3)

    def test_virt_gic3_2(self) -> None:
        self.check("virt", 2, smp=2, gic=3)

    def test_virt_gic3_4(self) -> None:
        self.check("virt", 4, smp=4, gic=3)

    def test_virt_gic3_8(self) -> None:
        self.check("virt", 8, smp=8, gic=3)


if __name__ == "__main__":
    main()
