#!/usr/bin/env python3
"""Tests of what every file keeps to."""

import unittest

from tools.lint import texts

HEADER = "// A header.\n#ifndef BATON_SYNC_OWNED_H_\n#define BATON_SYNC_OWNED_H_\n\nint a;\n\n#endif  // BATON_SYNC_OWNED_H_\n"


def said(path, text):
    return [message for _, message in texts.check_text(path, text)]


class Texts(unittest.TestCase):
    def test_clean(self):
        self.assertEqual(said("a.py", "a = 1\n"), [])
        self.assertEqual(said("a.py", ""), [])

    def test_blanks(self):
        self.assertEqual(texts.check_text("a.py", "a\nb \n"), [(2, "blanks at the end of the line")])
        self.assertEqual(said("a.py", "a\r\n"), ["a carriage return at the end of the line"])
        self.assertEqual(said("a.py", "\ta\n"), ["a tab"])
        self.assertEqual(said("a.patch", " \n\ta\n"), [])

    def test_end(self):
        self.assertEqual(said("a.py", "a"), ["no newline at the end"])
        self.assertEqual(said("a.py", "a\n\n"), ["more than one newline at the end"])

    def test_unfinished_business(self):
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"):
            self.assertEqual(len(said("a.py", f"# {word}: later\n")), 1, word)
        self.assertEqual(said("a.py", "# todos_done, mktemp -t aXXXXXX\n"), [])

    def test_guards(self):
        self.assertEqual(said("sync/owned.h", HEADER), [])
        self.assertEqual(len(said("kernel/owned.h", HEADER)), 1)
        self.assertEqual(len(said("sync/owned.h", "#pragma once\n")), 1)
        self.assertEqual(len(said("sync/owned.h", HEADER.replace("#define BATON_SYNC_OWNED_H_", "#define OTHER"))), 1)
        self.assertEqual(len(said("sync/owned.h", HEADER.replace("#endif  // BATON_SYNC_OWNED_H_", "#endif"))), 1)
        self.assertEqual(texts.guard_of("arch/aarch64/include/arch/irq.h"), "BATON_ARCH_AARCH64_IRQ_H_")

    def test_every_package_with_cpp_is_linted(self):
        library = 'cc_library(\n    name = "a",\n)\n'
        self.assertEqual(said("sync/BUILD.bazel", library + "\nbaton_lint()\n"), [])
        self.assertEqual(said("sync/BUILD.bazel", library), ["a package with C++ ends with baton_lint()"])
        self.assertEqual(said("sync/BUILD.bazel", "baton_lint()\n\n" + library), ["a package with C++ ends with baton_lint()"])
        self.assertEqual(said("docs/BUILD.bazel", 'exports_files(["a.md"])\n'), [])


if __name__ == "__main__":
    unittest.main()
