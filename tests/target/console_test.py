"""What a user and a serial line can do to the console: whole lines from everywhere, floods, bytes
that are not ASCII, lines without end, restarts."""

import re

from tools.qemu.testing import TargetTest, main

FILL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class ConsoleTest(TargetTest):
    def check_whole_lines(self, board: str, cores: int, **options: object) -> None:
        lines = 100
        with self.boot(board, **options) as machine:
            status, text = machine.run(f"shout {lines}", timeout=110)
            self.assertEqual(status, 0)
            got = [line for line in text.splitlines() if line]
            self.assertEqual(got[-1], f"shout: {2 * lines * cores} lines from {cores} cores")
            seen: dict[tuple[int, str], list[int]] = {}
            for line in got[:-1]:
                match = re.fullmatch(rf"shout: core (\d) (thread|handler) (\d+) {FILL}", line)
                self.assertIsNotNone(match, f"not whole: {line!r}")
                seen.setdefault((int(match[1]), match[2]), []).append(int(match[3]))
            self.assertEqual(len(seen), 2 * cores)
            for who, numbers in seen.items():
                self.assertEqual(numbers, list(range(lines)), f"{who}: lost or out of order")
            machine.poweroff()

    def test_whole_lines_raspi4b(self) -> None:
        self.check_whole_lines("raspi4b", 4)

    def test_whole_lines_raspi3b(self) -> None:
        self.check_whole_lines("raspi3b", 4)

    def test_whole_lines_virt_8(self) -> None:
        self.check_whole_lines("virt", 8, smp=8, gic=3)

    def test_bad_lines_get_one_clear_answer(self) -> None:
        with self.boot("raspi4b") as machine:
            for keys, words in (
                (b"nosuch\r", "nosuch: unknown command; 'help' lists them"),
                (b"cpsu\r", "did you mean 'cpus'?"),
                (b"echo " + b"x" * 400 + b"\r", "line too long"),
                (b"echo caf\xc3\xa9\r", "not ASCII"),
                (b"\xff\xfe\x80\r", "not ASCII"),
                (b"echo 'unfinished\r", "is never closed"),
                (b"peek\r", "usage"),
                (b"peek 12fish\r", "12fish"),
                (b"relay 0\r", "ROUNDS"),
            ):
                machine.send_raw(keys)
                machine.wait_for(re.escape(words))
                self.assertEqual(machine.wait_prompt(), 1, keys)
            status, text = machine.run("echo still here")
            self.assertEqual((status, text.strip()), (0, "still here"))
            machine.poweroff()

    def test_flood(self) -> None:
        """Input while a command keeps the shell from reading: kept, or told; and the shell lives on."""
        with self.boot("raspi4b") as machine:
            machine.send_raw(b"sleep 2000\r")
            machine.send_raw(b"echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r" * 400)
            # What was lost is told when its line ends.
            machine.wait_for("echo a+$")
            machine.send_raw(b"\r")
            lost = machine.wait_for(r"(\d+) bytes of input were lost")
            self.assertEqual(machine.wait_prompt(), 1)
            # Every byte is accounted for: run, or told as lost.
            line = "echo " + "a" * 45 + "\r"
            run = len(re.findall(r"(?m)^a{45}$", machine.transcript))
            kept = 400 * len(line) - int(lost[1])
            self.assertEqual(run, kept // len(line))
            status, text = machine.run("echo the end")
            self.assertEqual((status, text.strip()), (0, "the end"))
            machine.poweroff()

    def test_control_c_stops_a_command(self) -> None:
        with self.boot("virt", smp=2) as machine:
            machine.send_raw(b"sleep 600000\r")
            machine.wait_for("sleep 600000")
            machine.send_raw(b"\x03")
            machine.wait_for("sleep: stopped")
            self.assertEqual(machine.wait_prompt(), 1)
            machine.send_raw(b"relay 1000000000\r")
            machine.wait_for("relay 1000000000")
            machine.send_raw(b"\x03")
            machine.wait_for("relay: stopped")
            self.assertEqual(machine.wait_prompt(), 1)
            status, text = machine.run("relay 1000")
            self.assertEqual(status, 0, text)
            machine.poweroff()

    def test_reboot(self) -> None:
        for board in ("raspi4b", "raspi3b", "virt"):
            with self.boot(board) as machine:
                machine.wait_for("boot: prompt after")
                for _ in range(3):
                    machine.send_raw(b"reboot\r")
                    machine.wait_for("boot: prompt after")
                    self.assertEqual(machine.wait_prompt(), 0)
                    status, text = machine.run("relay 100")
                    self.assertEqual(status, 0, text)
                machine.poweroff()

    def test_unknown_boot_arguments_are_told(self) -> None:
        for board in ("raspi4b", "virt"):
            with self.boot(board, append="turbo jitter=many quiet") as machine:
                self.assertIn("boot argument 'turbo' is unknown", machine.transcript)
                self.assertIn("boot argument 'jitter=many': jitter wants a decimal number", machine.transcript)
                self.assertNotIn("'quiet'", machine.transcript)
                machine.poweroff()


if __name__ == "__main__":
    main()
