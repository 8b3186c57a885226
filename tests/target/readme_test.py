"""Every `./baton` line of the README and of docs/ is understood, and each that boots is booted."""

import contextlib
import io
import re
import shlex
import unittest
from pathlib import Path

from tools.baton_cli.main import parser
from tools.qemu.board import find_board
from tools.qemu.runner import options_of, run_session
from tools.qemu.testing import TargetTest, main

TEXTS = (Path("README.md"), *sorted(Path("docs").glob("*.md")))
PANIC_STATUS = 3


def commands(text: str) -> list[list[str]]:
    """What follows ./baton in the lines of code blocks; forms with placeholders or choices left out."""
    found = []
    for line in re.findall(r"(?m)^(?:    |\$ )\./baton +(.*)$", text):
        words = shlex.split(line, comments=True)
        if words and not any(re.search(r"[|<\[\]>]|^[A-Z]+$|\.\.\.", word) for word in words):
            found.append(words)
    return found


class ReadmeTest(TargetTest):
    def test_the_search_finds_commands(self) -> None:
        text = "text ./baton no\n    ./baton run virt --exec 'a; b'   # words\n$ ./baton test\n    ./baton run BOARD\n"
        self.assertEqual(commands(text), [["run", "virt", "--exec", "a; b"], ["test"]])

    def test_readme_names_both_commands(self) -> None:
        first = [words[0] for words in commands(Path("README.md").read_text())]
        self.assertIn("run", first)
        self.assertIn("test", first)

    def test_every_line_is_understood(self) -> None:
        seen = 0
        for path in TEXTS:
            for words in commands(path.read_text()):
                with self.subTest(file=path.name, command=words), contextlib.redirect_stderr(io.StringIO()) as said:
                    try:
                        parser().parse_args(words)
                    except SystemExit as ended:
                        self.assertEqual(ended.code, 0, said.getvalue())
                seen += 1
        self.assertGreater(seen, 5)

    def test_every_boot_of_the_readme(self) -> None:
        for words in commands(Path("README.md").read_text()):
            if words[0] != "run":
                continue
            with self.subTest(command=words):
                arguments = parser().parse_args(words)
                board = find_board(Path("."), arguments.board)
                options = options_of(arguments)
                if arguments.exec is None:
                    with self.boot(board.name, **vars(options)) as machine:
                        machine.poweroff()
                    continue
                image, elf = board.image_path(Path(".")), board.image_path(Path("."), "elf")
                with contextlib.redirect_stdout(io.StringIO()) as said:
                    status = run_session(board, image, elf, arguments, Path("."))
                print(said.getvalue(), flush=True)
                self.assertEqual(status, PANIC_STATUS if "fault" in arguments.exec else 0)
                self.check(arguments.exec, said.getvalue().replace("\r", ""))

    def test_what_is_promised_is_looked_at(self) -> None:
        switches = "switches=1 preemptions=1 migrations=1 messages=1 kicks=1 IPIs=1\n"
        self.check("stress 1", switches + "stress: errors=0\n")
        for text in (switches + "stress: errors=1\n", "stress: errors=0\n"):
            with self.assertRaises(AssertionError):
                self.check("stress 1", text)
        head = "spin locks, in the order in which they may be taken:\n"
        lock = " 10 priority graph  one                          of six words it is the reason\n"
        self.check("locks", head + 4 * lock)
        for text in (head, head + 5 * lock, head + lock[:49] + "none\n", head + lock[:20] + " " * 28 + lock[48:]):
            with self.assertRaises(AssertionError):
                self.check("locks", text)

    def check(self, commands: str, text: str) -> None:
        """What is promised of some commands."""
        for word in re.findall(r"\b(?:stress \d+|top|locks)\b", commands):
            if word == "locks":
                # Rank, name, which locks, and why.
                locks = re.findall(r"(?m)^ *\d+ \w.*$", text[text.index("spin locks, in the order in which") :].partition("baton> ")[0])
                self.assertIn(len(locks), range(1, 5), locks)
                for lock in locks:
                    rank, name, which, reason = lock[:3], lock[4:19], lock[20:48], lock[49:]
                    self.assertTrue(int(rank) > 0 and name.strip() and which.strip() and len(reason.split()) > 5, lock)
            elif word == "top":
                self.assertRegex(text, r"(?m)^idle +-1 ")
            else:
                self.assertRegex(text, r"(?m)^stress: errors=0$")
                self.assertRegex(text, r"(?m)^switches=\d+ .* migrations=\d+ messages=\d+ .* IPIs=\d+$")


if __name__ == "__main__":
    main()
