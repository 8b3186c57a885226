#!/usr/bin/env python3
"""What walks over lists of RCU compile to on AArch64: nothing comes between the load of a link and the next one."""

import re
import unittest

from sync.codegen.disassembly import functions_of

LINK = re.compile(r"^ldap?r$")
JUMP = re.compile(r"^(b|ret)$")


class CodegenRcuTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.functions = functions_of("librcu_walks.a")

  def count(self, function, pattern):
    return sum(1 for one in self.functions[function] if re.match(pattern, one.mnemonic))

  def test_every_function_is_there(self):
    self.assertEqual(set(self.functions), {"walk", "one_way_walk"})

  def test_links_are_loaded_once_before_the_loop_and_once_in_it(self):
    for name in self.functions:
      self.assertEqual(self.count(name, LINK), 2, name)
      self.assertEqual(self.count(name, r"^(dmb|dsb|isb|bl|blr|st(?!p))"), 0, name)

  def test_nothing_is_computed_from_a_link(self):
    self.assertEqual(self.count("walk", r"^(and|bic|tst|tbn?z|csel)$"), 0)

  def test_a_mark_is_tested_beside_the_way_and_cleared_elsewhere(self):
    code = self.functions["one_way_walk"]
    self.assertEqual(self.count("one_way_walk", r"^csel$"), 0)
    self.assertEqual(self.count("one_way_walk", r"^tbn?z$"), 2)
    cleared = [i for i, one in enumerate(code) if re.match(r"^(and|bic)$", one.mnemonic)]
    self.assertEqual(len(cleared), 2)
    for i in cleared:
      # Reached by the test's branch alone.
      self.assertRegex(code[i - 1].mnemonic, JUMP)


if __name__ == "__main__":
  unittest.main()
