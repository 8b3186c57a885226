#!/usr/bin/env python3
"""Tests of the set-up as a whole: what it decides, and tools/setup itself on machines made of folders and scripts."""

import contextlib
import io
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

from tools.setup_impl import main, tools_table

QEMU = next(tool for tool in tools_table.TOOLS if tool.name == "qemu-system-aarch64")
CLANG = next(tool for tool in tools_table.TOOLS if tool.name == "clang")


def lacking(tool):
    return tools_table.Finding(tool, (), "not found")


class Recorder:
    """Stands for apt.Apt and keeps what it was asked to do."""

    def __init__(self):
        self.did = []

    def write_root_file(self, path, text):
        self.did.append(("write", path, text))

    def update(self):
        self.did.append(("update",))

    def install(self, packages, suite=""):
        self.did.append(("install", suite, sorted(packages)))


class Deciding(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.etc = pathlib.Path(folder.name)
        (self.etc / "sources.list").write_text("deb http://m.example/debian bookworm main\n")

    def test_distribution(self):
        text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'
        self.assertEqual(main.distribution(text), ("debian", "12", "Debian GNU/Linux 12 (bookworm)"))
        self.assertEqual(main.distribution("ID=arch\n"), ("arch", "", "an unknown system"))

    def test_root_needs_no_sudo(self):
        self.assertEqual(main.root_prefix({"PATH": ""}, 0, False), ())

    def test_without_sudo_there_is_no_way(self):
        self.assertIsNone(main.root_prefix({"PATH": str(self.etc)}, 1000, True))

    def test_packages_of_what_lacks_by_suite(self):
        good = tools_table.Finding(CLANG, ("/usr/bin/clang-19",))
        self.assertEqual(main.packages_of([good, lacking(QEMU)]), {tools_table.QEMU_SUITE: {"qemu-system-arm"}})

    def test_backports_are_added_only_for_what_needs_them(self):
        runner = Recorder()
        main.install_packages([lacking(CLANG)], runner, self.etc)
        self.assertEqual(runner.did, [("update",), ("install", "", ["clang-19"])])

    def test_backports_are_added_from_the_machines_own_archive(self):
        runner = Recorder()
        main.install_packages([lacking(CLANG), lacking(QEMU)], runner, self.etc)
        kinds = [did[0] for did in runner.did]
        self.assertEqual(kinds, ["write", "update", "install", "install"])
        self.assertEqual(runner.did[0][1], main.BACKPORTS_FILE)
        self.assertIn("URIs: http://m.example/debian\nSuites: bookworm-backports\n", runner.did[0][2])
        self.assertIn(("install", "bookworm-backports", ["qemu-system-arm"]), runner.did)

    def test_backports_that_are_there_are_used(self):
        with open(self.etc / "sources.list", "a", encoding="utf-8") as file:
            file.write("deb http://m.example/debian bookworm-backports main\n")
        runner = Recorder()
        main.install_packages([lacking(QEMU)], runner, self.etc)
        self.assertEqual([did[0] for did in runner.did], ["update", "install"])

    def test_elsewhere_the_whole_table_is_told(self):
        machine = tools_table.Machine(root="/nonexistent", path="")
        text = main.lacking_elsewhere(tools_table.look(machine, ["base"]), machine, "Plan 9")
        self.assertIn("this is Plan 9", text)
        for tool in tools_table.TOOLS:
            if tool.group == "base":
                self.assertIn(tool.name, text)
        self.assertIn("LACKING", text)


class Starting(unittest.TestCase):
    """tools/setup itself, in a tree of its own whose main.py only says that it was started."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)
        (self.tree / "cache").mkdir()
        (self.tree / "tools" / "setup_impl").mkdir(parents=True)
        (self.tree / "bazel" / "third_party").mkdir(parents=True)
        shutil.copy("tools/setup", self.tree / "tools" / "setup")
        (self.tree / "bazel" / "third_party" / "sources.bzl").write_text("SOURCES = {}\n")
        (self.tree / "tools" / "setup_impl" / "main.py").write_text("import sys\nprint('started', *sys.argv[1:])\n")
        self.kept = self.tree / "a tool"
        self.kept.touch()

    def run_setup(self, *arguments):
        """(exit status, what it printed)."""
        done = subprocess.run(
            [self.tree / "tools" / "setup", *arguments],
            env={"PATH": os.environ["PATH"], "BATON_CACHE": str(self.tree / "cache")},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    def stamp(self, name="setup-base.stamp", files=()):
        """A stamp with the key that tools/setup itself hands on."""
        key = self.run_setup("--check")[1].split("--stamp-key ")[1].split()[0]
        main.write_stamp(self.tree / "cache" / name, key, files)

    def test_without_a_stamp_it_looks(self):
        self.assertRegex(self.run_setup("--quiet")[1], r"^started --stamp-key [0-9a-f]{64} --quiet$")

    def test_a_good_stamp_is_the_whole_answer(self):
        self.stamp(files=[self.kept])
        self.assertEqual(self.run_setup("--quiet"), (0, ""))
        self.assertEqual(self.run_setup(), (0, "setup: Everything is there.\n"))

    def test_a_file_that_has_gone_is_noticed(self):
        self.stamp(files=[self.kept, self.tree / "gone"])
        self.assertIn("started", self.run_setup("--quiet")[1])

    def test_another_version_of_the_set_up_is_noticed(self):
        self.stamp(files=[self.kept])
        for changed in ("bazel/third_party/sources.bzl", "tools/setup_impl/main.py"):
            with open(self.tree / changed, "a", encoding="utf-8") as file:
                file.write("# changed\n")
            self.assertIn("started", self.run_setup("--quiet")[1], changed)
            self.stamp(files=[self.kept])
            self.assertEqual(self.run_setup("--quiet"), (0, ""))

    def test_each_choice_of_groups_has_its_stamp(self):
        self.stamp(files=[self.kept])
        self.assertIn("started", self.run_setup("--with", "plots")[1])
        self.stamp("setup-base-plots.stamp", files=[self.kept])
        self.assertEqual(self.run_setup("--with", "plots", "--quiet"), (0, ""))
        self.assertEqual(self.run_setup("--with=plots", "--quiet"), (0, ""))

    def test_other_options_are_handed_on(self):
        self.stamp(files=[self.kept])
        for option in ("--check", "--packages-only", "--help"):
            self.assertRegex(self.run_setup(option)[1], rf"^started .* {option}$")


class Options(unittest.TestCase):
    def test_a_wrong_option_is_refused(self):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit) as ended:
            main.parse(["--nosuch"])
        self.assertEqual(ended.exception.code, 2)
        self.assertIn("--nosuch", said.getvalue())

    def test_no_cache_folder_is_said(self):
        with contextlib.redirect_stderr(io.StringIO()) as said, mock.patch.dict(os.environ, clear=True):
            self.assertEqual(main.main(["--quiet"]), 1)
        self.assertIn("BATON_CACHE", said.getvalue())

    def test_a_cache_that_cannot_be_written_is_said(self):
        with tempfile.NamedTemporaryFile() as file, contextlib.redirect_stderr(io.StringIO()) as said:
            with mock.patch.dict(os.environ, {"BATON_CACHE": file.name}):
                self.assertEqual(main.main(["--quiet"]), 1)
        self.assertIn(f"cannot write to {file.name}", said.getvalue())


if __name__ == "__main__":
    unittest.main()
