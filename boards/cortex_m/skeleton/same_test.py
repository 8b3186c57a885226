"""The BUILD file that was written calls cortex_m_board as the tree's own BUILD file does, which stands for it.

    same_test.py BUILD.bazel KEY=VALUE...
"""

from __future__ import annotations

import ast
import sys
import unittest
from pathlib import Path

WRITTEN, EXPECTED = Path(sys.argv[1]), sys.argv[2:]


class SameTest(unittest.TestCase):
    def test_the_same_call(self) -> None:
        calls = [
            node
            for node in ast.walk(ast.parse(WRITTEN.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cortex_m_board"
        ]
        self.assertEqual(len(calls), 1)
        given = sorted(f"{keyword.arg}={ast.literal_eval(keyword.value)}" for keyword in calls[0].keywords)
        self.assertEqual(given, EXPECTED)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
