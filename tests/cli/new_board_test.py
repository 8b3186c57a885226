"""Tests of `./baton new-board`: what it writes, and what it refuses before anything is written.

That what it writes builds and boots is tested in boards/cortex_m/skeleton.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import unittest
from pathlib import Path
from unittest import mock

from tests.cli.support import ROOT, TreeTest
from tools.baton_cli import main as baton
from tools.baton_cli.new_board import likes
from tools.qemu.board import board_names, find_board

LIKE = ("--like", "mps2-an385")
ANY = ("--soc", "any", "--cpu", "m3", "--flash", "0x08000000:128K", "--ram", "0x20000000:8K")
FILES = ["BUILD.bazel", "board.cc", "memory.ld", "run.json"]
# A person's, on a chip that is known.
MOST_LINES = 80


class NewBoardTest(TreeTest):
    def setUp(self) -> None:
        super().setUp()
        for name in (
            *(f"boards/cortex_m/skeleton/{file}.in" for file in FILES),
            "boards/mps2-an385/BUILD.bazel",
            "boards/mps2-an385/board.cc",
            "boards/mps2-an385/run.json",
            "boards/mps2/memory.ld",
            "boards/soc/any/soc.h",
            "boards/soc/mps2/soc.h",
        ):
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, self.tree / name)
        self.before = self.listing()

    def listing(self) -> list[str]:
        return sorted(str(path.relative_to(self.tree)) for path in self.tree.rglob("*"))

    def new_board(self, *arguments: str) -> tuple[int, str, str]:
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            try:
                status = baton.main(["new-board", *arguments], self.tree)
            except SystemExit as ended:
                status = ended.code
        return status, out.getvalue(), error.getvalue()

    def made(self, *arguments: str) -> str:
        status, out, error = self.new_board(*arguments)
        self.assertEqual((status, error), (0, ""))
        return out

    def refused(self, message: str, *arguments: str, status: int = 2) -> None:
        with self.subTest(arguments=arguments):
            answer, out, error = self.new_board(*arguments)
            self.assertEqual(answer, status, error)
            self.assertIn(message, error)
            self.assertEqual(out, "")
            self.assertEqual(self.listing(), self.before, "something was written")

    def text(self, name: str) -> str:
        return (self.tree / "boards/mine" / name).read_text(encoding="utf-8")

    def test_like_another(self) -> None:
        out = self.made("mine", *LIKE)
        self.assertEqual(sorted(path.name for path in (self.tree / "boards/mine").iterdir()), FILES)
        self.assertEqual(len(self.listing()), len(self.before) + 1 + len(FILES), "nothing beside it")
        for file in FILES:
            self.assertIn(f"  {file} ", out)
            self.assertNotIn("@", self.text(file))
        for step in ("bazel build //boards/mine:kernel", "./baton run mine", "./baton image mine", "docs/porting.md"):
            self.assertIn(step, out)
        self.assertIn('#include "boards/soc/mps2/soc.h"', self.text("board.cc"))
        self.assertIn("flash (rx) : ORIGIN = 0x00000000, LENGTH = 4M", self.text("memory.ld"))
        self.assertIn("mine", board_names(self.tree))
        self.assertEqual(find_board(self.tree, "mine").machine, "mps2-an385")

    def test_what_is_given_goes_before_what_the_other_has(self) -> None:
        given = ("--cpu", "m7", "--flash", "0x100000:512k", "--ram", "0x20000000:64K", "--clock", "168000000")
        self.made("mine", *LIKE, *given, "--qemu", "none", "--title", "My board (rev. B)")
        self.assertIn('core = "m7"', self.text("BUILD.bazel"))
        self.assertIn("qemu = False", self.text("BUILD.bazel"))
        self.assertIn("ORIGIN = 0x00100000, LENGTH = 512K", self.text("memory.ld"))
        self.assertIn("ORIGIN = 0x20000000, LENGTH = 64K", self.text("memory.ld"))
        self.assertIn("kClockHz = 168'000'000;", self.text("board.cc"))
        board = find_board(self.tree, "mine")
        self.assertEqual((board.title, board.in_qemu), ("My board (rev. B)", False))

    def test_a_chip_that_nobody_knows(self) -> None:
        out = self.made("mine", *ANY, "--clock", "24000000", "--lines", "61")
        self.assertIn("kLines = 61;", self.text("board.cc"))
        self.assertIn("any::Soc {", self.text("board.cc"))
        self.assertIn("STACK_SIZE = 1K;", self.text("memory.ld"), "of 8K")
        self.assertIn("the console in RAM", out)
        self.assertNotIn("./baton run mine", out)

    def test_what_it_is_like_says_how_it_is_run_and_flashed(self) -> None:
        self.made("mine", *LIKE)
        like, mine = (json.loads((self.tree / f"boards/{name}/run.json").read_text()) for name in ("mps2-an385", "mine"))
        for key in ("qemu", "qemu_version", "machine", "memory", "arguments", "flash"):
            self.assertEqual(like[key], mine[key])

    def test_a_chip_that_differs_from_board_to_board(self) -> None:
        self.write("boards/soc/mps2/soc.h", "template <std::uint32_t kCrystalHz>\nstruct Soc {\n};\n")
        source = self.tree / "boards/mps2-an385/board.cc"
        source.write_text(source.read_text().replace("mps2::Soc {", "mps2::Soc<8'000'000> {"))
        self.before = self.listing()
        self.refused("say --like BOARD", "mine", "--soc", "mps2", *ANY[2:])
        self.made("mine", *LIKE)
        self.assertIn("struct Board : baton::board::mps2::Soc<8'000'000> {", self.text("board.cc"))

    def test_like_a_board_whose_chip_nobody_knows(self) -> None:
        self.made("mine", *ANY, "--clock", "24000000", "--lines", "61", "--console", "semihosting")
        self.made("yours", "--like", "mine")
        self.assertEqual(
            self.text("board.cc").replace("mine", "yours"), (self.tree / "boards/yours/board.cc").read_text(encoding="utf-8")
        )

    def test_semihosting(self) -> None:
        self.made("mine", *ANY, "--clock", "24000000", "--lines", "61", "--console", "semihosting")
        self.assertIn("any::SemihostingSoc {", self.text("board.cc"))

    def test_a_skeleton_can_be_liked(self) -> None:
        self.made("mine", *LIKE, "--ram", "0x20000000:16K")
        self.made("yours", "--like", "mine")
        self.assertEqual(likes(self.tree), ["mine", "mps2-an385", "yours"])
        self.assertIn("LENGTH = 16K", (self.tree / "boards/yours/memory.ld").read_text())

    def test_short_and_as_the_tree_wants_it(self) -> None:
        for number, arguments in enumerate((LIKE, (*ANY, "--clock", "8000000", "--lines", "240", "--title", "T" * 40))):
            name = f"mine-{number}-{'x' * 33}"
            self.made(name, *arguments)
            folder = self.tree / "boards" / name
            lines = sum(len((folder / file).read_text().splitlines()) for file in FILES)
            self.assertLessEqual(lines, MOST_LINES)
            shutil.copyfile(ROOT / ".clang-format", self.tree / ".clang-format")
            done = subprocess.run(
                ["clang-format-19", "--dry-run", "--Werror", folder / "board.cc"], capture_output=True, text=True, check=False
            )
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_names(self) -> None:
        for name in ("Mine", "my_board", "-mine", "mine-", "my--board", "1st", "", "../mine", "my board", "x" * 41):
            self.refused("a board's name is made of", "--", name) if name.startswith("-") else self.refused(
                "a board's name is made of", name, *LIKE
            )
        for name in ("mps2-an385", "soc", "mps2"):
            self.refused("is there already", name, *LIKE)
        self.refused("is the name of a target", "kernel", *LIKE)
        self.refused("a title is made of", "mine", *LIKE, "--title", 'a "quoted" one')

    def test_what_it_is_like(self) -> None:
        self.refused("no board can be like 'nosuch': a skeleton is made for one Cortex-M; known: mps2-an385", "x", "--like", "nosuch")
        self.refused("no board can be like 'fake'", "x", "--like", "fake")
        self.refused("say --like BOARD, or --soc CHIP; chips: any mps2", "x")
        self.refused("unknown chip 'nosuch'; chips: any mps2", "x", "--soc", "nosuch")
        self.refused("has the chip 'mps2', not 'any'", "x", *LIKE, "--soc", "any")
        self.refused("say --cpu", "x", "--soc", "mps2")
        self.refused("invalid choice", "x", *LIKE, "--cpu", "m0")
        self.refused("say --flash", "x", "--soc", "mps2", "--cpu", "m3")
        self.refused("say --ram", "x", "--soc", "mps2", "--cpu", "m3", "--flash", "0:4M")
        self.refused("say --clock HZ and --lines N", "x", *ANY)
        self.refused("leave --console out", "x", *LIKE, "--console", "ram-log")

    def test_memory(self) -> None:
        for option, text, message in (
            ("--flash", "128K", "takes ADDRESS:SIZE"),
            ("--flash", "0x08000000:lots", "takes ADDRESS:SIZE"),
            ("--flash", "0xffff0000:128K", "ends beyond the 4 GiB"),
            ("--flash", "0x08000000:96K", "no power of two"),
            ("--flash", "0x08000000:0", "no power of two"),
            ("--flash", "0x08001000:128K", "does not begin at a multiple"),
            ("--flash", "0x40000000:128K", "not where a Cortex-M has such memory"),
            ("--flash", "0x08000000:8K", "too small"),
            ("--ram", "0x20000000:2K", "too small"),
            ("--ram", "0xe0000000:64K", "not where a Cortex-M has such memory"),
            ("--ram", "0x00000000:64K", "lie over each other, from 0x00000000"),
        ):
            self.refused(message, "x", *LIKE, option, text)

    def test_numbers(self) -> None:
        self.refused("from 1 to 496", "x", *LIKE, "--lines", "497")
        self.refused("from 1 to 496", "x", *LIKE, "--lines", "0")
        self.refused("a frequency in Hz", "x", *LIKE, "--clock", "0")
        self.refused("a frequency in Hz", "x", *LIKE, "--clock", str(2**32))
        self.refused("takes a name from", "x", *LIKE, "--qemu", "a b")

    def test_all_or_nothing(self) -> None:
        write_text, calls = Path.write_text, []

        def full_disk(path: Path, *arguments: object, **named: object) -> int:
            calls.append(path)
            if len(calls) == 3:
                raise OSError(28, "No space left on device")
            return write_text(path, *arguments, **named)

        with mock.patch.object(Path, "write_text", full_disk):
            self.refused("cannot be written: No space left on device", "mine", *LIKE, status=1)
        self.assertEqual(len(calls), 3)


if __name__ == "__main__":
    unittest.main()
