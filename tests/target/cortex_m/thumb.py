"""Thumb code as its disassembly: which instruction may follow which."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_FUNCTION = re.compile(r"^([0-9a-f]+) <(.+)>:$")
_INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+((?:[0-9a-f]{4} ?){1,2})\s*\t(\S+)(?:\t([^@<]*))?")
_CONDITION = "(?:eq|ne|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)"
_BRANCH = re.compile(rf"^b({_CONDITION})?(?:\.w|\.n)?$")
_TARGET = re.compile(r"0x([0-9a-f]+)")


@dataclass(frozen=True)
class Instruction:
    address: int
    size: int
    mnemonic: str
    operands: str
    function: str

    @property
    def behind(self) -> int:
        return self.address + self.size

    @property
    def target(self) -> int | None:
        """Where a direct branch or call leads."""
        if not (self.is_call or _BRANCH.match(self.mnemonic) or self.mnemonic in ("cbz", "cbnz")):
            return None
        found = _TARGET.search(self.operands)
        return int(found.group(1), 16) if found else None

    @property
    def is_call(self) -> bool:
        return bool(re.match(rf"^blx?{_CONDITION}?$", self.mnemonic))

    @property
    def is_return(self) -> bool:
        """Leaves the function by its link register, on some condition or on none."""
        if re.match(rf"^bx{_CONDITION}?$", self.mnemonic):
            return self.operands.strip() == "lr"
        return bool(re.match(rf"^(pop|ldm){_CONDITION}?(\.w)?$", self.mnemonic)) and "pc" in self.operands

    @property
    def falls_through(self) -> bool:
        """What follows in memory may follow in time."""
        if re.match(r"^(b|b\.w|b\.n|bx|trap|udf|udf\.w)$", self.mnemonic):
            return False
        if re.match(r"^(pop|pop\.w|ldm|ldm\.w)$", self.mnemonic):
            return "pc" not in self.operands
        return True


class Code:
    """An image's code."""

    def __init__(self, elf: Path) -> None:
        text = subprocess.run(
            ["llvm-objdump-19", "--disassemble", "--demangle", str(elf)], check=True, capture_output=True, text=True
        ).stdout
        self.instructions: dict[int, Instruction] = {}
        self.entries: dict[int, str] = {}
        function = ""
        for line in text.splitlines():
            if start := _FUNCTION.match(line):
                function = start.group(2)
                self.entries[int(start.group(1), 16)] = function
            elif found := _INSTRUCTION.match(line):
                address, raw, mnemonic, operands = found.groups()
                self.instructions[int(address, 16)] = Instruction(
                    int(address, 16), 2 * len(raw.split()), mnemonic, (operands or "").strip(), function
                )

    def follow(self, entry: int, places: Iterable[int]) -> tuple[list[Instruction], str]:
        """One execution of the function at `entry`, as `places` say it; and what is wrong with it, or "".

        Each instruction must be one that may follow the one before. The place behind the last is
        where the function returns to.
        """
        executed: list[Instruction] = []
        calls: list[int] = []
        following = iter(places)
        for place in following:
            if place == entry:
                break
        else:
            return executed, f"never at {entry:x}, where it begins"
        place = entry
        while True:
            instruction = self.instructions.get(place)
            if instruction is None:
                return executed, f"no instruction at {place:x}"
            executed.append(instruction)
            then = next(following, None)
            if then is None:
                return executed, f"ends at {place:x}, before it returned"
            if instruction.is_return and not calls and then not in (instruction.behind, instruction.target):
                return executed, ""
            if not self._may_follow(instruction, then, calls):
                return executed, f"{then:x} does not follow {place:x} ({instruction.mnemonic} {instruction.operands})"
            place = then

    def _may_follow(self, instruction: Instruction, then: int, calls: list[int]) -> bool:
        if instruction.is_call:
            if then == instruction.behind:
                return instruction.mnemonic not in ("bl", "blx")  # on some condition
            calls.append(instruction.behind)
            return then == instruction.target or (instruction.target is None and then in self.entries)
        if instruction.is_return and calls and then == calls[-1]:
            calls.pop()
            return True
        if then == instruction.target or (instruction.falls_through and then == instruction.behind):
            return True
        # A call in the last place, by way of a register.
        return instruction.mnemonic == "bx" and not instruction.is_return and then in self.entries

    def reachable(self, entry: int, never: frozenset[str]) -> dict[int, Instruction]:
        """All that a call of `entry` may execute, callees included, except what can only lead into `never`."""
        found: dict[int, Instruction] = {}
        todo = [entry]
        while todo:
            address = todo.pop()
            instruction = self.instructions.get(address)
            if instruction is None or address in found:
                continue
            found[address] = instruction
            target = instruction.target
            if target is not None and self.entries.get(target) not in never:
                todo.append(target)
            if instruction.falls_through and not (target is not None and self.entries.get(target) in never):
                todo.append(instruction.behind)
        return self._without_dead_ends(found, never)

    def _without_dead_ends(self, found: dict[int, Instruction], never: frozenset[str]) -> dict[int, Instruction]:
        """Leaves out the instructions from which every way leads into `never`."""
        alive: set[int] = set()
        changed = True
        while changed:
            changed = False
            for address, instruction in found.items():
                if address in alive:
                    continue
                target = instruction.target
                into_never = target is not None and self.entries.get(target) in never
                ways = instruction.is_return or (instruction.mnemonic == "bx" and not instruction.is_return)
                ways = ways or (instruction.falls_through and not into_never and instruction.behind in alive)
                ways = ways or (target in alive and not instruction.is_call)
                if ways:
                    alive.add(address)
                    changed = True
        return {address: instruction for address, instruction in found.items() if address in alive}
