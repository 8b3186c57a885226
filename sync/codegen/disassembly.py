"""The instructions of the codegen_* functions in an archive."""

import collections
import pathlib
import re
import subprocess
from typing import NamedTuple

_FUNCTION = re.compile(r"^[0-9a-f]+ <(\w+)>:$")
_INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(\S+)(?:\t([^@<]*))?")
_CONDITIONAL = re.compile(r"^(b\.\w+|cbn?z|tbn?z)$")
_STORE_EXCLUSIVE = re.compile(r"^stl?xr$")


class Instruction(NamedTuple):
  mnemonic: str
  operands: str


def functions_of(archive):
  """Instructions by the name behind `codegen_`, from the archive of that name beside this file."""
  path = pathlib.Path(__file__).parent / archive
  text = subprocess.run(
      ["llvm-objdump-19", "--disassemble", "--no-show-raw-insn", str(path)],
      check=True, capture_output=True, text=True).stdout
  functions = {}
  current = None
  for line in text.splitlines():
    start = _FUNCTION.match(line)
    if start:
      name = start.group(1)
      current = functions.setdefault(name.removeprefix("codegen_"), []) if name.startswith("codegen_") else None
      continue
    instruction = _INSTRUCTION.match(line)
    if instruction and current is not None:
      current.append(Instruction(instruction.group(1), (instruction.group(2) or "").strip()))
  return functions


def shortest_path(function, stores):
  """The fewest instructions from the entry to a return through that many exclusive stores, with nothing called.

  Functions have sections of their own, and instructions four bytes: a branch's target is an index, times four.
  """
  came_from = {(0, 0): None}
  queue = collections.deque([(0, 0)])
  while queue:
    state = queue.popleft()
    at, stored = state
    mnemonic, operands = function[at]
    if mnemonic == "ret":
      if stored != stores:
        continue
      path = []
      while state is not None:
        path.append(function[state[0]])
        state = came_from[state]
      return path[::-1]
    if _STORE_EXCLUSIVE.match(mnemonic):
      stored += 1
    target = int(operands.split(",")[-1], 16) // 4 if mnemonic == "b" or _CONDITIONAL.match(mnemonic) else None
    if mnemonic in ("bl", "blr", "br"):
      successors = []
    elif mnemonic == "b":
      successors = [target]
    elif target is not None:
      successors = [at + 1, target]
    else:
      successors = [at + 1]
    for successor in successors:
      following = (successor, stored)
      if following not in came_from and successor < len(function) and stored <= stores:
        came_from[following] = state
        queue.append(following)
  raise AssertionError("no way to a return without a call")
