"""Where an image's bytes come from, by the linker's map; and where its objects are, by its symbols."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from bench.kernel.samples import KernelBenchError

# VMA, LMA, size, alignment, then `file:(section)` indented by eight.
_INPUT = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ {9}(\S.*):\((\S+)\)$")
_SYMTAB = 2


def kind_of(section: str) -> str | None:
    """What a section of an object file becomes in the image; None: nothing that is loaded."""
    if section.startswith((".text", ".boot")):
        return "code"
    if section.startswith((".rodata", ".exception_table", ".data.rel.ro", ".vectors")):
        return "constants"
    if section.startswith(".data"):
        return "data"
    if section.startswith((".bss", "COMMON", ".stacks")):
        return "zeroed"
    return None


def part_of(path: str) -> str:
    """`kernel/sched` of an object's path in Bazel's output folder."""
    match = re.search(r"(?:^|/)bin/(.*)/_objs/", path)
    if not match:
        return "linker" if path.startswith("<") else "other"
    folders = match[1].split("/")
    if folders[0] == "external":
        return "/".join(folders[:2])
    return folders[0] if folders[0] in ("base", "sync") else "/".join(folders[:2])


def parts(text: str) -> dict[str, dict[str, int]]:
    """Bytes by part and kind."""
    found: dict[str, dict[str, int]] = {}
    for line in text.splitlines():
        match = _INPUT.match(line)
        if not match:
            continue
        kind = kind_of(match[3])
        if kind is not None:
            part = found.setdefault(part_of(match[2]), {})
            part[kind] = part.get(kind, 0) + int(match[1], 16)
    if not found:
        raise KernelBenchError("the linker's map names no sections")
    return found


def symbols(path: Path) -> list[tuple[int, int, str]]:
    """(address, bytes, name) of a little-endian ELF file's symbols."""
    data = path.read_bytes()
    wide = data[4:5] == b"\x02"
    try:
        offset = struct.unpack_from("<Q" if wide else "<I", data, 40 if wide else 32)[0]
        count = struct.unpack_from("<H", data, 60 if wide else 48)[0]
        layout = "<IIQQQQIIQQ" if wide else "<IIIIIIIIII"
        sections = [struct.unpack_from(layout, data, offset + struct.calcsize(layout) * index) for index in range(count)]
        found = []
        for section in sections:
            if section[1] != _SYMTAB:
                continue
            names = sections[section[6]][4]
            for at in range(section[4], section[4] + section[5], 24 if wide else 16):
                if wide:
                    name, _, _, _, address, size = struct.unpack_from("<IBBHQQ", data, at)
                else:
                    name, address, size, _, _, _ = struct.unpack_from("<IIIBBH", data, at)
                text = data[names + name : data.index(b"\0", names + name)].decode("ascii", "replace")
                if text and not text.startswith("$"):
                    found.append((address, size, text))
    except (struct.error, IndexError, ValueError) as error:
        raise KernelBenchError(f"{path}: damaged ELF file ({error})") from error
    if not found:
        raise KernelBenchError(f"{path}: no symbols")
    return found


def address_of(name: str, table: list[tuple[int, int, str]]) -> int:
    addresses = {address for address, _, its in table if its == name}
    if len(addresses) != 1:
        raise KernelBenchError(f"the image has {len(addresses)} symbols called {name}, not one")
    return addresses.pop()
