"""`./baton size`: where the bytes of a board's image come from, by part of the tree, from the linker's map."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from tools.baton_cli.workspace import CommandError, Workspace
from tools.qemu.board import find_board
from tools.qemu.errors import UsageError
from tools.size.elf_sections import ElfSection, SectionsError, read_sections
from tools.size.linker_map import MapError, read_map
from tools.size.sizes import SizeError, Sizes, attribute, ordered, table, total
from tools.size.stacks import StacksError, thread_stacks

SUMMARY = "show where the bytes of a board's image come from"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("board", metavar="BOARD")
    parser.add_argument("--release", action="store_true", help="as released (-c opt), not as ./baton run builds it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    board = find_board(workspace.root, arguments.board)
    if board.is_program:
        raise UsageError(f"{board.name} is a program, not an image of bytes on a board")
    workspace.ensure_setup()
    flags = ["--output_groups=+map", *(["-c", "opt"] if arguments.release else [])]
    _, elf = workspace.build_image(board.image, flags)
    try:
        sections = read_sections(elf)
        parts = attribute(read_map(map_beside(elf)), sections, thread_stacks(elf))
    except (SectionsError, MapError, SizeError, StacksError) as error:
        raise CommandError(f"{board.name}: {error}") from error
    print(f"{board.title}, {'as released' if arguments.release else 'as ./baton run builds it'}; bytes")
    print(table(parts), end="")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        written = answer(board.name, board.image, arguments.release, sections, parts)
        arguments.json.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    return 0


def map_beside(elf: Path) -> str:
    path = elf.with_suffix(".map")
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def answer(board: str, image: str, release: bool, sections: list[ElfSection], parts: dict[str, Sizes]) -> dict[str, Any]:
    return {
        "board": board,
        "image": image,
        "release": release,
        "sections": [{"name": section.name, "kind": section.kind, "bytes": section.size} for section in sections],
        "parts": {part: parts[part] for part in ordered(parts)},
        "total": total(parts),
    }
