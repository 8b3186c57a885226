#!/usr/bin/env python3
"""What the cells that stay on one core compile to on ARMv7-M: no barrier, no masking, one exclusive
pair, and a plain cell's map is a plain pointer's use."""

import re
import unittest

from sync.codegen.disassembly import functions_of

BARRIER_OR_MASKING = re.compile(r"^(dmb|dsb|isb|cps\w*|msr)$")
LOAD_EXCLUSIVE = re.compile(r"^ldrex[bh]?$")
STORE_EXCLUSIVE = re.compile(r"^strex[bh]?$")
MEMORY = re.compile(r"^(ldr|ldm|str|stm|push|pop|vld|vst|tb[bh])")
PLAIN_STORE = re.compile(r"^(str[bhd]?|stm\w*)(\.w)?$")
CALL = re.compile(r"^blx?$")

# As written in one_core_cells.cc; the number of exclusive pairs in each.
IRQ_TAKE_CELL = {"irq_map": 1, "irq_lease": 1, "irq_take": 1, "irq_put": 1, "irq_replace": 1}
IRQ_MAP_CELL = {"map_cell_map": 1, "map_cell_put": 1, "map_cell_take": 1, "map_cell_replace": 2}
IRQ_OPTIONAL_CELL = {"optional_get": 0, "optional_set": 0, "optional_take": 1, "optional_put": 1, "optional_replace": 1}
IRQ_NUMERIC_CELL = {"numeric_get": 0, "numeric_set": 0, "numeric_add": 1, "numeric_replace": 1}
# Entering, taking what is pending, leaving, leaving the rest; submit has a way in that publishes nothing.
COMBINING_CELL = {"combining_submit": None, "combining_drain": 4, "combining_remove": 2}
# A cell for any core, where the machine has one.
ANY_CORE = {"any_core_map": 1}
ONE_CORE = {**ANY_CORE, **IRQ_TAKE_CELL, **IRQ_MAP_CELL, **IRQ_OPTIONAL_CELL, **IRQ_NUMERIC_CELL, **COMBINING_CELL}
ONE_CONTEXT = {"plain_map", "plain_pointer", "plain_map_opaque"}
CONTROLS = {"control_barrier", "control_masks", "control_load_inside", "control_two_exclusives"}


def count(function, pattern):
  return sum(1 for one in function if re.match(pattern, one.mnemonic))


def barriers_and_masking(function):
  return {one.mnemonic for one in function if BARRIER_OR_MASKING.match(one.mnemonic)}


def inside_exclusives(function):
  """Accesses to memory between a load-exclusive and its store: each may cost the reservation, and so the loop its end."""
  found = []
  inside = False
  for one in function:
    if STORE_EXCLUSIVE.match(one.mnemonic):
      inside = False
    elif LOAD_EXCLUSIVE.match(one.mnemonic):
      inside = True
    elif inside and (MEMORY.match(one.mnemonic) or CALL.match(one.mnemonic)):
      found.append(one)
  return found


class ReleaseTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.functions = functions_of("libone_core_cells_release.a")

  def test_every_function_is_there(self):
    self.assertEqual(set(self.functions), {*ONE_CORE, *ONE_CONTEXT, *CONTROLS})

  def test_no_barrier_and_no_masking(self):
    for name in [*ONE_CORE, *ONE_CONTEXT]:
      self.assertEqual(barriers_and_masking(self.functions[name]), set(), name)

  def test_exclusive_pairs(self):
    for name, pairs in ONE_CORE.items():
      function = self.functions[name]
      self.assertEqual(count(function, LOAD_EXCLUSIVE), count(function, STORE_EXCLUSIVE), name)
      if pairs is not None:
        self.assertEqual(count(function, STORE_EXCLUSIVE), pairs, name)

  def test_nothing_touches_memory_inside_an_exclusive_pair(self):
    for name in ONE_CORE:
      self.assertEqual(inside_exclusives(self.functions[name]), [], name)

  def test_map_and_lease_leave_by_one_plain_store(self):
    for name in ("irq_map", "irq_lease", "map_cell_map"):
      function = self.functions[name]
      self.assertEqual(count(function, PLAIN_STORE), 1, name)
      self.assertEqual(count(function, CALL), 0, name)
      # The store comes after the exclusive pair.
      mnemonics = [one.mnemonic for one in function]
      self.assertGreater(mnemonics.index("str"), mnemonics.index("strex"), name)

  def test_take_put_and_replace_store_nothing_else(self):
    for name in ("irq_take", "irq_put", "irq_replace"):
      self.assertEqual(count(self.functions[name], PLAIN_STORE), 0, name)
      self.assertEqual(count(self.functions[name], CALL), 0, name)

  def test_plain_map_is_a_plain_pointer(self):
    # Instruction for instruction; branches by their targets, which are offsets from the same start.
    def code(name):
      return [(one.mnemonic, one.operands) for one in self.functions[name]]
    self.assertEqual(code("plain_map"), code("plain_pointer"))

  def test_plain_map_around_anything_is_one_store_in_and_one_out(self):
    function = self.functions["plain_map_opaque"]
    to_the_cell = [one for one in function if one.mnemonic == "str" and "sp" not in one.operands]
    self.assertEqual(len(to_the_cell), 2)
    self.assertEqual(count(function, LOAD_EXCLUSIVE), 0)

  def test_controls_are_found(self):
    self.assertEqual(barriers_and_masking(self.functions["control_barrier"]), {"dmb"})
    self.assertEqual(barriers_and_masking(self.functions["control_masks"]), {"cpsid", "msr"})
    self.assertEqual(len(inside_exclusives(self.functions["control_load_inside"])), 1)
    self.assertEqual(count(self.functions["control_two_exclusives"], STORE_EXCLUSIVE), 2)


class DebugTest(unittest.TestCase):
  """A debug build records who is inside, checks who meets them, and changes nothing else."""

  @classmethod
  def setUpClass(cls):
    cls.functions = functions_of("libone_core_cells_debug.a")

  def test_no_barrier_and_no_masking(self):
    for name in ONE_CORE:
      self.assertEqual(barriers_and_masking(self.functions[name]), set(), name)

  def test_the_same_way_in_and_out(self):
    for name in ("irq_map", "irq_lease"):
      function = self.functions[name]
      self.assertEqual(count(function, LOAD_EXCLUSIVE), 1, name)
      self.assertEqual(count(function, STORE_EXCLUSIVE), 1, name)
      self.assertEqual(inside_exclusives(function), [], name)

  def test_the_holder_is_recorded(self):
    function = self.functions["irq_map"]
    self.assertGreaterEqual(count(function, CALL), 1)
    self.assertIn(("mrs", "ipsr"), {(one.mnemonic, one.operands.split(", ")[-1]) for one in function})


if __name__ == "__main__":
  unittest.main()
