#!/usr/bin/env python3
"""Instructions of an uncontended pair on AArch64 without LSE: at most 40 for a mutex, and one atomic operation each way."""

import re
import unittest

from sync.codegen.disassembly import functions_of, shortest_path

ARCHIVE = "../../kernel/blocking/codegen/libfast_paths.a"
LOAD_EXCLUSIVE = re.compile(r"^lda?xr$")
STORE_EXCLUSIVE = re.compile(r"^stl?xr$")
BARRIER = re.compile(r"^(dmb|dsb|isb)$")
MOST_INSTRUCTIONS = 40


def count(path, pattern):
  return sum(1 for one in path if pattern.match(one.mnemonic))


class FastPathsTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.functions = functions_of(ARCHIVE)

  def test_every_function_is_there(self):
    self.assertEqual(set(self.functions), {"mutex_pair", "semaphore_pair", "control_barrier"})

  def check_pair(self, name, entry):
    path = shortest_path(self.functions[name], 2)
    print(f"{name}: {len(path)} instructions")
    self.assertLessEqual(len(path), MOST_INSTRUCTIONS)
    # One atomic operation in, one out.
    self.assertEqual(count(path, LOAD_EXCLUSIVE), 2)
    self.assertEqual(count(path, STORE_EXCLUSIVE), 2)
    self.assertEqual([one.mnemonic for one in path if STORE_EXCLUSIVE.match(one.mnemonic)], [entry, "stlxr"])
    self.assertEqual([one.mnemonic for one in path if LOAD_EXCLUSIVE.match(one.mnemonic)], ["ldaxr", "ldxr"])
    self.assertEqual(count(path, BARRIER), 0)

  def test_mutex_pair(self):
    # A release in, too: who waits for the owner works on its thread object.
    self.check_pair("mutex_pair", "stlxr")

  def test_a_mutex_pair_touches_its_word_and_its_stack_only(self):
    for one in shortest_path(self.functions["mutex_pair"], 2):
      if re.match(r"^(ld|st)", one.mnemonic):
        self.assertRegex(one.operands, r"\[(x0|sp)\b")

  def test_semaphore_pair(self):
    self.check_pair("semaphore_pair", "stxr")

  def test_a_barrier_would_be_seen(self):
    self.assertEqual(count(shortest_path(self.functions["control_barrier"], 2), BARRIER), 1)


if __name__ == "__main__":
  unittest.main()
