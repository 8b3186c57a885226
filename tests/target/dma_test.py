"""Copies by DMA from every core at once; interrupts that do not come, jobs called off, caches forgotten."""

import re

from tools.qemu.testing import TargetTest, main

# Of 11, those that a Pi's firmware leaves to the CPU.
CHANNELS = {"raspi4b": 9, "raspi3b": 7}
LINES = {"raspi4b": 9, "raspi3b": 11}
FAULTS = [
    "an interrupt that never comes",
    "a reset in flight",
    "afterwards",
    "a buffer out of reach",
    "with all maintenance",
    "a clean forgotten",
    "an invalidate forgotten",
    "every buffer back",
]


class DmaTest(TargetTest):
    def copy(self, machine, copies: int, channels: int, more: str = "") -> None:
        status, text = machine.run(f"dmatest {copies}{more}", timeout=110)
        print(text, flush=True)
        lines = text.splitlines()
        self.assertEqual(lines[-1], f"dmatest: copies={copies} errors=0")
        self.assertIn(f"BCM2835 DMA: {channels} channels", lines[-2])
        rows = re.findall(r"cpu (\d): (\d+) copies, (\d+) fills, 0 errors", text)
        self.assertEqual([row[0] for row in rows], ["0", "1", "2", "3"])
        self.assertEqual([int(row[1]) for row in rows], [copies // 4] * 4)
        self.assertEqual(status, 0)

    def check(self, board: str) -> None:
        with self.boot(board) as machine:
            self.copy(machine, 400, CHANNELS[board])
            status, text = machine.run("dmafault", timeout=60)
            self.assertEqual(text.splitlines(), [f"dmafault: {fault}: as it should" for fault in FAULTS])
            self.assertEqual(status, 0)
            self.copy(machine, 1200, 11, " all")
            status, text = machine.run("irqs")
            lines = re.findall(r"^ *\d+ dma +(.*)$", text, re.MULTILINE)
            self.assertEqual(len(lines), LINES[board])
            for line in lines:
                self.assertGreater(sum(int(n) for n in line.split()), 50, "every channel had its share")
            machine.poweroff()

    def test_raspi4b(self) -> None:
        self.check("raspi4b")

    def test_raspi3b(self) -> None:
        self.check("raspi3b")


if __name__ == "__main__":
    main()
