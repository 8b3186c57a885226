"""The few facts that the decoder wants from a little-endian ELF file: its build-id and where it is loaded."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_PT_LOAD, _PT_NOTE = 1, 4
_SHT_NOTE = 7
_PF_X = 1
_NT_GNU_BUILD_ID = 3


class ElfError(Exception):
    """The file is no ELF file, or a damaged one."""


@dataclass(frozen=True)
class Range:
    """A loaded part of the image."""

    virtual: int
    physical: int
    size: int
    executable: bool


class Elf:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = path.read_bytes()
        if self._data[:4] != b"\x7fELF" or self._data[4:6] not in (b"\x01\x01", b"\x02\x01"):
            raise ElfError(f"{path}: not a little-endian ELF file")
        wide = self._data[4] == 2
        try:
            # Addresses, offsets and sizes have the file's width.
            header = "<16xHHIQQQIHHHHHH" if wide else "<16xHHIIIIIHHHHHH"
            self._header = struct.unpack_from(header, self._data)
            segments = self._table("<IIQQQQQ" if wide else "<IIIIIII", self._header[4], self._header[8], self._header[9])
            if not wide:  # There the flags stand behind the sizes.
                segments = [(s[0], s[6], s[1], s[2], s[3], s[4], s[5]) for s in segments]
            sections = self._table("<IIQQQQ" if wide else "<IIIIII", self._header[5], self._header[10], self._header[11])
            self.ranges = [
                Range(virtual, physical, size, bool(flags & _PF_X))
                for kind, flags, _, virtual, physical, _, size in segments
                if kind == _PT_LOAD and size > 0
            ]
            # A linker script may leave the note without a segment of its own: its section still says what it is.
            notes = [(s[2], s[5]) for s in segments if s[0] == _PT_NOTE]
            notes += [(s[4], s[5]) for s in sections if s[1] == _SHT_NOTE]
            self.build_id = next(filter(None, (self._build_id(*note) for note in notes)), None)
        except (struct.error, OverflowError) as error:
            raise ElfError(f"{path}: damaged ELF file ({error})") from error

    def locate(self, address: int) -> tuple[int, Range] | None:
        """The linked address, and its range, of one seen at run time; before the MMU is on that is a physical one.

        None: outside the image.
        """
        for part in self.ranges:
            if part.virtual <= address < part.virtual + part.size:
                return address, part
        for part in self.ranges:
            if part.physical <= address < part.physical + part.size:
                return address - part.physical + part.virtual, part
        return None

    def _table(self, layout: str, offset: int, size: int, count: int) -> list[tuple[int, ...]]:
        return [struct.unpack_from(layout, self._data, offset + index * size) for index in range(count)]

    def _build_id(self, offset: int, size: int) -> str | None:
        end = min(offset + size, len(self._data))
        while offset + 12 <= end:
            name_size, value_size, kind = struct.unpack_from("<III", self._data, offset)
            value = offset + 12 + (name_size + 3 & ~3)
            if kind == _NT_GNU_BUILD_ID and self._data[offset + 12 : offset + 16] == b"GNU\0":
                return self._data[value : value + value_size].hex()
            offset = value + (value_size + 3 & ~3)
        return None
