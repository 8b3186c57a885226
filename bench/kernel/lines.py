"""Which cache lines the cores have in common, and how many instructions they took, as the plugin has seen it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bench.kernel.samples import KernelBenchError


class Use(NamedTuple):
    reads: int
    writes: int


class Sharing(NamedTuple):
    cores: int  # that touched anything
    lines: int  # that were touched by anybody
    written: dict[int, dict[int, Use]]  # by several cores, and written by at least one: line, core
    read_only: list[int]  # read by several cores


def read_lines(text: str) -> dict[int, dict[int, Use]]:
    """What each core did with each line, by line and core."""
    found: dict[int, dict[int, Use]] = {}
    for row in text.splitlines():
        words = row.split()
        try:
            core, line, reads, writes = int(words[0]), int(words[1], 16), int(words[2]), int(words[3])
        except (ValueError, IndexError) as error:
            raise KernelBenchError(f"cannot read the line '{row}'") from error
        found.setdefault(line, {})[core] = Use(reads, writes)
    return found


def read_instructions(text: str, cores: int) -> list[list[int]]:
    """Of each play, what each core took."""
    found: list[dict[int, int]] = []
    for row in text.splitlines():
        words = row.split()
        try:
            core, count = map(int, words)
        except ValueError as error:
            raise KernelBenchError(f"cannot read the line '{row}'") from error
        # A play ends when all of its cores are done.
        if not found or len(found[-1]) == cores:
            found.append({})
        if core in found[-1] or not core < cores or count <= 0:
            raise KernelBenchError(f"core {core} of {cores} took {count} instructions, out of turn")
        found[-1][core] = count
    if not found or len(found[-1]) != cores:
        raise KernelBenchError(f"of {cores} cores not all were seen")
    return [[play[core] for core in range(cores)] for play in found]


def sharing(lines: dict[int, dict[int, Use]]) -> Sharing:
    written, read_only = {}, []
    for line, uses in sorted(lines.items()):
        if len(uses) < 2:
            continue
        if any(use.writes for use in uses.values()):
            written[line] = uses
        else:
            read_only.append(line)
    return Sharing(len({core for uses in lines.values() for core in uses}), len(lines), written, read_only)


def names_of(lines: Iterable[int], symbols: list[tuple[int, int, str]]) -> list[str]:
    """The objects in these lines; `symbols` are (address, bytes, name)."""
    names = set()
    for line in lines:
        inside = [name for address, size, name in symbols if address < line + 64 and line < address + max(size, 1)]
        names.update(inside or [f"{line:#x}"])
    return sorted(names)
