"""Every core of `virt`, its thread and its interrupt handler, on the same cells: nothing is lost, doubled, torn, stranded or
out of order, and they really were in each other's way. On a cell that is broken on purpose, something is."""

import json
import os
import re
from pathlib import Path

from tools.qemu.testing import TargetTest, main

ROUNDS = 1_000_000
OBJECTS = ("take", "map", "optional", "numeric", "combining", "pool", "inbox")
# Where a thread can find somebody inside, it is another core: its own handler never leaves it anything half done.
WITH_AN_INSIDE = ("take", "map", "combining", "inbox")


class HammerTest(TargetTest):
    @classmethod
    def setUpClass(cls) -> None:
        """The board as it is, but for its image."""
        cls.root = Path(os.environ.get("TEST_TMPDIR", "/tmp")) / f"hammer.{os.getpid()}"
        (cls.root / "boards/virt").mkdir(parents=True)
        board = json.loads(Path("boards/virt/run.json").read_text(encoding="utf-8"))
        board["image"] = "//tests/target/hammer:kernel"
        (cls.root / "boards/virt/run.json").write_text(json.dumps(board), encoding="utf-8")
        (cls.root / "tests").symlink_to(Path("tests").resolve())

    def check(self, smp: int, gic: int) -> None:
        with self.boot("virt", smp=smp, gic=gic, limit=90) as machine:
            status, text = machine.run(f"hammer {ROUNDS}", timeout=60)
            print(f"virt, {smp} cores, GICv{gic}:\n{text}", flush=True)
            verdict = re.search(
                r"(?m)^hammer: lost=(\d+) duplicated=(\d+) torn=(\d+) stranded=(\d+) out_of_order=(\d+)$", text
            )
            self.assertIsNotNone(verdict)
            self.assertEqual(verdict.groups(), ("0",) * 5)
            self.assertEqual(status, 0)
            self.check_contention(text, smp)
            machine.poweroff()

    def check_contention(self, text: str, smp: int) -> None:
        tallies = {}
        for core, who, what, *numbers in re.findall(
            r"(?m)^core (\d) (thread|handler) (\w+): done=(\d+) busy=(\d+) empty=(\d+) full=(\d+)$", text
        ):
            tallies[int(core), who, what] = dict(zip(("done", "busy", "empty", "full"), map(int, numbers)))
        self.assertEqual(len(tallies), smp * 2 * len(OBJECTS))
        for key, tally in tallies.items():
            if key[1:] != ("thread", "pool"):
                continue
            self.assertGreater(tally["done"], 0, key)
        for core in range(smp):
            for who in ("thread", "handler"):
                done = sum(tallies[core, who, what]["done"] for what in OBJECTS)
                self.assertGreater(done, 0, f"core {core}'s {who} did nothing")
        for what in WITH_AN_INSIDE:
            between_cores = sum(tallies[core, "thread", what]["busy"] for core in range(smp))
            self.assertGreater(between_cores, 0, f"{what}: no core was ever in another's way")
        for what in ("take", "map"):
            in_handlers = sum(tallies[core, "handler", what]["busy"] for core in range(smp))
            self.assertGreater(in_handlers, 0, f"{what}: no handler ever came at a bad moment")
        used_up = sum(tally["empty"] for (_, _, what), tally in tallies.items() if what == "pool")
        self.assertGreater(used_up, 0, "the pools never ran out")

    def test_2_cores_gic_2(self) -> None:
        self.check(2, 2)

    def test_4_cores_gic_2(self) -> None:
        self.check(4, 2)

    def test_4_cores_gic_3(self) -> None:
        self.check(4, 3)

    def test_8_cores_gic_2(self) -> None:
        self.check(8, 2)

    def test_8_cores_gic_3(self) -> None:
        self.check(8, 3)

    def test_a_put_that_is_not_atomic_is_found(self) -> None:
        with self.boot("virt", smp=4, limit=90) as machine:
            status, text = machine.run(f"hammer {ROUNDS} busted", timeout=60)
            print(f"busted:\n{text}", flush=True)
            self.assertNotEqual(status, 0)
            verdict = re.search(r"(?m)^hammer: lost=(\d+) duplicated=(\d+) torn=(\d+) stranded=0 out_of_order=0$", text)
            self.assertIsNotNone(verdict, "the cells that are not broken fail, too")
            self.assertGreater(int(verdict[1]), 0, "a put overwrote nothing: the hammer finds nothing")
            machine.poweroff()


if __name__ == "__main__":
    main()
