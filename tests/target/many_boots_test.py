"""Many boots in a row with random delays in every core's start-up: not one hangs, no core is
missing."""

import os
import random

from tools.qemu.testing import TargetTest, main

# Of the machines that are most unlike each other; a quarter of that of others.
BOOTS = 100 if not os.environ.get("BATON_SOAK") else 1000
FEWER = BOOTS // 4


class ManyBootsTest(TargetTest):
    def check(self, board: str, cores: int, boots: int = BOOTS, **options: object) -> None:
        seed = int(os.environ.get("BATON_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
        print(f"{board}, {cores} cores: {boots} boots, seeds from {seed} (BATON_SEED={seed} repeats them)", flush=True)
        for number in range(boots):
            with self.boot(board, append=f"jitter={seed + number}", **options) as machine:
                self.assertIn(f"{cores} of {cores} cores online", machine.transcript, f"jitter={seed + number}")
                machine.kill()

    def test_raspi4b(self) -> None:
        self.check("raspi4b", 4)

    def test_virt_8(self) -> None:
        self.check("virt", 8, smp=8)

    def test_raspi3b(self) -> None:
        self.check("raspi3b", 4, FEWER)

    def test_virt_1(self) -> None:
        self.check("virt", 1, FEWER, smp=1)

    def test_virt_2(self) -> None:
        self.check("virt", 2, FEWER, smp=2)

    def test_virt_4(self) -> None:
        self.check("virt", 4, FEWER, smp=4)


if __name__ == "__main__":
    main()
