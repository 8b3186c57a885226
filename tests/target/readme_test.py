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
                status = run_session(board, image, elf, arguments, Path("."))
                self.assertEqual(status, PANIC_STATUS if "fault" in arguments.exec else 0)


if __name__ == "__main__":
    main()
