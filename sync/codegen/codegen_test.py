#!/usr/bin/env python3
"""What the cells compile to on AArch64 without LSE: one exchange in, one release store out, and no more."""

import pathlib
import re
import subprocess
import unittest

FUNCTION = re.compile(r"^[0-9a-f]+ <(codegen_\w+)>:$")
INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(?:[0-9a-f]{8}\s+)?(\S+)")

LOAD_EXCLUSIVE = re.compile(r"^lda?xr$")
STORE_EXCLUSIVE = re.compile(r"^stl?xr$")
BARRIER = re.compile(r"^(dmb|dsb|isb)$")
CALL = re.compile(r"^(bl|blr)$")


def disassemble():
  """Mnemonics by function."""
  (archive,) = pathlib.Path(__file__).parent.glob("*.a")
  text = subprocess.run(
      ["llvm-objdump-19", "--disassemble", "--no-show-raw-insn", str(archive)],
      check=True, capture_output=True, text=True).stdout
  functions = {}
  current = None
  for line in text.splitlines():
    start = FUNCTION.match(line)
    if start:
      current = functions.setdefault(start.group(1), [])
      continue
    instruction = INSTRUCTION.match(line)
    if instruction and current is not None:
      current.append(instruction.group(1))
  return functions


class CodegenTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.functions = disassemble()

  def count(self, function, pattern):
    return sum(1 for m in self.functions[function] if re.match(pattern, m))

  def test_every_function_is_there(self):
    self.assertEqual(
        set(self.functions),
        {"codegen_atomic_map", "codegen_irq_map", "codegen_plain_map", "codegen_is_full"})

  def test_atomic_map_is_one_exchange_in_and_one_release_store_out(self):
    name = "codegen_atomic_map"
    self.assertEqual(self.count(name, r"^ldaxr$"), 1)
    self.assertEqual(self.count(name, STORE_EXCLUSIVE), 1)
    self.assertEqual(self.count(name, r"^stlr$"), 1)
    self.assertEqual(self.count(name, r"^(ldar|ldapr|stlxr)$"), 0)
    self.assertEqual(self.count(name, BARRIER), 0)
    self.assertEqual(self.count(name, CALL), 0)

  def test_irq_map_has_no_barrier(self):
    name = "codegen_irq_map"
    self.assertEqual(self.count(name, LOAD_EXCLUSIVE), 1)
    self.assertEqual(self.count(name, STORE_EXCLUSIVE), 1)
    self.assertEqual(self.count(name, r"^(ldaxr|stlxr|ldar|stlr)$"), 0)
    self.assertEqual(self.count(name, BARRIER), 0)
    self.assertEqual(self.count(name, CALL), 0)

  def test_plain_map_is_plain(self):
    name = "codegen_plain_map"
    self.assertEqual(self.count(name, r"^(ldx|ldax|stx|stlx|ldar|stlr|swp|cas)"), 0)
    self.assertEqual(self.count(name, BARRIER), 0)
    self.assertEqual(self.count(name, CALL), 0)

  def test_looking_only_loads(self):
    name = "codegen_is_full"
    self.assertEqual(self.count(name, r"^ldr"), 1)
    # `stp` saves the frame.
    self.assertEqual(self.count(name, r"^(str|stur|stl|stx|ldx|ldax|ldar|swp|cas)"), 0)


if __name__ == "__main__":
  unittest.main()
