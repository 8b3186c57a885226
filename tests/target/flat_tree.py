"""Flattened device trees made by hand, whole ones and damaged ones.  [DTSpec 5]"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_BEGIN_NODE, _END_NODE, _PROP, _END = 1, 2, 3, 9
_MAGIC = 0xD00DFEED
_VERSION, _COMPATIBLE_VERSION = 17, 16
_HEADER_BYTES = 40


def cells(*values: int) -> bytes:
    return b"".join(struct.pack(">I", value) for value in values)


def strings(*values: str) -> bytes:
    return b"".join(value.encode() + b"\0" for value in values)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


@dataclass
class Node:
    name: str
    properties: dict[str, bytes] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


def flatten(root: Node) -> bytes:
    names = bytearray()
    structure = bytearray()

    def put(node: Node) -> None:
        structure.extend(cells(_BEGIN_NODE) + _padded(node.name.encode() + b"\0"))
        for name, value in node.properties.items():
            structure.extend(cells(_PROP, len(value), len(names)) + _padded(value))
            names.extend(name.encode() + b"\0")
        for child in node.children:
            put(child)
        structure.extend(cells(_END_NODE))

    put(root)
    structure.extend(cells(_END))
    reserved = bytes(16)
    structure_at = _HEADER_BYTES + len(reserved)
    names_at = structure_at + len(structure)
    total = names_at + len(names)
    header = cells(
        _MAGIC, total, structure_at, names_at, _HEADER_BYTES, _VERSION, _COMPATIBLE_VERSION, 0, len(names), len(structure)
    )
    return header + reserved + bytes(structure) + bytes(names)
