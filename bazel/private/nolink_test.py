#!/usr/bin/env python3
"""Tests of the judge of what must not link."""

import unittest

from bazel.private import nolink

NO_RAM = "ld.lld-19: error: kernel.ld:19: memory region not defined: ram\n"
LAST = "clang-19: error: ld.lld command failed with exit code 1 (use -v to see invocation)\n"


class Judge(unittest.TestCase):
    def test_passes_when_refused_as_expected(self):
        self.assertIsNone(nolink.judge(1, NO_RAM + LAST, ["not defined: ram$"]))

    def test_what_links_fails(self):
        self.assertEqual(nolink.judge(0, "", ["ram"]), "it linked")

    def test_another_message_fails(self):
        self.assertIn("no error matches", nolink.judge(1, NO_RAM + LAST, ["flash"]))

    def test_another_reason_too_fails(self):
        both = NO_RAM + "ld.lld-19: error: undefined symbol: x\n" + LAST
        self.assertIn("for another reason too: undefined symbol: x", nolink.judge(1, both, ["ram"]))

    def test_silence_fails(self):
        self.assertIn("without an error message", nolink.judge(1, LAST, ["ram"]))

    def test_the_control_links(self):
        self.assertIsNone(nolink.judge(0, "", []))
        self.assertIn("control", nolink.judge(1, NO_RAM + LAST, []))


if __name__ == "__main__":
    unittest.main()
