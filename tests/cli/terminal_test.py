"""Tests of tools/qemu/terminal.py: what a person would see of a console's bytes."""

from __future__ import annotations

import random
import unittest

from tools.qemu.terminal import Terminal


def see(data: bytes, chunk: int = 0) -> list[str]:
    """The lines, the unfinished one last; fed whole, or in chunks."""
    lines: list[str] = []
    terminal = Terminal(lines.append)
    for start in range(0, len(data), chunk or max(1, len(data))):
        terminal.feed(data[start : start + (chunk or len(data))])
    return [*lines, terminal.line]


class TerminalTest(unittest.TestCase):
    def test_lines(self) -> None:
        self.assertEqual(see(b"one\r\ntwo\nthree"), ["one", "two", "three"])

    def test_carriage_return_overwrites(self) -> None:
        self.assertEqual(see(b"10%\r20%\r100%"), ["100%"])

    def test_backspace_rubs_out(self) -> None:
        self.assertEqual(see(b"cpuz\b \bs"), ["cpus"])

    def test_line_editor_redraw(self) -> None:
        self.assertEqual(see(b"baton> cps\r\x1b[Kbaton> cpus\x1b[1D\x1b[1C\r\n"), ["baton> cpus", ""])

    def test_insert_in_the_middle(self) -> None:
        self.assertEqual(see(b"ac\x1b[D\x1b[@b"), ["abc"])

    def test_delete_in_the_middle(self) -> None:
        self.assertEqual(see(b"abxc\x1b[2D\x1b[P"), ["abc"])

    def test_erase_before_and_whole(self) -> None:
        self.assertEqual(see(b"abc\x1b[2D\x1b[1K"), ["  c"])
        self.assertEqual(see(b"abc\x1b[2K"), [""])
        self.assertEqual(see(b"abc\x1b[2J\x1b[Hd"), ["d"])

    def test_erase_characters(self) -> None:
        self.assertEqual(see(b"abcd\x1b[4G\x1b[2D\x1b[2X"), ["a  d"])

    def test_saved_cursor(self) -> None:
        self.assertEqual(see(b"ab\x1b7cd\x1b8X"), ["abXd"])
        self.assertEqual(see(b"ab\x1b[scd\x1b[uX"), ["abXd"])

    def test_colours_leave_no_trace(self) -> None:
        self.assertEqual(see(b"\x1b[1;31mred\x1b[0m\x1b(B text"), ["red text"])

    def test_title_leaves_no_trace(self) -> None:
        self.assertEqual(see(b"\x1b]0;title\x07a\x1b]2;other\x1b\\b"), ["ab"])

    def test_cursor_column(self) -> None:
        self.assertEqual(see(b"abcdef\x1b[3GX"), ["abXdef"])
        self.assertEqual(see(b"a\x1b[3Cb"), ["a   b"])

    def test_tab(self) -> None:
        self.assertEqual(see(b"a\tb"), ["a       b"])

    def test_binary_shows_as_escapes(self) -> None:
        self.assertEqual(see(b"a\x00\x01\xff\x7fb"), ["a\\x00\\x01\\xff\\x7fb"])

    def test_utf8(self) -> None:
        self.assertEqual(see("grün".encode()), ["grün"])

    def test_endless_line_is_cut(self) -> None:
        lines = see(b"x" * 10000)
        self.assertEqual([len(line) for line in lines], [4096, 4096, 1808])

    def test_far_cursor_takes_no_memory(self) -> None:
        self.assertEqual(see(b"\x1b[999999C" * 100 + b"\x1b[999999@" * 100 + b"\x1b[999999G\r\x1b[K"), [""])

    def test_chunks_make_no_difference(self) -> None:
        pieces = [b"abc", b"\r\n", b"\x1b[2K", b"\x1b[3D", b"\x1b]0;t\x07", b"\x1b(B"]
        pieces += ["ü€".encode(), b"\t", b"\b", b"\xff"]
        chooser = random.Random(1)
        for _ in range(200):
            data = b"".join(chooser.choices(pieces, k=20))
            for chunk in (1, 2, 3, 7):
                self.assertEqual(see(data, chunk), see(data), data)

    def test_any_bytes_are_survived(self) -> None:
        chooser = random.Random(2)
        for _ in range(200):
            for line in see(chooser.randbytes(500), 13):
                self.assertTrue(line.isprintable(), line)

    def test_finish_commits_the_rest(self) -> None:
        lines: list[str] = []
        terminal = Terminal(lines.append)
        terminal.feed(b"half\x1b[")
        terminal.finish()
        terminal.finish()
        self.assertEqual(lines, ["half\\x1b\\x5b"])


if __name__ == "__main__":
    unittest.main()
