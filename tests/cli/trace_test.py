"""Tests of ./baton trace in a tree whose set-up, Bazel and QEMU are stand-ins, and with saved logs."""

from __future__ import annotations

import json
import unittest

from tests.cli.fake_tree import BatonTest
from tests.cli.support import ROOT
from tools.trace.check import problems_of
from tools.trace.samples import two_cores

# The fake machine with one more command.
_FAKE_QEMU = """\
#!/usr/bin/env python3
import sys
sys.path.insert(0, {root!r})
from tests.cli import fake_qemu

def do_trace(machine, rest):
    if rest == "dump 5":
        machine.print("only five\\n")
    if rest == "dump 6":
        return 1
    machine.print({dump!r})

fake_qemu.FakeMachine.do_trace = do_trace
fake_qemu.main()
"""


class TraceCommandTest(BatonTest):
    def setUp(self) -> None:
        super().setUp()
        text = _FAKE_QEMU.format(root=str(ROOT), dump=two_cores().text())
        self.write_board("fake", qemu=str(self.write("bin/qemu", text, 0o755)))
        self.output = self.tree / "run.json"

    def check_output(self) -> None:
        data = json.loads(self.output.read_text(encoding="utf-8"))
        self.assertEqual(problems_of(data), [])
        self.assertGreater(len(data["traceEvents"]), 20)

    def test_boots_and_writes_the_file(self) -> None:
        answer = self.expect(0, "trace", "fake", "--exec", "ok; echo 'a; b'", "-o", str(self.output))
        self.check_output()
        self.assertIn("baton> ok\nfine\nbaton> echo 'a; b'\n", answer.stdout)
        self.assertIn("baton> trace dump\nbaton> poweroff\n", answer.stdout)
        self.assertNotIn("@", answer.stdout)
        self.assertIn("trace: 25 events of 2 cores in 0.005 ms: 7 runs", answer.stdout)
        self.assertIn(f"trace: {self.output}: open it at https://ui.perfetto.dev", answer.stdout)
        self.assertEqual(self.log("bazel.log").count("//boards/fake:kernel\n"), 1)

    def test_file_in_out_unless_given(self) -> None:
        self.expect(0, "trace", "fake", "--exec", "ok")
        self.output = self.tree / "out/trace.json"
        self.check_output()

    def test_last_and_picture(self) -> None:
        picture = self.tree / "run.svg"
        arguments = ("--exec", "ok", "--last", "5", "-o", str(self.output), "--picture", str(picture))
        self.expect(0, "trace", "fake", *arguments, out="baton> trace dump 5\nonly five\n")
        self.assertIn("cpu 1", picture.read_text(encoding="utf-8"))

    def test_a_command_that_fails_is_traced(self) -> None:
        self.expect(
            1, "trace", "fake", "--exec", "fail; ok", "-o", str(self.output), error="'fail' failed with status 1"
        )
        self.check_output()

    def test_a_dump_that_fails(self) -> None:
        arguments = ("--exec", "ok", "--last", "6", "-o", str(self.output))
        self.expect(1, "trace", "fake", *arguments, error="'trace dump' failed with status 1")
        self.assertFalse(self.output.exists())

    def test_time_limit(self) -> None:
        self.expect(124, "trace", "fake", "--exec", "hang", "--timeout", "3", error="last output:")

    def test_panic(self) -> None:
        self.expect(3, "trace", "fake", "--exec", "panic", error="panic")

    def test_from_a_log(self) -> None:
        log = self.write("console.log", "core 0: noise\nbaton> trace dump\n" + two_cores().text() + "baton> ")
        self.expect(0, "trace", "--from", str(log), "-o", str(self.output), out="25 events")
        self.check_output()
        self.assertEqual(self.log("setup.log") + self.log("bazel.log"), "")

    def test_a_damaged_log_is_told_of(self) -> None:
        lines = two_cores().lines()
        log = self.write("console.log", "".join(lines[:7] + lines[8:]))
        self.expect(0, "trace", "--from", str(log), "-o", str(self.output), error="1 lines of the dump were lost")
        self.check_output()

    def test_logs_without_a_trace(self) -> None:
        log = self.write("console.log", "nothing\n")
        self.expect(1, "trace", "--from", str(log), error="type `trace dump`")
        self.expect(1, "trace", "--from", str(self.tree / "nosuch"), error="nosuch: No such file or directory")

    def test_requests_that_make_no_sense_build_nothing(self) -> None:
        self.expect(2, "trace", "fake", error="say what is to be traced: --exec")
        self.expect(2, "trace", "nosuch", "--exec", "ok", error="unknown board 'nosuch'; boards: fake")
        self.expect(2, "trace", "fake", "--from", "x", error="leave BOARD and --exec out")
        self.expect(2, "trace", "fake", "--exec", "ok", "--last", "0", error="at least 1 event")
        self.expect(2, "trace", "fake", "--exec", "ok", "--smp", "9", error="fake takes --smp 1 to 8")
        self.assertEqual(self.log("setup.log") + self.log("bazel.log"), "")


if __name__ == "__main__":
    unittest.main()
