"""RCU in the kernel: every core's thread and interrupt handler read and replace the same elements while cores go idle and come
back. Nobody reads what may be gone, barriers forget nothing, nothing is stranded on a core that sleeps, no idle core is woken
for others, and whoever holds a grace period up is named. Without grace periods, or with a core that is not waited for, the
same torture finds it."""

import json
import os
import re
import tempfile
from pathlib import Path

from tools.qemu.testing import TargetTest, main

SECONDS = 5
VERDICT = re.compile(r"(?m)^torture: too_old=(\d+) dead=(\d+) hidden=(\d+) forgotten=(\d+) stranded=(\d+)$")


class RcuTest(TargetTest):
    @classmethod
    def setUpClass(cls) -> None:
        """The boards as they are, but for their images."""
        cls.root = Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
        for name in ("virt", "raspi4b"):
            (cls.root / "boards" / name).mkdir(parents=True)
            board = json.loads(Path(f"boards/{name}/run.json").read_text(encoding="utf-8"))
            board["image"] = "//tests/target/rcu:" + ("virt" if name == "virt" else "raspi")
            (cls.root / "boards" / name / "run.json").write_text(json.dumps(board), encoding="utf-8")
        (cls.root / "tests").symlink_to(Path("tests").resolve())

    def check(self, board: str, cores: int, **options: int) -> None:
        with self.boot(board, limit=60, **options) as machine:
            status, text = machine.run("idle", timeout=20)
            print(f"{board}, {cores} cores, {options}:\n{text}", flush=True)
            self.assertEqual(status, 0, text)
            self.assertIn(f"idle: {cores} cores checked", text)
            status, text = machine.run(f"torture {SECONDS}", timeout=30)
            print(text, flush=True)
            self.assertEqual(VERDICT.search(text).groups(), ("0",) * 5)
            self.assertEqual(status, 0)
            self.check_counts(text, cores)
            machine.poweroff()

    def check_counts(self, text: str, cores: int, late: int = 0) -> None:
        """The torture did something, on every core and in every way."""
        counts = {}
        for core, who, numbers in re.findall(r"(?m)^core (\d) (\w+): (.*)$", text):
            counts[int(core), who] = {name: int(n) for name, n in re.findall(r"(\w+)=(\d+)", numbers)}
        self.assertEqual(len(counts), 3 * cores)
        for (core, who), numbers in counts.items():
            for name in ("naps", "handler_idle") if who == "itself" else ("reads", "nested", "updates"):
                self.assertGreater(numbers[name], 0, f"core {core} {who}: {name}")
        total = {
            (who, name): sum(numbers[name] for (_, whose), numbers in counts.items() if whose == who)
            for (_, who), names in counts.items()
            for name in names
        }
        for what in ("outdated", "waited", "polled"):
            self.assertGreater(total["thread", what], 0, f"no element was {what}")
        for what in ("barriers", "most_waiting", "handler_inside"):
            self.assertGreater(total["itself", what], 0, what)
        if cores > 1:
            self.assertGreater(total["itself", "told"], 0, "no core ever slept until a grace period ended")
        periods = re.search(rf"(?m)^torture: {cores} cores, {late} of them late, (\d+) grace periods", text)
        self.assertGreater(int(periods[1]), 100)

    def test_virt_1_core(self) -> None:
        self.check("virt", 1, smp=1)

    def test_virt_8_cores_gic_2(self) -> None:
        self.check("virt", 8, smp=8, gic=2)

    def test_virt_8_cores_gic_3(self) -> None:
        self.check("virt", 8, smp=8, gic=3)

    def test_raspi4b(self) -> None:
        self.check("raspi4b", 4)

    def test_cores_that_come_meanwhile(self) -> None:
        """Cores that are started while others read and wait for grace periods, which have to count on them from then on."""
        with self.boot("virt", smp=4, append="late=0xc", limit=60) as machine:
            self.assertIn("2 of 4 cores online", machine.transcript)
            status, text = machine.run(f"torture {SECONDS}", timeout=30)
            print(text, flush=True)
            self.assertEqual(VERDICT.search(text).groups(), ("0",) * 5)
            self.assertEqual(status, 0)
            self.check_counts(text, 4, late=2)
            machine.poweroff()

    def test_who_holds_a_grace_period_up_is_told_once(self) -> None:
        with self.boot("virt", smp=4, limit=60) as machine:
            status, text = machine.run("stall", timeout=20)
            print(text, flush=True)
            self.assertEqual(status, 0, text)
            told = re.findall(r"(?m)^rcu: a grace period has lasted (\S+ s), held up by (.*)$", machine.transcript.replace("\r", ""))
            self.assertEqual([who for _, who in told], ["core 3"])
            self.assertLess(float(told[0][0].split()[0]), 3.4)
            machine.poweroff()

    def check_broken(self, how: str, smp: int) -> None:
        with self.boot("virt", smp=smp, limit=60) as machine:
            status, text = machine.run(f"torture {SECONDS} {how}", timeout=30)
            print(f"{how}, {smp} cores:\n{text}", flush=True)
            self.assertNotEqual(status, 0)
            too_old, dead, hidden, forgotten, stranded = map(int, VERDICT.search(text).groups())
            self.assertGreater(too_old, 0, "the torture finds nothing")
            self.assertGreater(hidden, 0)
            self.assertGreater(dead, 0)
            self.assertEqual((forgotten, stranded), (0, 0), "what is not broken fails, too")
            machine.poweroff()

    def test_no_grace_period_is_found(self) -> None:
        self.check_broken("hasty", 4)

    def test_no_grace_period_is_found_on_one_core(self) -> None:
        self.check_broken("hasty", 1)

    def test_a_core_that_is_skipped_is_found(self) -> None:
        self.check_broken("skip", 4)


class ShippedTest(TargetTest):
    """The command of the image that is shipped."""

    def test_rcu(self) -> None:
        with self.boot("virt", smp=2, limit=60) as machine:
            status, text = machine.run("rcu")
            self.assertEqual(status, 0)
            self.assertRegex(
                text.replace("\r", ""),
                r"^\d+ grace periods, the longest [\d.]+ \w+; none is running\n"
                r"cpu 0: awake, 0 callbacks wait, told 0 times\n"
                r"cpu 1: asleep, 0 callbacks wait, told 0 times$",
            )
            machine.poweroff()


if __name__ == "__main__":
    main()
