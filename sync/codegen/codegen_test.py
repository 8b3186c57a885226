#!/usr/bin/env python3
"""What the cells compile to on AArch64 without LSE: one exchange in, one release store out, and no more."""

import re
import unittest

from sync.codegen.disassembly import functions_of

LOAD_EXCLUSIVE = re.compile(r"^lda?xr$")
STORE_EXCLUSIVE = re.compile(r"^stl?xr$")
BARRIER = re.compile(r"^(dmb|dsb|isb)$")
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
        {"atomic_map", "irq_map", "plain_map", "is_full"})

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


if __name__ == "__main__":
  unittest.main()
