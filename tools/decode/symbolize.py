"""Addresses to functions and source lines, inlined calls included, and to variables, by llvm-symbolizer."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROGRAMS = ("llvm-symbolizer-19", "llvm-symbolizer")
_BUILD_ROOTS = ("/execroot/baton/", "/proc/self/cwd/")
# Where Bazel links a port's public headers to: strip_include_prefix = "include" in their package.
_LINKED_HEADER = re.compile(r"bazel-out/[^/]+/bin/(.+)/_virtual_includes/[^/]+/(.+)")


class SymbolizeError(Exception):
    """llvm-symbolizer is missing or does not answer."""


@dataclass(frozen=True)
class Place:
    """A function and where in its source; a call that was inlined is a place of its own."""

    function: str
    file: str
    line: int

    def __str__(self) -> str:
        """Function and where, for people."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return "  ".join(part for part in (self.function, where) if part)


# What the compiler writes for types that have shorter names, in this order.
_SHORTER = (
    ("std::__1::", "std::"),
    ("std::basic_string_view<char, std::char_traits<char>>", "std::string_view"),
    (", 18446744073709551615ul>", ">"),
    ("(anonymous namespace)::", ""),
)


def readable(name: str) -> str:
    """A demangled name as a person would write it."""
    for long, short in _SHORTER:
        name = name.replace(long, short)
    return name


def source_path(name: str) -> str:
    """A debug-information file name as the source tree spells it."""
    for root in _BUILD_ROOTS:
        _, found, rest = name.rpartition(root)
        if found:
            name = rest
    return _LINKED_HEADER.sub(r"\1/include/\2", name.removeprefix("./"))


def places_of(elf: Path, addresses: Iterable[int]) -> dict[int, list[Place]]:
    """Code addresses. For each the innermost place first; an empty list where the ELF file knows nothing."""
    places: dict[int, list[Place]] = {}
    for row in _ask(elf, "CODE", addresses):
        found = [
            Place(readable(symbol["FunctionName"]), source_path(symbol["FileName"]), symbol["Line"])
            for symbol in row.get("Symbol", [])
        ]
        places[int(row["Address"], 16)] = [place for place in found if place.function or place.file]
    return places


def variables_of(elf: Path, addresses: Iterable[int]) -> dict[int, str]:
    """Data addresses: `name` or `name+offset` of the variable that holds each; the others are left out."""
    names: dict[int, str] = {}
    for row in _ask(elf, "DATA", addresses):
        data, address = row.get("Data", {}), int(row["Address"], 16)
        offset = address - int(data.get("Start", "0"), 16)
        if data.get("Name") and 0 <= offset < int(data["Size"], 16):
            names[address] = readable(data["Name"]) + (f"+{offset:#x}" if offset else "")
    return names


def _ask(elf: Path, kind: str, addresses: Iterable[int]) -> list[dict[str, Any]]:
    wanted = sorted(set(addresses))
    if not wanted:
        return []
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise SymbolizeError("llvm-symbolizer-19 is not installed; run tools/setup, which installs it")
    command = [program, f"--obj={elf}", "--output-style=JSON", "--inlines", "--demangle"]
    try:
        answer = subprocess.run(
            command + [f"{kind} {address:#x}" for address in wanted],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        rows = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SymbolizeError(f"{program} failed on {elf}: {error}") from error
    return [row for row in rows if "Address" in row] if isinstance(rows, list) else [rows]
