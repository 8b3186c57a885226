"""Where an image's bytes come from: text, read-only data, data and bss of each part of the tree.

A part is a Bazel package, by the path of the object file in the linker's map, with these put together or apart:

  arch/PORT   a port, its drivers of the core included
  libc        base/freestanding, and what the compiler's and the C library's archives give
  stacks      of threads and handlers, guards included
  tables      the processor's: vectors, page tables; and the table of expected faults
  strings     which the linker has merged, so that nobody knows whose they are
  alignment   between two pieces, or ordered by the linker's script
  (rest)      what nothing explains; it should be empty

The sum over all parts is the size of the image's sections as its ELF file has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tools.size.elf_sections import KINDS, ElfSection
from tools.size.linker_map import Piece, Section

STACKS, TABLES, STRINGS, ALIGNMENT, LIBC, REST = "stacks", "tables", "strings", "alignment", "libc", "(rest)"
LAST = (LIBC, STACKS, TABLES, STRINGS, ALIGNMENT, REST)

_STACK = re.compile(r"^\.stacks?$|STACK_SIZE$")
_TABLE = re.compile(r"^\.(vectors|text\.vectors|exception_table|boot\.tables)$|^\.bss\.(kernel_l1|.*table_poolE)$")

# Bytes by kind.
Sizes = dict[str, int]


class SizeError(Exception):
    """The map does not fit the image; the message says where."""


def part_of(piece: Piece) -> str:
    if _STACK.search(piece.section):
        return STACKS
    if not piece.file:
        return ALIGNMENT
    if _TABLE.search(piece.section):
        return TABLES
    if piece.file.startswith("<"):
        return STRINGS if ".str" in piece.section else "build-id" if "build-id" in piece.section else REST
    return package_part(piece.file)


def package_part(file: str) -> str:
    match = re.search(r"(?:^|/)bin/(.+?)/_objs/", file)
    if not match:
        # Archives of the C library's and the compiler's.
        return LIBC if re.search(r"\.a(\(.*\))?$", file) else REST
    folders = match[1].split("/")
    if folders[0] == "external":
        return folders[1]
    if folders[:2] == ["base", "freestanding"]:
        return LIBC
    if folders[0] in ("base", "sync"):
        return folders[0]
    return "/".join(folders[:2])


def attribute(mapped: Sequence[Section], sections: Sequence[ElfSection], stacks: Iterable[tuple[int, int]]) -> dict[str, Sizes]:
    """Bytes by part and kind. `stacks`: (address, bytes) of objects that have so many bytes of stacks in them."""
    by_name = {section.name: section for section in mapped}
    parts: dict[str, Sizes] = {}

    def add(part: str, kind: str, count: int) -> None:
        sizes = parts.setdefault(part, dict.fromkeys(KINDS, 0))
        sizes[kind] += count

    of_threads = dict(stacks)
    for section in sections:
        if section.size == 0:
            continue
        found = by_name.get(section.name)
        if found is None or (found.address, found.size) != (section.address, section.size):
            raise SizeError(f"section {section.name} has {section.size} bytes in the image, and the map says otherwise")
        at = section.address
        for piece in sorted(found.pieces, key=lambda piece: (piece.address, piece.size)):
            if piece.address < at or piece.address + piece.size > section.address + section.size:
                raise SizeError(f"what {piece.file or 'the script'} gives to {section.name} lies over something else")
            add(ALIGNMENT, section.kind, piece.address - at)
            part = part_of(piece)
            taken = sum(count for address, count in of_threads.items() if piece.address <= address < piece.address + piece.size)
            if taken > piece.size:
                raise SizeError(f"{piece.section} has {taken} bytes of stacks in {piece.size} bytes")
            add(STACKS, section.kind, taken)
            add(part, section.kind, piece.size - taken)
            at = piece.address + piece.size
        left = section.address + section.size - at
        add(REST if not found.pieces else ALIGNMENT, section.kind, left)
    check(parts, sections)
    return {part: sizes for part, sizes in parts.items() if any(sizes.values())}


def check(parts: Mapping[str, Sizes], sections: Sequence[ElfSection]) -> None:
    """The parts are together what the ELF file says."""
    for kind in KINDS:
        ours = sum(sizes[kind] for sizes in parts.values())
        theirs = sum(section.size for section in sections if section.kind == kind)
        if ours != theirs:
            raise SizeError(f"the parts have {ours} bytes of {kind} together, and the image {theirs}")


def ordered(parts: Mapping[str, Sizes]) -> list[str]:
    """The tree's own by name, then the others."""
    return sorted(parts, key=lambda part: (LAST.index(part) + 1 if part in LAST else 0, part))


def total(parts: Mapping[str, Sizes]) -> Sizes:
    return {kind: sum(sizes[kind] for sizes in parts.values()) for kind in KINDS}


def table(parts: Mapping[str, Sizes]) -> str:
    """For people. Text, read-only data and data lie in the image's file; data and bss in RAM."""
    rows = [["part", *KINDS, "image", "RAM"]]
    for name, sizes in [*((part, parts[part]) for part in ordered(parts)), ("all", total(parts))]:
        text, read_only, data, bss = (sizes[kind] for kind in KINDS)
        rows.append([name, *map(str, (text, read_only, data, bss, text + read_only + data, data + bss))])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)
