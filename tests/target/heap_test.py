"""The heap of RAM left over: cores pass blocks to each other, and allocation takes a bounded number of instructions."""

import re

from tools.qemu.testing import TargetTest, main

ROUNDS = 5000
# With all checks, of which some write and read up to 64 bytes, byte by byte.
MOST_INSTRUCTIONS = 1200


class HeapTest(TargetTest):
    def exchange(self, machine, cores: int, rounds: int) -> str:
        status, text = machine.run(f"heap {rounds}", timeout=60)
        print(text, flush=True)
        counts = {name: int(n) for name, n in re.findall(r"(\w+)=(\d+)", text)}
        # Busy: the host has suspended a core while it was inside.
        self.assertEqual(counts["passed"] + counts["busy"], cores * rounds)
        self.assertLessEqual(counts["busy"], cores * rounds // 10)
        self.assertEqual((counts["refused"], counts["errors"]), (0, 0))
        arenas = [line.split() for line in text.splitlines() if re.match(r"\d ", line)]
        self.assertEqual(len(arenas), 4)
        for arena in arenas:
            self.assertEqual(arena[2], "0", "KiB used: everything came back")
            self.assertEqual(arena[6], "0", "blocks")
        self.assertGreaterEqual(sum(int(arena[7]) for arena in arenas), 2 * counts["passed"])
        self.assertEqual(status, 0)
        return text

    def test_raspi4b(self) -> None:
        with self.boot("raspi4b") as machine:
            self.exchange(machine, 4, ROUNDS)
            machine.poweroff()

    def test_raspi3b(self) -> None:
        with self.boot("raspi3b") as machine:
            self.exchange(machine, 4, ROUNDS)
            machine.poweroff()

    def test_virt_8(self) -> None:
        with self.boot("virt", smp=8, gic=3) as machine:
            self.exchange(machine, 8, ROUNDS // 2)
            machine.poweroff()

    def test_a_bounded_number_of_instructions(self) -> None:
        """One core, each instruction a nanosecond: the longest allocation is as long in a heap of all sizes as in a fresh one."""
        with self.boot("virt", smp=1, qemu_args=("-icount", "shift=0,sleep=off")) as machine:
            for rounds in (100, 20000):
                text = self.exchange(machine, 1, rounds)
                longest = int(re.search(r"longest allocate (\d+) ns", text)[1])
                self.assertGreater(longest, 100)
                self.assertLess(longest, MOST_INSTRUCTIONS)
            machine.poweroff()


if __name__ == "__main__":
    main()
