"""The sections of an ELF file that are there when the image runs, by what they are."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

KINDS = ("text", "read-only", "data", "bss")

_NOBITS = 8
_WRITE, _ALLOC, _EXEC = 1, 2, 4


class SectionsError(Exception):
    """The file is no ELF file, or a damaged one."""


class ElfSection(NamedTuple):
    name: str
    address: int
    size: int
    kind: str  # of KINDS


def kind_of(kind: int, flags: int) -> str:
    if kind == _NOBITS:
        return "bss"
    if flags & _EXEC:
        return "text"
    return "data" if flags & _WRITE else "read-only"


def read_sections(path: Path) -> list[ElfSection]:
    data = path.read_bytes()
    if data[:4] != b"\x7fELF" or data[4:6] not in (b"\x01\x01", b"\x02\x01"):
        raise SectionsError(f"{path}: not a little-endian ELF file")
    wide = data[4] == 2
    try:
        (table,) = struct.unpack_from("<Q" if wide else "<I", data, 40 if wide else 32)
        each, count, names = struct.unpack_from("<HHH", data, 58 if wide else 46)
        layout = "<IIQQQQ" if wide else "<IIIIII"
        rows = [struct.unpack_from(layout, data, table + each * index) for index in range(count)]
        text = rows[names][4]
        found = []
        for name, kind, flags, address, _, size in rows:
            if flags & _ALLOC:
                begin = text + name
                title = data[begin : data.index(b"\0", begin)].decode("ascii", "replace")
                found.append(ElfSection(title, address, size, kind_of(kind, flags)))
    except (struct.error, IndexError, ValueError) as error:
        raise SectionsError(f"{path}: damaged ELF file ({error})") from error
    return found
