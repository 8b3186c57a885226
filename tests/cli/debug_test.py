"""Tests of ./baton debug with QEMU and gdb themselves, on a small program that counts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from tests.cli.fake_tree import PROGRAM, BatonTest, file_set, target_completed
from tests.cli.support import ROOT, build_elf, environment

# The PL011 of QEMU's virt machine needs no set-up to transmit.
SOURCE = """\
static volatile unsigned* const uart = reinterpret_cast<unsigned*>(0x09000000);
namespace baton::kernel {
int counter;
__attribute__((noinline)) void count() {
  counter = counter + 1;
}
}  // namespace baton::kernel
extern "C" {
alignas(16) char stack[4096];
void run() {
  *uart = 'B';
  *uart = '\\n';
  for (;;) baton::kernel::count();
}
asm("start: adr x0, stack + 4096\\n mov sp, x0\\n b run\\n .globl start");
}
"""


class DebugTest(BatonTest):
    def setUp(self) -> None:
        super().setUp()
        # The sockets' folder is derived from TMPDIR; a test must not meet another one's.
        sockets = tempfile.TemporaryDirectory(prefix="b-")
        self.addCleanup(sockets.cleanup)
        self.environment = environment(
            PATH=f"{self.tree / 'bin'}:{environment()['PATH']}", TMPDIR=sockets.name, HOME=str(self.tree)
        )
        shutil.copytree(ROOT / "boards/virt", self.tree / "boards/virt")
        self.write_board("virt", **self.virt())
        for name in ("tools/gdb/baton.py", "tools/decode/symbolize.py"):
            self.write(name, (ROOT / name).read_text(encoding="utf-8"))
        elf = build_elf(self.tree, "kernel.elf", SOURCE, "-Ttext=0x40200000")
        self.built(
            file_set("0", elf, self.image),
            target_completed("//boards/virt:kernel", "0"),
        )

    @staticmethod
    def virt() -> dict[str, object]:
        return {
            "image": "//boards/virt:kernel",
            "form": "elf",
            "qemu": "qemu-system-aarch64",
            "qemu_version": "7.2",
            "machine": "virt",
            "cpu": "cortex-a72",
            "arguments": ["-nic", "none"],
        }

    def debug(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(self.tree), "debug", "virt", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        session = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.tree), "debug", "virt", *arguments],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(session.communicate)
        self.addCleanup(session.terminate)
        return session

    def read_until(self, session: subprocess.Popen[str], text: str) -> None:
        assert session.stdout
        seen = ""
        while text not in seen:
            line = session.stdout.readline()
            self.assertTrue(line, f"the session ended before '{text}': {seen}")
            seen += line

    def test_cores_at_a_breakpoint(self) -> None:
        commands = ("break baton::kernel::count", "continue", "baton-cores", "print baton::kernel::counter")
        answer = self.debug("--batch", "--smp", "2", *(word for command in commands for word in ("--ex", command)))
        shown = answer.stdout + answer.stderr
        self.assertEqual(answer.returncode, 0, shown)
        where = r"baton::kernel::count\(\)  kernel/inspect\.cc:5"
        self.assertRegex(answer.stdout, rf"(?m)^\* core 0  pc 0x00000000402\w+  EL1h  {where}$", shown)
        self.assertRegex(answer.stdout, r"(?m)^  core 1  pc 0x\w{16}  EL1h  start$", shown)
        self.assertIn("$1 = 0\n", answer.stdout)
        self.assertEqual((self.tree / "out/virt/console.log").read_text(encoding="ascii"), "B\n")

    def test_stopped_at_reset(self) -> None:
        answer = self.debug("--batch", "--ex", "baton-cores")
        self.assertRegex(answer.stdout, r"(?m)^\* core 0  pc 0x0000000040200\w{3}  EL1h  start", answer.stdout)

    def test_console_of_the_session(self) -> None:
        answer = self.debug("--console")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("no debug session of virt is running in this tree; start one: ./baton debug virt", answer.stderr)
        session = self.start("--ex", "info threads")
        assert session.stdin and session.stdout
        self.read_until(session, "CPU#3")
        second = self.debug("--batch")
        self.assertEqual(second.returncode, 1)
        self.assertIn("a debug session of virt is already running in this tree", second.stderr)
        console = self.start("--console")
        assert console.stdout
        self.assertIn("ctrl-] leaves it", console.stdout.readline())
        session.stdin.write("break baton::kernel::count\ncontinue\nkill\nquit\n")
        session.stdin.flush()
        session.stdin.close()
        session.stdin = None
        self.assertEqual(console.stdout.readline(), "B\n")
        self.assertEqual(console.wait(30), 0)
        session.communicate(timeout=60)

    def test_nothing_is_left_behind(self) -> None:
        session = self.start("--ex", "info threads")
        self.read_until(session, "CPU#3")
        sockets = list(Path(self.environment["TMPDIR"]).rglob("gdb"))
        self.assertEqual(len(sockets), 1)
        session.send_signal(signal.SIGTERM)
        session.communicate(timeout=60)
        self.assertEqual(session.returncode, 128 + signal.SIGTERM)
        self.assertFalse(sockets[0].exists())
        end = time.monotonic() + 10
        while self.qemus() and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(self.qemus(), [])

    def qemus(self) -> list[str]:
        """Processes that have this test's sockets on their command line."""
        found = []
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if self.environment["TMPDIR"] in os.fsdecode(process.read_bytes()):
                    found.append(str(process))
            except OSError:
                continue
        return found

    def test_requests_that_make_no_sense(self) -> None:
        answer = self.debug("--smp", "9")
        self.assertEqual((answer.returncode, answer.stderr), (2, "baton: virt takes --smp 1 to 8, not 9\n"))


del BatonTest


if __name__ == "__main__":
    unittest.main()
