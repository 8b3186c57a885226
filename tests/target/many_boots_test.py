"""A hundred boots in a row with random delays in every core's start-up: not one hangs, no core is
missing."""

import os
import random

from tools.qemu.testing import TargetTest, main

BOOTS = 100 if not os.environ.get("BATON_SOAK") else 1000


class ManyBootsTest(TargetTest):
    def check(self, board: str, cores: int, **options: object) -> None:
        seed = int(os.environ.get("BATON_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
        print(f"{board}: {BOOTS} boots, seeds from {seed} (BATON_SEED={seed} repeats them)", flush=True)
        for number in range(BOOTS):
            with self.boot(board, append=f"jitter={seed + number}", **options) as machine:
                self.assertIn(f"{cores} of {cores} cores online", machine.transcript, f"jitter={seed + number}")
                machine.kill()

    def test_raspi4b(self) -> None:
        self.check("raspi4b", 4)

    def test_virt_8(self) -> None:
        self.check("virt", 8, smp=8)


if __name__ == "__main__":
    main()
