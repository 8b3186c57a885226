"""Tests of ./baton in a tree whose set-up, Bazel and QEMU are stand-ins: what it runs, prints and exits with."""

from __future__ import annotations

import subprocess
import unittest
from typing import Any

from tests.cli.fake_tree import BatonTest, file_set, target_completed
from tests.cli.support import ROOT

class RunTest(BatonTest):
    def test_builds_and_boots(self) -> None:
        answer = self.expect(0, "run", "fake", "--exec", "ok", "--smp", "2")
        self.assertIn("baton> ok\nfine\nbaton> poweroff\n", answer.stdout)
        self.assertNotIn("bazel", answer.stdout)
        self.assertEqual(self.log("setup.log"), "--quiet\n")
        self.assertTrue(self.log("bazel.log").startswith("build "))
        self.assertTrue(self.log("bazel.log").endswith(" //boards/fake:kernel\n"))

    def test_set_up_that_fails(self) -> None:
        self.set_up(status=1)
        self.expect(1, "run", "fake", "--exec", "ok", error="baton: set-up failed; see above")
        self.assertEqual(self.log("bazel.log"), "")

    def test_build_that_fails(self) -> None:
        self.built(status=1)
        answer = self.expect(1, "run", "fake", "--exec", "ok", error="//boards/fake:kernel does not build; see above")
        self.assertIn("bazel says something", answer.stderr)

    def test_build_without_an_image(self) -> None:
        self.built(file_set("0", self.elf), target_completed("//boards/fake:kernel", "0"))
        self.expect(1, "run", "fake", error="//boards/fake:kernel should have one *.img file, and has 0")

    def test_unknown_board(self) -> None:
        self.write_board("other")
        answer = self.expect(2, "run", "nosuch")
        self.assertEqual(answer.stderr, "baton: unknown board 'nosuch'; boards: fake other\n")
        self.assertEqual(self.log("setup.log") + self.log("bazel.log"), "")

    def test_requests_that_make_no_sense_build_nothing(self) -> None:
        self.expect(2, "run", "fake", "--smp", "9", error="fake takes --smp 1 to 8, not 9")
        self.expect(2, "run", "fake", "--exec", "echo 'a", error="is not closed")
        self.expect(2, "run", "fake", "--exec", "a", "--expect", "(", error="is no regular expression")
        self.expect(2, "run", "fake", "--smp", "two", error="invalid int value")
        self.assertEqual(self.log("setup.log") + self.log("bazel.log"), "")

    def test_failed_command(self) -> None:
        self.expect(1, "run", "fake", "--exec", "fail", error="baton: 'fail' failed with status 1")

    def test_verbose_shows_each_command(self) -> None:
        for arguments in (("-v", "run", "fake"), ("run", "-v", "fake")):
            answer = self.expect(0, *arguments, "--exec", "ok", "--append", "a b")
            self.assertIn("\n+ bazel build ", answer.stderr)
            self.assertIn(f"-kernel {self.image} -append 'a b'", answer.stderr)

    def test_elf_form(self) -> None:
        self.write_board("fake", form="elf")
        answer = self.expect(0, "-v", "run", "fake", "--exec", "ok")
        self.assertIn(f"-kernel {self.elf}", answer.stderr)

    def test_no_bazel(self) -> None:
        answer = self.run_it("run", "fake", path="/nosuch")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("baton: bazel: not found; tools/setup installs what is missing", answer.stderr)


class TestCommandTest(BatonTest):
    """./baton test: what is counted, and what may never look like success."""

    def result(self, label: str, status: str, xml: str | None = None, **key: int) -> dict[str, Any]:
        outputs = [{"name": "test.log", "uri": f"file:///logs{label.replace(':', '/')}.log"}]
        if xml is not None:
            name = label.strip("/").replace("/", "_").replace(":", "_") + str(sorted(key.items())) + ".xml"
            outputs.append({"name": "test.xml", "uri": self.write(name, xml).as_uri()})
        identity = {"label": label, "run": 1, "shard": 1, "attempt": 1} | key
        return {"id": {"testResult": identity}, "testResult": {"status": status, "testActionOutput": outputs}}

    def last_line(self, answer: subprocess.CompletedProcess[str]) -> str:
        self.assertTrue(answer.stdout.endswith("\n"))
        return answer.stdout.splitlines()[-1]

    def check(self, status: int, last: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        answer = self.expect(status, "test", *arguments)
        self.assertEqual(self.last_line(answer), last)
        return answer

    CASES = (
        '<testsuites><testsuite><testcase name="a"/><testcase name="b"/>'
        '<testcase name="c" status="notrun"/><testcase name="d" result="skipped"/></testsuite></testsuites>'
    )
    BAD_CASES = (
        '<testsuites><testsuite><testcase name="a"/><testcase name="b"><failure message="x"/></testcase>'
        '<testcase name="c"><error message="y"/></testcase></testsuite></testsuites>'
    )

    def test_cases_are_counted(self) -> None:
        self.built(self.result("//a:one", "PASSED", self.CASES), self.result("//a:two", "PASSED"))
        answer = self.check(0, "3 passed, 0 failed")
        self.assertNotIn("failed:", answer.stdout)
        self.assertIn("test --build_event_json_file=", self.log("bazel.log"))
        self.assertTrue(self.log("bazel.log").endswith("--keep_going //...\n"))

    def test_failures_are_counted_and_named(self) -> None:
        self.built(
            self.result("//a:one", "PASSED", self.CASES),
            self.result("//a:two", "FAILED", self.BAD_CASES),
            self.result("//a:three", "TIMEOUT"),
            status=3,
        )
        answer = self.check(1, "3 passed, 3 failed")
        self.assertIn("\nfailed:\n  //a:two FAILED  /logs/a/two.log\n  //a:three TIMEOUT  ", answer.stdout)

    def test_failure_that_the_cases_do_not_show(self) -> None:
        self.built(self.result("//a:one", "FAILED", self.CASES), status=3)
        self.check(1, "1 passed, 1 failed")

    def test_shards_and_attempts(self) -> None:
        self.built(
            self.result("//a:one", "PASSED", self.CASES, shard=1),
            self.result("//a:one", "FAILED", self.BAD_CASES, shard=2, attempt=1),
            self.result("//a:one", "PASSED", self.CASES, shard=2, attempt=2),
        )
        self.check(0, "4 passed, 0 failed")

    def test_what_does_not_build_has_failed(self) -> None:
        self.built(
            self.result("//a:one", "PASSED"),
            target_completed("//a:two", success=False),
            {"id": {"targetCompleted": {"label": "//a:three"}}, "aborted": {"reason": "ANALYSIS_FAILURE"}},
            {"id": {"targetCompleted": {"label": "//a:arm_only"}}, "aborted": {"reason": "SKIPPED"}},
            status=1,
        )
        answer = self.check(1, "1 passed, 2 failed")
        self.assertIn("//a:two NOT BUILT", answer.stdout)

    def test_bazel_that_fails_by_itself(self) -> None:
        self.built(status=37)
        self.check(1, "0 passed, 1 failed")
        self.built(self.result("//a:one", "PASSED"), status=8)
        self.check(1, "1 passed, 1 failed")

    def test_no_test_is_no_success(self) -> None:
        self.built()
        self.check(1, "0 passed, 1 failed")

    def test_unreadable_events(self) -> None:
        self.write("events.json", '{"id": {"testResult": {"la\nnull\n[]\n')
        self.write("status", "0")
        self.check(1, "0 passed, 1 failed")

    def test_filter(self) -> None:
        self.write("labels", "//sync:cell_test\n//kernel:shell_test\n//tests/model:sync_cells\n")
        self.built(self.result("//sync:cell_test", "PASSED"))
        self.check(0, "1 passed, 0 failed", "sync")
        self.assertEqual(self.log("targets.log"), "//sync:cell_test\n//tests/model:sync_cells\n")
        self.assertNotIn("//...\n", self.log("bazel.log").splitlines()[-1] + "\n")

    def test_area(self) -> None:
        self.write("tests/areas.json", '{"sync": ["//sync", "//tests/model"]}')
        for folder in ("sync", "tests/model"):
            self.write(f"{folder}/BUILD.bazel", "")
        self.write(
            "labels",
            "//sync/rcu:a\n//tests/model:litmus\n//tests/model/deep:b\n//tests/models:c\n//x:sync_d\n//kernel:e\n",
        )
        self.built(self.result("//sync/rcu:a", "PASSED"))
        self.check(0, "1 passed, 0 failed", "sync")
        self.assertEqual(
            self.log("targets.log"), "//sync/rcu:a\n//tests/model:litmus\n//tests/model/deep:b\n//x:sync_d\n"
        )
        self.write("tests/areas.json", '{"sync": ["//gone"]}')
        self.expect(2, "test", "sync", error="names //gone, which is not there")
        self.write("tests/areas.json", "{")
        self.expect(2, "test", "sync", error="areas.json")

    def test_filter_that_matches_nothing(self) -> None:
        self.write("labels", "//sync:cell_test\n")
        self.expect(2, "test", "nosuch", error="no test has 'nosuch' in its label")

    def test_board(self) -> None:
        self.write("labels", "//tests/target:boot\n")
        self.built(self.result("//tests/target:boot", "PASSED"))
        self.check(0, "1 passed, 0 failed", "--board", "fake")
        self.assertIn("board_fake", self.log("bazel.log"))
        self.expect(2, "test", "--board", "nosuch", error="unknown board 'nosuch'")

    def test_lengths(self) -> None:
        self.built(self.result("//a:one", "PASSED"))
        self.check(0, "1 passed, 0 failed", "--quick")
        self.assertIn("--test_tag_filters=-qemu,-slow", self.log("bazel.log"))
        self.check(0, "1 passed, 0 failed", "--soak")
        self.assertIn("--test_env=BATON_SOAK=1", self.log("bazel.log"))
        self.expect(2, "test", "--soak", "--quick", error="not allowed with")


class ImageTest(BatonTest):
    def test_card(self) -> None:
        card = {"kernel": "kernel8.img", "config": ["arm_64bit=1"], "firmware": ["start4.elf"], "serial": "pins 8, 10"}
        self.write_board("fake", sd_card=card)
        for _ in range(2):
            answer = self.expect(0, "image", "fake", out="out/fake/ holds")
        for text in ("kernel8.img", "arm_64bit=1", "start4.elf", "pins 8, 10"):
            self.assertIn(text, answer.stdout)
        self.assertIn("Never tried on hardware:\n  everything", answer.stdout)
        folder = self.tree / "out/fake"
        self.assertEqual((folder / "kernel8.img").read_bytes(), self.image.read_bytes())
        self.assertEqual((folder / "config.txt").read_text(encoding="ascii"), "# Baton on Fake board\narm_64bit=1\n")

    def test_flash(self) -> None:
        steps = ["Connect it, then:", "  program {file}", "Or:", "  dfu {raw} '{other}'"]
        self.write_board("fake", flash={"form": "elf", "steps": steps, "serial": "pins 8, 10"})
        for _ in range(2):
            answer = self.expect(0, "image", "fake", out="for its flash memory, out/fake/ holds")
        for text in ("\n  program out/fake/kernel.elf\n", "\n  dfu out/fake/kernel.img '{other}'\n", "Console: pins 8, 10."):
            self.assertIn(text, answer.stdout)
        self.assertIn("Never tried on hardware:\n  everything", answer.stdout)
        self.assertEqual((self.tree / "out/fake/kernel.img").read_bytes(), self.image.read_bytes())
        self.assertTrue((self.tree / "out/fake/kernel.elf").is_file())

    def test_no_card(self) -> None:
        self.expect(0, "image", "fake", out="./baton run fake")
        self.assertTrue((self.tree / "out/fake/kernel.img").is_file())

    def test_a_board_that_qemu_does_not_know(self) -> None:
        flash = {"form": "elf", "steps": ["program {file}"], "serial": "a pin"}
        self.write_board("fake", flash=flash, **dict.fromkeys(("qemu", "qemu_version", "machine", "memory", "gic")))
        self.expect(0, "image", "fake", out="program out/fake/kernel.elf")
        self.expect(2, "run", "fake", error="QEMU does not know fake")

    def test_unknown_board(self) -> None:
        self.expect(2, "image", "nosuch", error="unknown board 'nosuch'")


class DecodeCommandTest(BatonTest):
    def test_looks_where_bazel_builds(self) -> None:
        self.write("output/aarch64/bin/x.elf", "no ELF file")
        dump = f"=== BATON PANIC ===\nbuild-id: {'ab' * 20}\npc 0x1\n"
        answer = self.run_it("decode", keys=dump)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("none of the 1 built ELF files has the dump's build-id", answer.stderr)
        self.assertEqual(self.log("bazel.log"), "info output_path\n")

    def test_no_dump(self) -> None:
        self.expect(1, "decode", error="baton decode: no panic dump in the input")


class ScriptTest(unittest.TestCase):
    """The bash front, in the real tree."""

    def run_it(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / "baton", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def test_without_a_subcommand_it_explains_itself(self) -> None:
        answer = self.run_it()
        self.assertEqual(answer.returncode, 2)
        for name in ("run", "test", "bench", "debug", "image", "decode"):
            self.assertRegex(answer.stdout, rf"(?m)^    {name} +\w")

    def test_help_of_each_subcommand(self) -> None:
        for name in ("run", "test", "bench", "debug", "image", "decode"):
            answer = self.run_it(name, "--help")
            self.assertEqual((answer.returncode, answer.stderr), (0, ""))

    def test_unknown_subcommand_and_board(self) -> None:
        answer = self.run_it("nosuch")
        self.assertEqual(answer.returncode, 2)
        self.assertIn("invalid choice: 'nosuch'", answer.stderr)
        answer = self.run_it("run", "nosuch")
        self.assertEqual(answer.returncode, 2)
        self.assertEqual(answer.stderr, "baton: unknown board 'nosuch'; boards: b-l475e-iot01a host lm3s6965evb mps2-an385 mps2-an386 mps2-an500 "
                         "netduinoplus2 olimex-stm32-h405 raspi3b raspi4b virt\n")


del BatonTest  # Its subclasses are the tests.


if __name__ == "__main__":
    unittest.main()
