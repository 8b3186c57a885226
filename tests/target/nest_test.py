"""Interrupt handlers interrupted by more urgent ones, where the controller knows priorities."""

import re

from tools.qemu.testing import TargetTest, main

ROUNDS = 200
LEVELS = 4
# What four handlers and the frames between them may take of a core's 16 KiB: there is room for what real handlers do.
MOST_STACK = 4096


class NestTest(TargetTest):
    def check(self, board: str, cores: int, **options: object) -> None:
        with self.boot(board, **options) as machine:
            for rounds in (1, ROUNDS):
                status, text = machine.run(f"nest {rounds}", timeout=50)
                print(text, flush=True)
                self.assertIn(f"nest: rounds={rounds} errors=0", text)
                self.assertEqual(status, 0)
            towers = re.findall(r"cpu (\d): (\d) handlers deep, (\d+) bytes", text)
            self.assertEqual([(int(core), int(deep)) for core, deep, _ in towers], [(i, LEVELS) for i in range(cores)])
            for _, _, used in towers:
                self.assertLess(int(used), MOST_STACK)
            # Each round: three inside another's handler; each handler but the innermost once more.
            counts = dict(re.findall(r"(?m)^ *\d* *(low|normal|high|highest|nested) +(.*)$", machine.run("irqs")[1]))
            for name, each in (("low", 2), ("normal", 2), ("high", 2), ("highest", 1)):
                self.assertEqual([int(n) for n in counts[name].split()], [each * (ROUNDS + 1)] * cores, name)
            # The console's or the timer's interrupt may come inside one of these, too.
            for nested in counts["nested"].split():
                self.assertGreaterEqual(int(nested), 3 * (ROUNDS + 1))
            machine.poweroff()

    def test_virt_gic_2(self) -> None:
        for cores in (1, 2):
            with self.subTest(cores=cores):
                self.check("virt", cores, smp=cores)

    def test_virt_gic_3(self) -> None:
        self.check("virt", 8, smp=8, gic=3)

    def test_raspi4b(self) -> None:
        self.check("raspi4b", 4)

    def test_raspi3b_has_no_priorities(self) -> None:
        with self.boot("raspi3b") as machine:
            status, text = machine.run("nest")
            self.assertEqual(text.strip(), "BCM2836 knows no priorities: handlers run one after the other")
            self.assertEqual(status, 0)
            self.assertNotIn("nested", machine.run("irqs")[1])
            machine.poweroff()

    def answered_by_a_thread(self, board: str, **options: int) -> None:
        """The line is masked while its thread works, and again when it has been stopped."""
        with self.boot(board, **options) as machine:
            for again in (1, 2):
                status, text = machine.run("irqthread 40", timeout=60)
                # Ten of them twice; one before, and one while it was stopped.
                self.assertRegex(text, rf"(?m)^irqthread: rounds=40 interrupts={52 * again} calls=52 errors=0$")
                self.assertEqual(status, 0)
            machine.poweroff()

    def test_answered_by_a_thread(self) -> None:
        self.answered_by_a_thread("virt", smp=4, gic=2)
        self.answered_by_a_thread("virt", smp=1, gic=3)
        self.answered_by_a_thread("raspi4b")

    def test_a_panic_stops_a_core_inside_a_handler(self) -> None:
        for gic in (2, 3):
            with self.subTest(gic=gic), self.boot("virt", smp=2, gic=gic) as machine:
                text = machine.run_to_panic("nest stuck", timeout=60).text
                self.assertRegex(text, r"(?m)^core 0: core 1 is stuck in a handler$")
                self.assertRegex(text, r"(?m)^core 1: stopped in a handler: pc 0x")
                # The way through both exceptions.
                report = self.decode(text)
                self.assertIn("Tower::on_interrupt", report)


if __name__ == "__main__":
    main()
