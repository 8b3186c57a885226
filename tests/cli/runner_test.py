"""Tests of the runner with --exec: exit statuses, transcript, messages, panics."""

from __future__ import annotations

import unittest

from tests.cli.runner_case import RunnerTest


class ExecTest(RunnerTest):
    def test_success(self) -> None:
        answer = self.expect(0, "--exec", "ok; echo 'a; b'")
        self.assertEqual(
            answer.stdout,
            "Baton on a fake board\n"
            "boot: prompt after 12.345 ms (machine counter)\n"
            "baton> ok\n"
            "fine\n"
            "baton> echo 'a; b'\n"
            "'a; b'\n"
            "baton> poweroff\n"
            "powering off\n",
        )
        self.assertEqual(answer.stderr, "")

    def test_transcript_has_no_control_sequences(self) -> None:
        answer = self.expect(0, "--exec", "echo x; garbage; ok", "--append", "boot=redraw")
        self.assertTrue(all(line.isprintable() for line in answer.stdout.split("\n")))
        self.assertIn("baton> echo x\nx\nbaton> garbage\n", answer.stdout)

    def test_failed_command(self) -> None:
        answer = self.expect(1, "--exec", "ok; fail 3; ok", error="baton: 'fail 3' failed with status 3\n")
        self.assertEqual(answer.stdout.count("fine"), 1)

    def test_failure_of_the_last_command(self) -> None:
        self.expect(1, "--exec", "ok; fail", error="'fail' failed with status 1")

    def test_unknown_command(self) -> None:
        self.expect(1, "--exec", "nosuch", error="'nosuch' failed with status 127", out="nosuch: unknown command")

    def test_false_prompt(self) -> None:
        self.expect(1, "--exec", "false-prompt", error="the text taken for a prompt was none")

    def test_hang(self) -> None:
        answer = self.expect(124, "--exec", "ok; hang", "--timeout", "6", error="waiting for the prompt after 'hang'")
        self.assertIn("  | working\n", answer.stderr)

    def test_hang_at_boot(self) -> None:
        self.expect(124, "--exec", "ok", "--append", "boot=hang", "--timeout", "1", error="waiting for the prompt")

    def test_endless_output(self) -> None:
        self.expect(124, "--exec", "forever", "--timeout", "6", error="waiting for the prompt after 'forever'")

    def test_early_end(self) -> None:
        for status in (0, 5):
            self.expect(1, "--exec", f"die {status}; ok", error=f"QEMU ended with status {status} while the prompt")

    def test_qemu_that_does_not_start(self) -> None:
        self.expect(1, "--exec", "ok", "--append", "boot=die", error="something is wrong with the machine")

    def test_powering_off_oneself(self) -> None:
        self.expect(0, "--exec", "ok; poweroff")
        self.expect(1, "--exec", "poweroff; ok", error="the machine was off before 'ok' could be typed")
        self.expect(1, "--exec", "poweroff", "--append", "boot=off-status-9", error="QEMU ended with status 9")

    def test_poweroff_that_does_not_work(self) -> None:
        self.expect(124, "--exec", "ok", "--append", "boot=stays-on", "--timeout", "6", error="QEMU to end")
        self.expect(1, "--exec", "ok", "--append", "boot=off-status-9", error="status 9 after poweroff, not 0")

    def test_reboot(self) -> None:
        self.assertEqual(self.expect(0, "--exec", "reboot; ok").stdout.count("boot: prompt after"), 2)

    def test_expected_text(self) -> None:
        self.expect(0, "--exec", "ok", "--expect", "^fine$", "--expect", "fake board")
        self.expect(1, "--exec", "ok", "--expect", "^wine$", error="nothing in the output matches '^wine$'")

    def test_requests_that_make_no_sense(self) -> None:
        self.expect(2, "--exec", "echo 'a", error="the quote ' is not closed")
        self.expect(2, "--exec", "ok", "--smp", "9", error="fake takes --smp 1 to 8, not 9")
        self.expect(2, "--exec", "ok", "--gic", "4", error="fake takes --gic 2 or 3, not 4")
        self.expect(2, "--exec", "ok", "--expect", "(", error="--expect: '(' is no regular expression")
        self.expect(2, "--expect", "a", error="--expect needs --exec or --expect-panic")
        self.expect(2, "--exec", "ok", "--timeout", "0", error="must be more than 0")

    def test_missing_qemu_and_image(self) -> None:
        board = self.write_board("other", qemu="qemu-system-nosuch")
        self.expect(1, "--exec", "ok", board_json=board, error="qemu-system-nosuch is not installed; run tools/setup")
        board = self.write_board("other", qemu_version="99.0")
        self.expect(1, "--exec", "ok", board_json=board, error="but other needs 99.0 or newer; run tools/setup")
        self.image.unlink()
        self.expect(1, "--exec", "ok", error="kernel.img does not exist; build //boards/fake:kernel first")


class PanicTest(RunnerTest):
    def test_unexpected_panic_is_shown_and_decoded(self) -> None:
        arguments = ("--exec", "ok; panic", "--append", self.panic_boot())
        answer = self.expect(3, *arguments, error="baton: the kernel panicked")
        self.assertIn("\n=== END PANIC ===\n", answer.stdout)
        self.assertIn("pc   read_at(int const*)  kernel/inspect.cc:1", answer.stdout)

    def test_panic_that_cannot_be_decoded(self) -> None:
        answer = self.expect(3, "--exec", "panic", error="the panic cannot be decoded: the dump is from build-id 0000")
        self.assertIn("=== END PANIC ===", answer.stdout)

    def test_expected_panic(self) -> None:
        where = r"baton::kernel::inspect.*inspect\.cc:5"
        expected = ("--expect-panic", "--expect", "data abort", "--expect", where)
        self.expect(0, "--exec", "ok; panic", *expected, "--append", self.panic_boot())
        self.expect(0, *expected, "--append", self.panic_boot("panic"))

    def test_expected_panic_with_another_reason(self) -> None:
        more = ("--append", self.panic_boot(), "--expect", "undefined instruction")
        self.expect(1, "--exec", "panic", "--expect-panic", *more, error="matches 'undefined instruction'")

    def test_expected_panic_that_does_not_come(self) -> None:
        self.expect(1, "--exec", "ok", "--expect-panic", error="'ok' answered with status 0 instead of a panic")
        self.expect(1, "--exec", "fail; panic", "--expect-panic", error="'fail' failed with status 1")
        self.expect(1, "--exec", "die 3", "--expect-panic", error="QEMU ended with status 3")
        self.expect(124, "--exec", "hang", "--expect-panic", "--timeout", "6", error="the panic from 'hang'")

    def test_expected_panic_that_is_faulty(self) -> None:
        def faulty(mode: str, error: str) -> None:
            more = ("--append", self.panic_boot(mode), "--timeout", "10")
            self.expect(3, "--exec", "panic", "--expect-panic", *more, error=error)

        faulty("panic-cut", "the panic's dump has no end mark")
        faulty("panic-stays", "the machine did not power off after the panic")
        faulty("panic-status-0", "the panic ended QEMU with status 0")
        self.expect(3, "--exec", "panic", "--expect-panic", error="the panic cannot be decoded")


del RunnerTest  # Its subclasses are the tests.


if __name__ == "__main__":
    unittest.main()
