#!/usr/bin/env python3
"""Tests of the judge of must-not-compile cases, with a compiler of our own that says what each test wants."""

import unittest

from bazel.private import nocompile

SOURCE = """
#ifdef NC_COPY
  copy();
#elif defined(NC_DROP)
  drop();
#endif
// NC_COMMENT is no case.
"""


def compiler(answers, control=(0, "")):
    def compile_with(definitions):
        return answers[definitions[0]] if definitions else control

    return compile_with


class FirstIncludes(unittest.TestCase):
    def test_ends_at_the_first_other_directive(self):
        source = '// A comment.\n#include <a>\n\n# include "b.h"\nint x;\n#ifdef NC_X\n#include "c.h"\n#endif\n'
        self.assertEqual(nocompile.first_includes(source), ["#include <a>\n", '# include "b.h"\n'])

    def test_none(self):
        self.assertEqual(nocompile.first_includes(SOURCE), [])


class Judge(unittest.TestCase):
    CASES = {"COPY": ["deleted"], "DROP": ["ignoring return value"]}
    GOOD = {
        "-DNC_COPY": (1, "x.cc:3:3: error: call to deleted constructor\nx.h:1:1: note: here\n1 error generated.\n"),
        "-DNC_DROP": (1, "x.cc:5:3: error: ignoring return value [-Werror,-Wunused-result]\n"),
    }

    def judge(self, cases=None, source=SOURCE, answers=None, control=(0, "")):
        return nocompile.judge(cases or self.CASES, source, compiler(answers or self.GOOD, control))

    def test_passes_when_each_case_is_rejected_as_expected(self):
        passed, report = self.judge()
        self.assertTrue(passed, report)
        self.assertEqual(len(report), 3)

    def test_a_case_that_compiles_fails(self):
        passed, report = self.judge(answers=dict(self.GOOD, **{"-DNC_DROP": (0, "")}))
        self.assertFalse(passed)
        self.assertIn("FAIL DROP: it compiled", report)

    def test_a_case_rejected_for_another_reason_fails(self):
        other = (1, "x.cc:1:1: error: unknown type name 'Foo'\n")
        passed, report = self.judge(answers=dict(self.GOOD, **{"-DNC_DROP": other}))
        self.assertFalse(passed)
        self.assertIn("FAIL DROP: no error matches /ignoring return value/", report)

    def test_a_further_error_fails(self):
        both = (1, self.GOOD["-DNC_COPY"][1] + "x.cc:9:9: error: expected ';'\n")
        passed, report = self.judge(answers=dict(self.GOOD, **{"-DNC_COPY": both}))
        self.assertFalse(passed)
        self.assertIn("FAIL COPY: rejected for another reason too: expected ';'", report)

    def test_a_crash_without_a_message_fails(self):
        passed, _ = self.judge(answers=dict(self.GOOD, **{"-DNC_COPY": (139, "Stack dump:\n")}))
        self.assertFalse(passed)

    def test_a_control_that_does_not_compile_fails(self):
        passed, report = self.judge(control=(1, "x.cc:1:1: error: bad\n"))
        self.assertFalse(passed)
        self.assertIn("    x.cc:1:1: error: bad", report)

    def test_a_case_that_the_source_lacks_fails(self):
        passed, report = self.judge(cases=dict(self.CASES, COMMENT=["x"]))
        self.assertFalse(passed)
        self.assertIn("FAIL COMMENT: no preprocessor line of the source mentions NC_COMMENT", report)

    def test_a_name_that_no_case_has_fails(self):
        passed, report = self.judge(cases={"COPY": ["deleted"]})
        self.assertFalse(passed)
        self.assertIn("FAIL NC_DROP is in the source but not among the cases", report)

    def test_a_case_without_messages_fails(self):
        passed, _ = self.judge(cases={"COPY": [], "DROP": ["ignoring"]})
        self.assertFalse(passed)


if __name__ == "__main__":
    unittest.main()
