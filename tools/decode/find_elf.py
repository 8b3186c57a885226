"""Finds the ELF file that a dump's build-id names, among what Bazel has built."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.decode.elf import Elf, ElfError

# Folders of a Bazel output tree that hold links to, or copies of, files found elsewhere in it.
_SKIPPED = (".runfiles", "_objs")


def elf_files(root: Path) -> Iterator[Path]:
    """Every *.elf below `root`, in a stable order."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.endswith(_SKIPPED) and name != "external")
        for name in sorted(files):
            if name.endswith(".elf"):
                yield Path(folder) / name


def output_trees(bazel_out: Path) -> list[Path]:
    """The bin folders of every configuration below bazel-out."""
    return sorted(path for path in bazel_out.glob("*/bin") if path.is_dir())


def find_elf(build_id: str, roots: Iterable[Path]) -> tuple[Elf | None, int]:
    """The first ELF file with this build-id, and how many were looked at."""
    looked_at: set[Path] = set()
    for root in roots:
        for path in elf_files(root):
            real = path.resolve()
            if real in looked_at:
                continue
            looked_at.add(real)
            try:
                elf = Elf(path)
            except (ElfError, OSError):
                continue
            if elf.build_id == build_id:
                return elf, len(looked_at)
    return None, len(looked_at)
