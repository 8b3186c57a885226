#!/usr/bin/env python3
"""Tests of the format check, on a tree of its own with the clang-format that the build uses."""

import contextlib
import io
import pathlib
import tempfile
import unittest

from tools.lint import formats

GOOD = "int f(int a) { return a; }\n"
BAD = "int  g( int a ){return a;}\n"


class Formats(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / ".clang-format").write_text("BasedOnStyle: Google\nColumnLimit: 100\n")
        (self.root / "a").mkdir()
        (self.root / "a" / "good.cc").write_text(GOOD)

    def run_main(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            status = formats.main([*arguments, str(self.root)])
        return status, said.getvalue()

    def test_a_good_tree_passes(self):
        self.assertEqual(self.run_main(), (0, "check_format: 1 sources, 0 not formatted\n"))

    def test_a_bad_file_is_named_with_its_line(self):
        (self.root / "a" / "bad.h").write_text(GOOD + BAD)
        status, said = self.run_main()
        self.assertEqual(status, 1)
        self.assertIn("a/bad.h:2: ", said)
        self.assertNotIn("good.cc", said)

    def test_fix_rewrites_it(self):
        (self.root / "a" / "bad.h").write_text(BAD)
        self.assertEqual(self.run_main("--fix")[0], 0)
        self.assertEqual((self.root / "a" / "bad.h").read_text(), "int g(int a) { return a; }\n")
        self.assertEqual(self.run_main()[0], 0)

    def test_a_missing_end(self):
        self.assertEqual(formats.first_difference("a\nb", "a\nb\n"), (2, "", ""))
        self.assertIsNone(formats.first_difference("a\n", "a\n"))


if __name__ == "__main__":
    unittest.main()
