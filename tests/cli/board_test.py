"""Tests of tools/qemu/board.py and binary.py: run.json, options, QEMU's command line and version."""

from __future__ import annotations

import unittest

from tests.cli.support import ROOT, TreeTest
from tools.qemu.binary import Serial, command_line, find_qemu, start_line
from tools.qemu.board import Options, board_names, find_board, load_board
from tools.qemu.errors import SetupError, UsageError


class BoardFileTest(TreeTest):
    def test_boards_of_this_tree(self) -> None:
        self.assertEqual(board_names(ROOT), ["b-l475e-iot01a", "host", "lm3s6965evb", "mps2-an385", "mps2-an386", "mps2-an500", "netduinoplus2", "olimex-stm32-h405",
             "raspi3b", "raspi4b", "virt"])
        for name in board_names(ROOT):
            board = find_board(ROOT, name)
            self.assertEqual(board.name, name)
            self.assertTrue(board.smp_least <= board.smp_default <= board.smp_most)

    def test_unknown_board_lists_the_known(self) -> None:
        with self.assertRaises(UsageError) as caught:
            find_board(ROOT, "nosuch")
        self.assertEqual(str(caught.exception), "unknown board 'nosuch'; boards: b-l475e-iot01a host lm3s6965evb mps2-an385 mps2-an386 mps2-an500 "
                         "netduinoplus2 olimex-stm32-h405 raspi3b raspi4b virt")

    def test_a_path_is_no_board(self) -> None:
        for name in ("../boards/virt", "", ".", "virt/"):
            with self.assertRaises(UsageError):
                find_board(ROOT, name)

    def test_faulty_files_are_named(self) -> None:
        for changes, message in (
            ({"title": None}, "key 'title' is missing"),
            ({"smp": {"default": 4, "least": 1}}, "key 'smp.most' is missing"),
            ({"smp": {"default": "4", "least": 1, "most": 8}}, "key 'smp.default' must be int"),
            ({"smp": {"default": True, "least": 1, "most": 8}}, "key 'smp.default' must be int"),
            ({"smp": 4}, "key 'smp.default' is missing"),
            ({"untried": [1]}, "key 'untried' must be a list of strings"),
            ({"form": "bin"}, "key 'form' must be img, elf or program"),
            ({"form": "program"}, "key 'qemu' says nothing of a program"),
            ({"colour": "green"}, "key 'colour' is unknown"),
            ({"flash": {"form": "elf", "serial": "s"}}, "key 'flash.steps' is missing"),
            ({"flash": {"form": "hex", "steps": [], "serial": "s"}}, "key 'flash.form' must be img or elf"),
            ({"flash": {"form": "elf", "steps": [], "serial": "s"},
              "sd_card": {"kernel": "k", "config": [], "firmware": [], "serial": "s"}}, "'sd_card' and 'flash' exclude"),
        ):
            with self.subTest(message), self.assertRaises(SetupError) as caught:
                load_board(self.write_board("faulty", **changes))
            self.assertIn("boards/faulty/run.json", str(caught.exception))
            self.assertIn(message, str(caught.exception))

    def test_not_json(self) -> None:
        for text in ("{", "[]", "", "\x00"):
            with self.assertRaises(SetupError):
                load_board(self.write("boards/faulty/run.json", text))
        with self.assertRaises(SetupError):
            load_board(self.tree / "boards/none/run.json")

    def test_image_path(self) -> None:
        board = load_board(self.board_json)
        self.assertEqual(board.image_path(self.tree), self.tree / "boards/fake/kernel.img")
        self.assertEqual(board.image_path(self.tree, "elf"), self.tree / "boards/fake/kernel.elf")


class UnknownToQemuTest(TreeTest):
    """A board that QEMU does not know: it can be flashed, not run."""

    FLASH = {"form": "elf", "steps": ["flash {file}"], "serial": "a pin"}
    WITHOUT = dict.fromkeys(("qemu", "qemu_version", "machine", "memory", "gic")) | {"flash": FLASH}

    def test_it_cannot_be_run(self) -> None:
        board = load_board(self.write_board("real", **self.WITHOUT))
        self.assertFalse(board.in_qemu)
        with self.assertRaises(UsageError) as caught:
            command_line(board, Options(), self.image)
        self.assertEqual(str(caught.exception), "QEMU does not know real; ./baton image real says what to flash")

    def test_it_must_be_flashed(self) -> None:
        with self.assertRaises(SetupError) as caught:
            load_board(self.write_board("real", **self.WITHOUT | {"flash": None}))
        self.assertIn("key 'flash' must say how to flash it", str(caught.exception))

    def test_half_a_machine_is_none(self) -> None:
        with self.assertRaises(SetupError) as caught:
            load_board(self.write_board("real", **self.WITHOUT | {"qemu": "qemu-system-arm"}))
        self.assertIn("key 'qemu_version' is missing", str(caught.exception))


class ProgramTest(TreeTest):
    """A board that is a Linux program."""

    def test_image_path(self) -> None:
        self.assertEqual(find_board(ROOT, "host").image_path(self.tree), self.tree / "boards/host/kernel")

    def test_command_line(self) -> None:
        board = find_board(ROOT, "host")
        self.assertEqual(command_line(board, Options(), self.image), [str(self.image), "--smp=4"])
        self.assertEqual(
            start_line(board, Options(smp=2, append="jitter=1"), self.image, Serial.TERMINAL),
            [str(self.image), "--smp=2", "--append=jitter=1", "--escape"],
        )

    def test_options_of_qemu_are_refused(self) -> None:
        for options in (Options(machine_options=("secure=on",)), Options(no_reboot=True), Options(cpu="cortex-a53")):
            with self.assertRaises(UsageError) as caught:
                command_line(find_board(ROOT, "host"), options, self.image)
            self.assertIn("host runs without QEMU", str(caught.exception))
        with self.assertRaises(UsageError):
            command_line(find_board(ROOT, "host"), Options(smp=9), self.image)


class OptionsTest(TreeTest):
    def refused(self, board: str, options: Options) -> str:
        with self.assertRaises(UsageError) as caught:
            command_line(find_board(ROOT, board), options, self.image)
        return str(caught.exception)

    def test_cores(self) -> None:
        self.assertEqual(self.refused("virt", Options(smp=9)), "virt takes --smp 1 to 8, not 9")
        self.assertEqual(self.refused("virt", Options(smp=0)), "virt takes --smp 1 to 8, not 0")
        self.assertIn("always has 4 cores", self.refused("raspi4b", Options(smp=2)))
        for count in (1, 8):
            self.assertIn(str(count), command_line(find_board(ROOT, "virt"), Options(smp=count), self.image))

    def test_interrupt_controller(self) -> None:
        self.assertEqual(self.refused("virt", Options(gic=4)), "virt takes --gic 2 or 3, not 4")
        self.assertIn("one interrupt controller only", self.refused("raspi3b", Options(gic=2)))

    def test_memory(self) -> None:
        self.assertIn("always has 2G", self.refused("raspi4b", Options(memory="1G")))
        self.assertIn("512M", self.refused("virt", Options(memory="much")))


class CommandLineTest(TreeTest):
    def test_raspi4b(self) -> None:
        line = command_line(find_board(ROOT, "raspi4b"), Options(append="a=1 b"), self.image)
        self.assertEqual(
            line,
            ["qemu-system-aarch64", "-M", "raspi4b", "-smp", "4", "-display", "none"]
            + ["-semihosting-config", "enable=on,target=native", "-serial", "stdio", "-monitor", "none"]
            + ["-kernel", str(self.image), "-append", "a=1 b"],
        )

    def test_virt(self) -> None:
        options = Options(smp=8, gic=3, memory="256M", machine_options=("virtualization=on",), qemu_args=("-x", "y"))
        line = command_line(find_board(ROOT, "virt"), options, self.image, Serial.TERMINAL)
        self.assertEqual(
            line,
            ["qemu-system-aarch64", "-M", "virt,gic-version=3,virtualization=on", "-cpu", "cortex-a72"]
            + ["-smp", "8", "-m", "256M", "-nic", "none", "-display", "none"]
            + ["-semihosting-config", "enable=on,target=native", "-serial", "mon:stdio"]
            + ["-kernel", str(self.image), "-x", "y"],
        )

    def test_other_ways_in(self) -> None:
        board = find_board(ROOT, "virt")
        line = command_line(board, Options(cpu="max", kernel=False, second_serial=True), self.image)
        self.assertEqual(line[line.index("-cpu") + 1], "max")
        self.assertNotIn("-kernel", line)
        first = line.index("-serial")
        self.assertEqual(line[first : first + 4], ["-serial", "null", "-serial", "stdio"])

    def test_reset_ends_qemu_only_when_asked(self) -> None:
        board = find_board(ROOT, "virt")
        self.assertNotIn("-no-reboot", command_line(board, Options(), self.image))
        self.assertIn("-no-reboot", command_line(board, Options(no_reboot=True), self.image))


class FindQemuTest(TreeTest):
    def find(self, version_output: str, **changes: str) -> str:
        qemu = self.write("bin/qemu", f"#!/bin/sh\necho '{version_output}'\n", 0o755)
        return find_qemu(load_board(self.write_board("other", qemu=str(qemu), **changes)))

    def test_good(self) -> None:
        self.assertEqual(self.find("QEMU emulator version 10.0.2 (Debian 1:10.0.2)"), str(self.tree / "bin/qemu"))
        self.find("QEMU emulator version 9.0")

    def test_too_old(self) -> None:
        with self.assertRaisesRegex(SetupError, r"version 7\.2\.9, but other needs 9\.0 or newer; run tools/setup"):
            self.find("QEMU emulator version 7.2.9 (Debian 1:7.2)")

    def test_versions_are_numbers(self) -> None:
        self.find("QEMU emulator version 10.0.0", qemu_version="9.1")

    def test_missing(self) -> None:
        with self.assertRaisesRegex(SetupError, "qemu-system-nosuch is not installed; run tools/setup"):
            find_qemu(load_board(self.write_board("other", qemu="qemu-system-nosuch")))

    def test_says_no_version(self) -> None:
        with self.assertRaisesRegex(SetupError, "does not name a version"):
            self.find("hello")


if __name__ == "__main__":
    unittest.main()
