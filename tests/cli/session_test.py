"""Tests of the runner's console on a terminal and on a pipe, and that no QEMU ever stays behind."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import termios
import time
import unittest

from tests.cli.runner_case import RunnerTest
from tests.cli.support import alive, environment


class PassThroughTest(RunnerTest):
    def test_piped_commands(self) -> None:
        answer = self.expect(0, keys="ok\rpoweroff\r")
        self.assertIn("baton> ok\nfine\n", answer.stdout)

    def test_end_of_input_powers_off_at_the_prompt(self) -> None:
        answer = self.expect(0, keys="ok\r")
        self.assertIn("powering off", answer.stdout)
        self.expect(0, keys="")

    def test_hang_needs_a_timeout(self) -> None:
        self.expect(124, "--timeout", "4", keys="hang\r", error="timed out after 4 s")

    def test_status_of_qemu(self) -> None:
        self.expect(1, keys="die 5\r", error="QEMU ended with status 5")
        self.expect(1, "--append", "boot=die", error="something is wrong with the machine")

    def test_panic(self) -> None:
        answer = self.expect(3, "--append", self.panic_boot(), keys="panic\r", error="baton: the kernel panicked")
        self.assertIn("kernel/inspect.cc:1", answer.stdout)


class TerminalSessionTest(RunnerTest):
    """The runner on a terminal of its own."""

    def setUp(self) -> None:
        super().setUp()
        self.master, self.slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.slave)
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self.line(*arguments),
            env=environment(),
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, text: bytes) -> None:
        end = time.monotonic() + 30
        while text not in self.seen:
            self.assertLess(time.monotonic(), end, f"waited for {text!r}, saw {self.seen!r}")
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 4096)

    def test_keys_pass_and_ctrl_a_x_ends(self) -> None:
        process = self.start()
        self.wait_for(b"ctrl-A x ends QEMU")
        self.wait_for(b"baton> ")
        self.assertFalse(termios.tcgetattr(self.slave)[3] & (termios.ICANON | termios.ECHO | termios.ISIG))
        os.write(self.master, b"echo \x03!\r")  # ctrl-C is a key like any other.
        self.wait_for(b"\x03!\r\n\x03!\r\nbaton> ")
        os.write(self.master, b"\x01x")
        self.assertEqual(process.wait(30), 0)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_terminal_is_itself_again_after_a_signal(self) -> None:
        process = self.start()
        self.wait_for(b"baton> ")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 128 + signal.SIGTERM)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_panic(self) -> None:
        process = self.start("--append", self.panic_boot())
        self.wait_for(b"baton> ")
        os.write(self.master, b"panic\r")
        self.wait_for(b"the kernel panicked")
        self.assertEqual(process.wait(30), 3)
        self.assertIn(b"kernel/inspect.cc:1", self.seen)


class LeftBehindTest(RunnerTest):
    """However the runner ends, QEMU ends with it."""

    def check(self, number: int, status: int, *arguments: str) -> None:
        pid_file = self.tree / "pid"
        pid_file.unlink(missing_ok=True)
        runner = subprocess.Popen(
            self.line("--append", f"boot=hang pid_file={pid_file}", *arguments),
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            end = time.monotonic() + 30
            while not (pid_file.exists() and pid_file.read_text(encoding="ascii")):
                self.assertLess(time.monotonic(), end, "no machine was started")
                time.sleep(0.05)
            qemu = int(pid_file.read_text(encoding="ascii"))
            self.assertTrue(alive(qemu))
            runner.send_signal(number)
            runner.communicate(timeout=30)
            self.assertEqual(runner.returncode, status)
            end = time.monotonic() + 10
            while alive(qemu) and time.monotonic() < end:
                time.sleep(0.05)
            self.assertFalse(alive(qemu), f"QEMU outlived its runner, which ended by signal {number}")
        finally:
            runner.kill()
            runner.communicate()

    def test_signals(self) -> None:
        for arguments in ((), ("--exec", "ok")):
            for number, status in (
                (signal.SIGINT, 130),
                (signal.SIGTERM, 143),
                (signal.SIGHUP, 129),
                (signal.SIGKILL, -signal.SIGKILL),
            ):
                with self.subTest(number.name, arguments=arguments):
                    self.check(number, status, *arguments)

    def test_reader_that_goes_away(self) -> None:
        runner = subprocess.Popen(
            self.line("--exec", "forever", "--timeout", "30"),
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert runner.stdout
        runner.stdout.readline()
        runner.stdout.close()
        _, errors = runner.communicate(timeout=20)
        self.assertEqual((runner.returncode, errors), (1, b""))


del RunnerTest  # Its subclasses are the tests.


if __name__ == "__main__":
    unittest.main()
