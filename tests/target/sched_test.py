"""The scheduler on every board: threads of all kinds, `stress`, on 1 to 8 cores, with interrupts coming in between; and what
`ps`, `top`, `stats` and `locks` say of it."""

import os
import re
import zlib

from tools.qemu.testing import TargetTest, main

SECONDS = 120 if os.environ.get("BATON_SOAK") else 15
SCENARIO = re.compile(r"(?m)^(\w[\w ]*?) +(\d+) [a-z ]+(?:, (\d+) [a-z0-9 ]+)?$")
# The least that each does in 15 seconds, on an emulator with as many cores as its host has, and with more, which then wait for each other;
# and of what it counts beside that. What a busy host leaves of it, halved and halved again.
LEAST = {
    "switches": (100, 0),
    "suspensions": (3, 5),
    "stop ring": (20, 5),
    "churn": (20, 0),
    "timeouts": (10, 0),
    "migrations": (20, 0),
    "urgency": (10, 0),
    "parking": (5, 0),
    "inheritance": (100, 1),
    "channels": (100, 2),
    "objects": (50, 10),
    "turns": (50, 0),
}


class SchedTest(TargetTest):
    def stress(self, board: str, cores: int, **options: int) -> None:
        seed = zlib.crc32(f"{board} {options}".encode())
        with self.boot(board, limit=90 + 4 * SECONDS, **options) as machine:
            status, text = machine.run(f"stress {SECONDS} {seed}", timeout=60 + 3 * SECONDS)
            print(f"{board} {options}: {text}", flush=True)
            self.assertIn(f"stress: {SECONDS} s on {cores} cores, seed {seed}", text)
            self.assertIn("\nstress: errors=0", text)
            self.assertEqual(status, 0)
            done = {name: (int(count), int(also or 0)) for name, count, also in SCENARIO.findall(text)}
            self.assertEqual(set(done), set(LEAST))
            for name, (count, also) in done.items():
                self.assertGreaterEqual(count, LEAST[name][0], name)
                # With more cores than the host has, hardly a chain gets long before a deadline.
                self.assertGreaterEqual(also, LEAST[name][1] if cores <= 4 else 0, name)
            counts = {name: int(n) for name, n in re.findall(r"(\w+)=(\d+)", text)}
            for name in ("switches", "preemptions", "messages", "interrupts"):
                self.assertGreater(counts[name], 0, name)
            # Nobody is interrupted for nothing: one IPI for each kick, at most.  (RCU and the console send none here.)
            self.assertEqual(counts["migrations"] > 0, cores > 1)
            self.assertEqual(counts["kicks"] > 0, cores > 1)
            self.assertLessEqual(counts["kicks"], counts["messages"])
            self.check_afterwards(machine, cores)
            machine.poweroff()

    def check_afterwards(self, machine, cores: int) -> None:
        """When it is over, nothing of it is left."""
        _, text = machine.run("ps", timeout=20)
        rows = [line.split() for line in text.splitlines() if re.match(r"[a-z/\d]+ +-?\d+", line)]
        names = [row[0] for row in rows]
        self.assertEqual(names.count("idle"), cores, text)
        self.assertEqual(len(names), 3 * cores + 1, text)
        self.assertIn("shell", names)
        self.assertEqual([row[2] for row in rows if row[0] == "shell"], ["running"], text)
        _, text = machine.run("top 1", timeout=20)
        idle = [float(share) for share in re.findall(r"(?m)^idle +-1 +\d+ +([\d.]+)", text)]
        self.assertGreater(sum(idle), 80, text)
        _, text = machine.run("stats", timeout=20)
        self.assertEqual(len(re.findall(r"(?m)^cpu \d+ +\d+", text)), cores, text)
        self.check_mailboxes(machine, cores)
        status, text = machine.run("irqs", timeout=20)
        self.assertEqual(status, 0)
        timer = re.search(r"(?m)^ *\d+ timer +([\d ]+)$", text)
        assert timer, text
        self.assertTrue(all(int(count) > 0 for count in timer[1].split()), text)
        self.assertEqual(len(timer[1].split()), cores, text)
        self.check_ipis(text, cores)
        _, text = machine.run("timers", timeout=20)
        self.assertEqual(len(re.findall(r"(?m)^cpu \d: \d+ fired, latest by [\d.]+ \w+, next (in|none)", text)), cores, text)
        _, text = machine.run("locks", timeout=20)
        ranks = [int(rank) for rank in re.findall(r"(?m)^ *(\d+) \w", text)]
        self.assertEqual(ranks, sorted(set(ranks)), text)
        self.assertLess(len(ranks), 5, text)

    def check_ipis(self, text: str, cores: int) -> None:
        """No more arrive than were sent; and every one was sent for something."""
        rows = [(name, [int(n) for n in numbers.split()]) for name, numbers in re.findall(r"(?m)^ *(wake|watch|show|sent|messages|parking|itself) +([\d ]+)$", text)]
        self.assertEqual([name for name, _ in rows], ["wake", "sent", "messages", "parking", "itself", "watch", "sent", "show", "sent"], text)
        self.assertTrue(all(len(numbers) == cores for _, numbers in rows), text)
        sums = [sum(numbers) for _, numbers in rows]
        for arrived, sent in ((0, 1), (5, 6), (7, 8)):
            self.assertLessEqual(sums[arrived], sums[sent], text)
        wake, sent, messages, parking, itself = sums[:5]
        # The rest is RCU's, and one by each core to itself at its start.
        self.assertGreaterEqual(sent, messages + parking + itself + cores, text)
        self.assertGreaterEqual(wake, cores, text)
        _, per_core = re.findall(r"(?m)^ *(IPI) +([\d ]+)$", text)[0]
        self.assertLessEqual(sum(int(n) for n in per_core.split()), sums[0] + sums[5] + sums[7], text)

    def check_mailboxes(self, machine, cores: int) -> None:
        """What was sent has been taken, and nobody was interrupted more often than something was sent."""
        _, text = machine.run("mailboxes", timeout=20)
        rows = [[int(n) for n in row] for row in re.findall(r"(?m)^cpu (\d) " + r" *(\d+)" * 6 + "$", text)]
        self.assertEqual([row[0] for row in rows], list(range(cores)), text)
        sent, interrupts, spared, taken, batches = (sum(column) for column in list(zip(*rows))[1:6])
        self.assertEqual(sent, interrupts + spared, text)
        self.assertEqual(sent, taken, text)
        self.assertLessEqual(batches, taken, text)
        for row in rows:
            self.assertLessEqual(row[6], row[4], text)
            self.assertEqual(row[6] > 0, row[4] > 0, text)
        if cores > 1:
            self.assertGreater(spared, 0, text)
            self.assertGreater(max(row[6] for row in rows), 1, text)

    def test_virt_1_core(self) -> None:
        self.stress("virt", 1, smp=1, gic=2)

    def test_virt_2_cores(self) -> None:
        self.stress("virt", 2, smp=2, gic=3)

    def test_virt_4_cores(self) -> None:
        self.stress("virt", 4, smp=4, gic=2)

    def test_virt_8_cores(self) -> None:
        self.stress("virt", 8, smp=8, gic=3)

    def test_raspi4b(self) -> None:
        self.stress("raspi4b", 4)

    def test_raspi3b(self) -> None:
        self.stress("raspi3b", 4)

    def shares(self, board: str, cores: int, **options: int) -> None:
        """Equals get equal shares, in turn. A host that runs something else for a while makes a turn longer, of which the scenario then says nothing;
        where time is the number of instructions, there is no such while, so it must have an opinion: each time on one core, and every other time on
        several, as each stands still while another runs."""
        with self.boot(board, limit=60, qemu_args=("-icount", "shift=2,sleep=off"), **options) as machine:
            status, text = machine.run("stress 4 1 turns", timeout=40)
            print(f"{board} {options}: {text}", flush=True)
            self.assertEqual(status, 0, text)
            turns, shares = map(int, re.search(r"turns +(\d+) turns in order, (\d+) shares compared", text).groups())
            self.assertGreater(turns, 300)
            # 25 turns are told of per core and time.
            self.assertGreaterEqual(shares, turns // (25 * (cores + 1)) if cores > 1 else turns // 25)
            machine.poweroff()

    def test_shares_virt_1_core(self) -> None:
        self.shares("virt", 1, smp=1)

    def test_shares_virt_4_cores(self) -> None:
        self.shares("virt", 4, smp=4)

    def test_shares_raspi4b(self) -> None:
        self.shares("raspi4b", 4)

    def test_shares_raspi3b(self) -> None:
        self.shares("raspi3b", 4)

    def test_park(self) -> None:
        with self.boot("virt", limit=60, smp=4) as machine:
            for line, expected, words in (
                ("park 3", 0, ""),
                ("park 3", 1, "parked already"),
                ("park 0", 1, "bound to it"),
                ("park 7", 1, "no cpu 7"),
                ("park 8", 1, "CORE"),
                ("unpark 2", 1, "not parked"),
                ("stress 2 1", 0, "stress: 2 s on 3 cores"),
                ("cpus", 0, "; parked"),
                ("unpark 3", 0, ""),
                ("stress 2 1", 0, "stress: 2 s on 4 cores"),
            ):
                status, text = machine.run(line, timeout=40)
                self.assertEqual(status, expected, text)
                self.assertIn(words, text)
            machine.poweroff()

    def late(self, board: str, **options: int) -> None:
        """A core that is started late is as good as any."""
        with self.boot(board, limit=90, append="late=0xc", **options) as machine:
            self.assertIn("2 of 4 cores online", machine.transcript)
            for line, expected, words in (
                ("cpus", 0, "cpu 3 off"),
                ("park 3", 1, "no cpu 3"),
                ("start 0", 1, "cpu 0 is online already"),
                ("start 3", 0, ""),
                ("start 3", 1, "cpu 3 is online already"),
                ("start 7", 1, "there is no cpu 7"),
                ("relay 1000", 0, "lost=0 duplicated=0"),
                ("start 2", 0, ""),
                ("cpus", 0, "cpu 3 online"),
                ("relay 1000", 0, "lost=0 duplicated=0"),
                ("shout 5", 0, "from 4 cores"),
                ("watchdog", 0, ""),
                ("stress 3 1", 0, "stress: 3 s on 4 cores"),
                ("trace 4", 0, ""),
            ):
                status, text = machine.run(line, timeout=60)
                self.assertEqual(status, expected, text)
                self.assertIn(words, text)
            self.assertIn("\nstress: errors=0", machine.transcript.replace("\r", ""))
            self.check_afterwards(machine, 4)
            machine.poweroff()

    def test_late_virt(self) -> None:
        self.late("virt", smp=4)

    def test_late_raspi4b(self) -> None:
        self.late("raspi4b")

    def slow(self, board: str, **options: int) -> None:
        """One that comes when nobody waits for it any more is, too."""
        with self.boot(board, limit=60, append="jitter=3 patience=1", **options) as machine:
            self.assertRegex(machine.transcript, r"core [123]: did not come up within 1\.000 ms; going on without it")
            status, text = machine.run("sleep 300", timeout=20)
            self.assertEqual(status, 0, text)
            self.assertRegex(machine.transcript, r"core [123]: came after all")
            for line, words in (("relay 1000", "lost=0 duplicated=0"), ("shout 5", "from 4 cores"), ("stress 2 1", "stress: 2 s on 4 cores")):
                status, text = machine.run(line, timeout=60)
                self.assertEqual(status, 0, text)
                self.assertIn(words, text)
            self.check_afterwards(machine, 4)
            machine.poweroff()

    def test_slow_virt(self) -> None:
        self.slow("virt", smp=4)

    def test_slow_raspi4b(self) -> None:
        self.slow("raspi4b")

    def test_started_and_slow(self) -> None:
        """`start` waits no longer than it may for a core, 1 ms of the 31 that this one takes; when it comes, it is used."""
        with self.boot("virt", limit=60, smp=4, append="late=0x8 jitter=5 patience=1", qemu_args=("-icount", "shift=2,sleep=off")) as machine:
            for line, expected, words in (
                ("start 3", 1, "cpu 3 has not come within 1.000 ms; if it does, it is used"),
                ("sleep 300", 0, ""),
                ("start 3", 1, "cpu 3 is online already"),
                ("relay 1000", 0, "lost=0 duplicated=0"),
                ("shout 5", 0, "from 4 cores"),
            ):
                status, text = machine.run(line, timeout=40)
                self.assertIn(words, text)
                self.assertEqual(status, expected, text)
            self.assertIn("core 3: came after all", machine.transcript)
            machine.poweroff()

    def test_bad_arguments(self) -> None:
        with self.boot("virt", limit=30, smp=1) as machine:
            for line, words in (
                ("stress 0", "SECONDS"),
                ("stress x", "SECONDS"),
                ("stress 1 y", "SEED"),
                ("stress 1 1 nothing", "there is no scenario nothing"),
                ("top 0", "SECONDS"),
            ):
                status, text = machine.run(line, timeout=20)
                self.assertEqual(status, 1, line)
                self.assertIn(words, text)
            machine.poweroff()


if __name__ == "__main__":
    main()
