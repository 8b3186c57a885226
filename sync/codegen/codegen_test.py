#!/usr/bin/env python3
"""What the cells compile to on AArch64 without LSE: one exchange in, one release store out, and no more."""

import re
import unittest

from sync.codegen.disassembly import functions_of, shortest_path

LOAD_EXCLUSIVE = re.compile(r"^lda?xr$")
STORE_EXCLUSIVE = re.compile(r"^stl?xr$")
BARRIER = re.compile(r"^(dmb|dsb|isb)$")
SPIN_PAIR = 17  # instructions, the frame's among them
CALL = re.compile(r"^(bl|blr)$")


class CodegenTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.functions = functions_of("libtake_cells.a")

  def count(self, function, pattern):
    return sum(1 for one in self.functions[function] if re.match(pattern, one.mnemonic))

  def test_every_function_is_there(self):
    self.assertEqual(
        set(self.functions),
        {"atomic_map", "irq_map", "plain_map", "is_full", "spin_pair"})

  def test_atomic_map_is_one_exchange_in_and_one_release_store_out(self):
    name = "atomic_map"
    self.assertEqual(self.count(name, r"^ldaxr$"), 1)
    self.assertEqual(self.count(name, STORE_EXCLUSIVE), 1)
    self.assertEqual(self.count(name, r"^stlr$"), 1)
    self.assertEqual(self.count(name, r"^(ldar|ldapr|stlxr)$"), 0)
    self.assertEqual(self.count(name, BARRIER), 0)
    self.assertEqual(self.count(name, CALL), 0)

  def test_irq_map_has_no_barrier(self):
    name = "irq_map"
    self.assertEqual(self.count(name, LOAD_EXCLUSIVE), 1)
    self.assertEqual(self.count(name, STORE_EXCLUSIVE), 1)
    self.assertEqual(self.count(name, r"^(ldaxr|stlxr|ldar|stlr)$"), 0)
    self.assertEqual(self.count(name, BARRIER), 0)
    self.assertEqual(self.count(name, CALL), 0)

  def test_plain_map_is_plain(self):
    name = "plain_map"
    self.assertEqual(self.count(name, r"^(ldx|ldax|stx|stlx|ldar|stlr|swp|cas)"), 0)
    self.assertEqual(self.count(name, BARRIER), 0)
    self.assertEqual(self.count(name, CALL), 0)

  def test_looking_only_loads(self):
    name = "is_full"
    self.assertEqual(self.count(name, r"^ldr"), 1)
    # `stp` saves the frame.
    self.assertEqual(self.count(name, r"^(str|stur|stl|stx|ldx|ldax|ldar|swp|cas)"), 0)

  def test_a_free_spin_lock_is_one_ticket_one_look_and_one_store(self):
    path = shortest_path(self.functions["spin_pair"], stores=1)
    have = lambda pattern: sum(1 for one in path if re.match(pattern, one.mnemonic))
    self.assertEqual([have(r"^ldxr$"), have(r"^stxr$"), have(r"^ldar$"), have(r"^stlr$")], [1, 1, 1, 1])
    self.assertEqual(have(r"^(ldaxr|stlxr|dmb|dsb|isb|wfe)$"), 0)
    # Nothing for those who wait, nor for who is told of them.
    self.assertEqual(have(r"^(b\.\w+|cbn?z|tbn?z)$"), 2)
    print(f"spin_pair: {len(path)} instructions")
    self.assertLessEqual(len(path), SPIN_PAIR, path)


if __name__ == "__main__":
  unittest.main()
