"""Writes a panic dump for people: every line of it, with functions, source lines and variables under the addresses."""

from __future__ import annotations

from pathlib import Path

from tools.decode.dump import Address, Dump
from tools.decode.elf import Elf
from tools.decode.symbolize import Place, places_of, variables_of

_INDENT = "      "
# These point into a stack at best, whose name says nothing that the line does not.
_UNNAMED_REGISTERS = ("sp", "fp", "x29")


def write_report(dump: Dump, elf: Elf, source_root: Path | None = None) -> str:
    """`source_root`: where to read source lines from; None: leave them out."""
    code: dict[Address, int] = {}
    for address in dump.addresses:
        # A return address belongs to the call before it, which may be the last instruction of its function.
        found = elf.locate(address.value - (1 if address.is_return else 0))
        if found and found[1].executable:
            code[address] = found[0]
    places = places_of(elf.path, code.values())
    variables = _variables(dump, elf)

    lines = [f"decoded with {elf.path} (build-id {elf.build_id})", ""]
    last_pc: int | None = None
    for index, line in enumerate(dump.lines):
        lines.append(line)
        for address in (address for address in dump.addresses if address.line == index):
            if address.label == "#0" and address.value == last_pc:
                continue  # A backtrace begins where the line above it said.
            if address.label in ("pc", "elr"):
                last_pc = address.value
            lines += _describe(address, places.get(code.get(address, -1), []), source_root)
        lines += [f"{_INDENT}{name:<4} {text}" for name, text in variables.get(index, [])]
    if not dump.complete:
        lines.append("(the dump is cut off here: its begin or end mark is missing)")
    return "\n".join(lines) + "\n"


def _describe(address: Address, places: list[Place], source_root: Path | None) -> list[str]:
    if not places:
        return [f"{_INDENT}{address.label:<4} not in the image's code"]
    first, *outer = places
    lines = [f"{_INDENT}{address.label:<4} {first}"]
    source = _source_line(first, source_root)
    if source:
        lines.append(f"{_INDENT}     | {source}")
    return lines + [f"{_INDENT}     inlined in {place}" for place in outer]


def _source_line(place: Place, source_root: Path | None) -> str | None:
    if source_root is None or not place.line:
        return None
    try:
        text = (source_root / place.file).read_text(encoding="utf-8", errors="replace")
        return text.split("\n")[place.line - 1].strip() or None
    except (OSError, IndexError):
        return None


def _variables(dump: Dump, elf: Elf) -> dict[int, list[tuple[str, str]]]:
    """By line: the registers that point at the image's variables."""
    located: list[tuple[int, str, int]] = []
    for register in dump.registers:
        found = elf.locate(register.value)
        if found and not found[1].executable and register.name not in _UNNAMED_REGISTERS:
            located.append((register.line, register.name, found[0]))
    names = variables_of(elf.path, [address for _, _, address in located])
    by_line: dict[int, list[tuple[str, str]]] = {}
    for line, name, address in located:
        if address in names:
            by_line.setdefault(line, []).append((name, names[address]))
    return by_line
