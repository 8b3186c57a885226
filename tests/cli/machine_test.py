"""Tests of tools/qemu/machine.py against a fake QEMU, and of the split of --exec."""

from __future__ import annotations

import os
import time
import unittest

from tests.cli.support import TreeTest, alive
from tools.qemu.board import Options, load_board
from tools.qemu.errors import Ended, MachineError, Panicked, SetupError, TimedOut, UsageError
from tools.qemu.log import Log
from tools.qemu.machine import Machine
from tools.qemu.script import split_commands


class MachineTest(TreeTest):
    def machine(self, append: str = "", **more: object) -> Machine:
        board = load_board(self.board_json)
        machine = Machine(board, self.image, Options(append=append), **more)  # type: ignore[arg-type]
        self.addCleanup(machine.kill)
        return machine.start()

    def ready(self, append: str = "") -> Machine:
        """At the prompt, so that a short time limit is one of what comes next, however busy the host is."""
        machine = self.machine(append)
        machine.wait_prompt()
        return machine

    def test_commands(self) -> None:
        machine = self.machine()
        self.assertEqual(machine.wait_prompt(), 0)
        self.assertEqual(machine.run("ok"), (0, "fine"))
        self.assertEqual(machine.run("silent"), (0, ""))
        self.assertEqual(machine.run("echo a  b"), (0, "a  b"))
        self.assertEqual(machine.run("fail 3"), (3, "it did not work"))
        self.assertEqual(machine.run(""), (0, ""))
        self.assertEqual(machine.run("nosuch").status, 127)
        machine.poweroff()
        self.assertEqual(machine.status, 0)
        self.assertIn("baton(3)> \n", machine.transcript)

    def test_line_editor_that_redraws(self) -> None:
        machine = self.machine("boot=redraw")
        self.assertEqual(machine.run("echo one"), (0, "one"))
        self.assertEqual(machine.run("fail"), (1, "it did not work"))
        self.assertIn("baton> echo one\none\nbaton> fail\n", machine.transcript)

    def test_line_editor_that_breaks_rows(self) -> None:
        machine = self.machine("boot=rows")
        # 79 columns hold the prompt, `echo ` and 67 more: one less, just as many, and far more than a row.
        for length in (66, 67, 68, 250):
            text = "".join(chr(ord("a") + index % 26) for index in range(length))
            self.assertEqual(machine.run(f"echo {text}"), (0, text))
        self.assertEqual(machine.run("silent" + 66 * " "), (0, ""))
        self.assertEqual(machine.run("fail 3"), (3, "it did not work"))

    def test_prompts_inside_other_text(self) -> None:
        machine = self.machine("boot=quoted-prompt")
        machine.wait_prompt()
        self.assertIn("boot: prompt after", machine.transcript)
        self.assertEqual(machine.run("quoted-prompts"), (0, "baton> \nsay baton(5)> \nbaton> baton> "))

    def test_false_prompt_is_never_taken_for_success(self) -> None:
        machine = self.machine()
        with self.assertRaisesRegex(MachineError, "the status was 0 .* and is 1 beside its echo"):
            machine.run("false-prompt 0.4")
            machine.run("ok")

    def test_line_from_elsewhere_at_the_prompt(self) -> None:
        machine = self.machine()
        status, text = machine.run("chatter")
        self.assertEqual(status, 0)
        self.assertIn("core 1: something happened", text)

    def test_lost_bytes_are_noticed(self) -> None:
        machine = self.ready("boot=lossy")
        with self.assertRaisesRegex(TimedOut, "the echo of 'echo abcdef'") as caught:
            machine.run("echo abcdef", timeout=2)
        self.assertIn("baton> ", caught.exception.details)

    def test_no_echo_is_noticed(self) -> None:
        with self.assertRaisesRegex(TimedOut, "the echo of 'ok'"):
            self.ready("boot=no-echo").run("ok", timeout=2)

    def test_hang_at_boot(self) -> None:
        begun = time.monotonic()
        with self.assertRaisesRegex(TimedOut, "timed out after 5 s waiting for the prompt") as caught:
            self.machine("boot=hang").wait_prompt(timeout=5)
        self.assertLess(time.monotonic() - begun, 20)
        self.assertEqual(caught.exception.details, "starting core 3")

    def test_hang_in_a_command(self) -> None:
        with self.assertRaisesRegex(TimedOut, "the prompt after 'hang'") as caught:
            self.ready().run("hang", timeout=2)
        self.assertTrue(caught.exception.details.endswith("working"))

    def test_limit_of_the_whole_life(self) -> None:
        with self.assertRaises(TimedOut):
            self.machine(limit=2.0).run("hang", timeout=600)

    def test_death_at_boot(self) -> None:
        with self.assertRaisesRegex(Ended, "QEMU ended with status 7 while the prompt was waited for") as caught:
            self.machine("boot=die").wait_prompt()
        self.assertIn("something is wrong with the machine", caught.exception.details)

    def test_death_in_a_command(self) -> None:
        for status in (0, 5):
            with self.assertRaises(Ended) as caught:
                self.machine().run(f"die {status}")
            self.assertEqual(caught.exception.status, status)

    def test_panic(self) -> None:
        with self.assertRaises(Panicked) as caught:
            self.machine().run("panic")
        panic = caught.exception.panic
        self.assertTrue(panic.text.startswith("=== BATON PANIC ===\n"))
        self.assertTrue(panic.text.endswith("=== END PANIC ===\n"))
        self.assertEqual((panic.status, panic.complete), (3, True))

    def test_panic_of_a_machine_that_stays_on(self) -> None:
        with self.assertRaises(Panicked) as caught:
            self.machine("boot=panic-stays").run("panic")
        self.assertEqual((caught.exception.panic.status, caught.exception.panic.complete), (None, True))

    def test_panic_at_boot(self) -> None:
        with self.assertRaises(Panicked):
            self.machine("boot=panic").wait_prompt()

    def test_panic_hoped_for(self) -> None:
        self.assertEqual(self.machine().run_to_panic("panic").status, 3)
        self.assertTrue(self.machine("boot=panic").wait_panic().complete)

    def test_panic_hoped_for_that_does_not_come(self) -> None:
        with self.assertRaisesRegex(MachineError, "'ok' answered with status 0 instead of a panic"):
            self.machine().run_to_panic("ok")
        with self.assertRaises(Ended):
            self.machine().run_to_panic("die 3")

    def test_panic_while_waiting_for_the_end(self) -> None:
        machine = self.machine()
        machine.wait_prompt()
        machine.send_raw(b"panic\r")
        with self.assertRaises(Panicked):
            machine.wait_exit()

    def test_typing_the_mark_is_no_panic(self) -> None:
        machine = self.machine()
        machine.wait_prompt()
        machine.send_raw(b"silent === BATON PANIC ===\r")
        machine.wait_for("BATON PANIC")
        self.assertEqual(machine.run("ok"), (0, "fine"))

    def test_flood(self) -> None:
        status, text = self.machine().run("flood 20000")
        lines = text.split("\n")
        self.assertEqual((status, len(lines)), (0, 20000))
        self.assertTrue(lines[-1].startswith("flood line 19999 "))

    def test_endless_flood_ends_in_time(self) -> None:
        begun = time.monotonic()
        with self.assertRaises(TimedOut):
            self.ready().run("forever", timeout=2)
        self.assertLess(time.monotonic() - begun, 20)

    def test_very_long_line(self) -> None:
        status, text = self.machine().run("long-line 100000")
        self.assertEqual((status, text.replace("\n", "")), (0, "x" * 100000))

    def test_garbage(self) -> None:
        machine = self.machine("boot=garbage")
        self.assertEqual(machine.run("garbage").status, 0)
        self.assertEqual(machine.run("ok"), (0, "fine"))

    def test_slow_output(self) -> None:
        machine = self.machine("boot=slow")
        self.assertEqual(machine.run("slowly abcdefgh"), (0, "abcdefgh"))

    def test_wait_for_moves_on(self) -> None:
        machine = self.machine()
        machine.wait_prompt()
        machine.send_raw(b"echo n1 n2\r")
        self.assertEqual([machine.wait_for(r"n(\d)\b")[1] for _ in range(4)], ["1", "2", "1", "2"])
        with self.assertRaises(TimedOut):
            machine.wait_for(r"n(\d)", timeout=0.3)
        machine.wait_for("baton> $")

    def test_flood_of_input(self) -> None:
        # Far more than a pipe holds, while the other side answers all of it.
        machine = self.machine()
        machine.wait_prompt()
        machine.send_raw(b"echo " + b"y" * 200000 + b"\r", timeout=60)
        machine.wait_for("y{4000}")

    def test_reboot(self) -> None:
        machine = self.machine()
        self.assertEqual(machine.run("reboot").status, 0)
        self.assertEqual(machine.transcript.count("boot: prompt after"), 2)
        self.assertEqual(machine.run("ok"), (0, "fine"))

    def test_poweroff_that_does_not_work(self) -> None:
        with self.assertRaisesRegex(TimedOut, "QEMU to end"):
            self.ready("boot=stays-on").poweroff(timeout=2)
        with self.assertRaisesRegex(Ended, "status 9 after poweroff, not 0"):
            self.machine("boot=off-status-9").poweroff()

    def test_only_ascii_is_typed(self) -> None:
        for command in ("grün", "a\nb", "a\x01"):
            with self.assertRaises(UsageError):
                self.machine().run(command)

    def test_no_image(self) -> None:
        with self.assertRaisesRegex(SetupError, "nosuch.img does not exist; build //boards/fake:kernel first"):
            Machine(load_board(self.board_json), self.tree / "nosuch.img").start()

    def test_nothing_is_left_behind(self) -> None:
        machine = self.machine("boot=hang")
        pid = machine.process_id
        with machine:
            self.assertEqual(machine.process_id, pid, "a second QEMU was started")
            self.assertTrue(alive(pid))
        self.assertFalse(alive(pid))
        with self.assertRaises(ProcessLookupError):
            os.killpg(pid, 0)


class SplitTest(unittest.TestCase):
    def test_split(self) -> None:
        for text, commands in (
            ("cpus; mem ;irqs", ["cpus", "mem", "irqs"]),
            ("", []),
            (" ; ;", []),
            ("echo 'a; b'; c", ["echo 'a; b'", "c"]),
            ('echo "a; \\"b"; c', ['echo "a; \\"b"', "c"]),
            ("echo 'a\\'; c", ["echo 'a\\'", "c"]),
            ("echo a\\;b", ["echo a\\;b"]),
            ("a\nb", ["a", "b"]),
            ("a # b; c", ["a # b; c"]),
            ("a # b; 'c\nd", ["a # b; 'c", "d"]),
            ("a#b; c", ["a#b", "c"]),
        ):
            with self.subTest(text):
                self.assertEqual(split_commands(text), commands)

    def test_refused(self) -> None:
        for text in ("echo 'a", 'echo "a; b', "echo \x01", "grün"):
            with self.subTest(text), self.assertRaises(UsageError):
                split_commands(text)


class LogTest(unittest.TestCase):
    def test_numbers_survive_dropping(self) -> None:
        log = Log(kept_characters=20)
        for number in range(10):
            log.add(f"line{number}")
        self.assertEqual(log.count, 10)
        self.assertEqual(log.since(8), ["line8", "line9"])
        self.assertEqual(log.since(10), [])
        self.assertEqual(log.since(0), ["[7 lines dropped]", "line7", "line8", "line9"])
        self.assertEqual(log.last(2), ["line8", "line9"])
        self.assertEqual(log.last(100), ["line7", "line8", "line9"])


if __name__ == "__main__":
    unittest.main()
