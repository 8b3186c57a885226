"""Reads lld's map: which object file gave how many bytes to which section of the image.

    VMA      LMA     Size Align Out     In      Symbol
    5e4      5e4     1f22     4 .text
    5e4      5e4       12     4         bazel-out/.../bin/kernel/_objs/kernel/panic.o:(.text.panic)
    5e5      5e5       12     1                 baton::kernel::panic()

What belongs to the linker's script, such as `. += SIZE`, stands in the second column, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HEAD = re.compile(r"^ *VMA +LMA +Size +Align +Out +In +Symbol$")
_LINE = re.compile(r"^ *([0-9a-f]+) +([0-9a-f]+) +([0-9a-f]+) +(\d+) (\S.*| {8}\S.*| {16}\S.*)?$")
_INPUT = re.compile(r"^ {8}(\S.*):\((.+)\)$")
# Moves on, or gives a symbol a value: the first has a size, the second has none.
_SCRIPT = re.compile(r"^ {8}\S")


class MapError(Exception):
    """The map cannot be read; the message says where."""


@dataclass(frozen=True)
class Piece:
    """What an object file, or the linker's script, put into a section of the image."""

    address: int
    size: int
    file: str  # "" for the script's own
    section: str  # the object file's; the script's own words


@dataclass
class Section:
    """One of the image's."""

    name: str
    address: int
    size: int
    pieces: list[Piece] = field(default_factory=list)


def read_map(text: str) -> list[Section]:
    lines = text.splitlines()
    if not lines or not _HEAD.match(lines[0]):
        raise MapError("this is no map of lld's")
    found: list[Section] = []
    for number, line in enumerate(lines[1:], start=2):
        match = _LINE.match(line)
        if not match:
            raise MapError(f"line {number} of the map cannot be read: '{line}'")
        address, size, what = int(match[1], 16), int(match[3], 16), match[5] or ""
        if what[:1] not in ("", " "):
            # `name = value` and `. = ALIGN(n)` between sections are no sections.
            if " " not in what:
                found.append(Section(what, address, size))
            continue
        inside = _INPUT.match(what)
        if inside and found:
            found[-1].pieces.append(Piece(address, size, inside[1], inside[2]))
        elif found and _SCRIPT.match(what) and size:
            found[-1].pieces.append(Piece(address, size, "", what.strip()))
    return found
