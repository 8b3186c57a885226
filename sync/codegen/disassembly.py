"""The instructions of the codegen_* functions in an archive."""

import pathlib
import re
import subprocess
from typing import NamedTuple

_FUNCTION = re.compile(r"^[0-9a-f]+ <(\w+)>:$")
_INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(\S+)(?:\t([^@<]*))?")


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
