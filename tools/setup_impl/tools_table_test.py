#!/usr/bin/env python3
"""Tests of how a machine is looked over, on machines made of temporary folders and little scripts."""

import os
import pathlib
import tempfile
import unittest

from tools.setup_impl import tools_table

QEMU = next(tool for tool in tools_table.TOOLS if tool.name == "qemu-system-aarch64")
RULES = next(tool for tool in tools_table.TOOLS if tool.name == "Bazel rule sets")


class FakeMachine(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)
        self.bin = self.root / "bin"
        self.bin.mkdir()
        self.machine = tools_table.Machine(root=str(self.root), path=str(self.bin))

    def program(self, name, prints):
        file = self.bin / name
        file.write_text("#!/bin/sh\ncat << 'END'\n" + prints + "\nEND\n")
        file.chmod(0o755)

    def file(self, path):
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


class Looking(FakeMachine):
    def test_an_empty_machine_lacks_everything(self):
        findings = tools_table.look(self.machine, ["base"])
        self.assertGreater(len(findings), 15)
        self.assertEqual([finding.tool.name for finding in findings if finding.good], [])

    def test_groups_are_asked_for(self):
        names = [finding.tool.name for finding in tools_table.look(self.machine, ["base"])]
        self.assertNotIn("matplotlib", names)
        names = [finding.tool.name for finding in tools_table.look(self.machine, ["base", "plots"])]
        self.assertIn("matplotlib", names)

    def test_qemu_without_the_machine_does_not_do(self):
        self.program("qemu-system-aarch64", "raspi3b  Raspberry Pi 3B\nvirt  ARM machine")
        finding = tools_table.look_for(QEMU, self.machine)
        self.assertFalse(finding.good)
        self.assertIn("raspi4b", finding.lacking)

    def test_qemu_with_the_machine_does(self):
        self.program("qemu-system-aarch64", "raspi3b  Raspberry Pi 3B\nraspi4b  Raspberry Pi 4B")
        finding = tools_table.look_for(QEMU, self.machine)
        self.assertTrue(finding.good, finding.lacking)
        self.assertEqual(finding.files, (str(self.bin / "qemu-system-aarch64"),))

    def test_one_missing_file_of_several_is_named(self):
        for probe in RULES.probe[:-1]:
            self.file(probe)
        finding = tools_table.look_for(RULES, self.machine)
        self.assertEqual(finding.lacking, f"{RULES.probe[-1]} not found")
        self.file(RULES.probe[-1])
        self.assertTrue(tools_table.look_for(RULES, self.machine).good)

    def test_patterns_and_sbin(self):
        self.file("/usr/include/x86_64-linux-gnu/sys/types.h")
        self.assertIsNotNone(self.machine.find("/usr/include/*/sys/types.h"))
        self.file("/usr/sbin/mkfs.vfat")
        os.chmod(self.root / "usr/sbin/mkfs.vfat", 0o755)
        self.assertIsNotNone(self.machine.find("mkfs.vfat"))


class Telling(FakeMachine):
    def test_table_names_need_found_and_lacking(self):
        self.program("git", "git version 2.39.5")
        lines = tools_table.table(tools_table.look(self.machine, ["base"]), self.machine)
        git = next(line for line in lines if line.startswith("  git "))
        self.assertRegex(git, r"^  git +any +2\.39\.5$")
        clang = next(line for line in lines if line.startswith("  clang "))
        self.assertRegex(clang, r"^  clang +19 +LACKING: /usr/bin/clang-19 not found$")

    def test_a_program_that_tells_no_version(self):
        self.program("bazel", "bazel no_version")
        bazel = next(tool for tool in tools_table.TOOLS if tool.name == "bazel")
        self.assertEqual(tools_table.version_of(bazel, self.machine), "no version told")


class Table(unittest.TestCase):
    def test_every_tool_can_be_looked_for_and_installed(self):
        for tool in tools_table.TOOLS:
            self.assertTrue(tool.packages, tool.name)
            self.assertTrue(tool.probe, tool.name)
            self.assertEqual(bool(tool.check_command), bool(tool.accepts), tool.name)


if __name__ == "__main__":
    unittest.main()
