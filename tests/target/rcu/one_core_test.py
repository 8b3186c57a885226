"""RCU on one core, on QEMU's Cortex-M boards: nobody reads what may be gone, barriers forget nothing, nothing is lost. Without
grace periods, or with a stack that handlers can tear, the same torture finds it.

    one_core_test.py MACHINE
"""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

from tests.target.cortex_m.emulator import MACHINES, Ended, run
from tools.qemu.process import exit_on_signals

MACHINE = sys.argv.pop(1)
# An instruction takes 16 ns, so that a timer finds each of them, and the run takes seconds.
CLOCK = ("-icount", "shift=4,sleep=off")
LIMIT_SECONDS = 60


class OneCoreTest(unittest.TestCase):
    def check(self, build: str) -> None:
        ended = run(MACHINE, Path(f"tests/target/rcu/one_core_{build}.elf"), *CLOCK, limit=LIMIT_SECONDS)
        print(f"{MACHINE}, {build}:\n{ended.output}", flush=True)
        self.assertEqual(ended.output.splitlines()[-1:], ["end"], ended.errors)
        self.assertEqual(ended.status, 0)
        self.check_right(ended)
        wrongs = self.wrongs(ended, "hasty")
        self.assertGreater(min(wrongs["too_old"], wrongs["dead"], wrongs["hidden"]), 0, "no grace period, and not found")
        self.assertEqual(wrongs["stranded"], 0)
        wrongs = self.wrongs(ended, "torn")
        self.assertGreater(wrongs["stranded"], 0, "the stack is torn, and not found")
        self.assertEqual((wrongs["too_old"], wrongs["dead"], wrongs["hidden"]), (0, 0, 0))

    def check_right(self, ended: Ended) -> None:
        self.assertEqual(set(self.wrongs(ended, "right").values()), {0})
        counts = {}
        for who, numbers in re.findall(r"(?m)^right (\w+): (.*)$", ended.output):
            counts.update({(who, name): int(n) for name, n in re.findall(r"(\w+)=(\d+)", numbers)})
        for key in (
            *(("thread", name) for name in ("reads", "nested", "outdated", "updates", "waited", "polled")),
            *(("handler", name) for name in ("reads", "nested", "updates", "polled")),
            *(("itself", name) for name in ("ticks", "inside", "idle", "naps", "left", "barriers", "most_waiting")),
        ):
            self.assertGreater(counts[key], 0, key)
        self.assertGreater(counts["itself", "inside"], 1000, "handlers that came inside a read section")
        # Bounded, and not by the number of elements.
        self.assertEqual(counts["thread", "starved"] + counts["handler", "starved"], 0)

    def wrongs(self, ended: Ended, name: str) -> dict[str, int]:
        line = re.search(rf"(?m)^{name}: (too_old=.*)$", ended.output)
        self.assertIsNotNone(line, ended.output)
        wrongs = {what: int(n) for what, n in re.findall(r"(\w+)=(\d+)", line[1])}
        self.assertEqual(list(wrongs), ["too_old", "dead", "hidden", "forgotten", "stranded"])
        return wrongs

    def test_debug(self) -> None:
        self.check("debug")

    def test_release(self) -> None:
        self.check("release")


if __name__ == "__main__":
    if MACHINE not in MACHINES:
        raise SystemExit(f"unknown machine {MACHINE}")
    exit_on_signals()
    unittest.main(verbosity=2)
