"""`./baton image`: what goes on a board's SD card or into its flash memory, laid out in out/BOARD/."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from tools.baton_cli.workspace import Workspace
from tools.qemu.board import Board, Flash, SdCard, find_board
from tools.qemu.errors import UsageError

SUMMARY = "lay out what goes on a board's SD card or into its flash memory"

_FIRMWARE_SOURCE = "https://github.com/raspberrypi/firmware, folder boot/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("board", metavar="BOARD")


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    board = find_board(workspace.root, arguments.board)
    if board.is_program:
        raise UsageError(f"{board.name} is a program: ./baton run {board.name} builds and starts it")
    workspace.ensure_setup()
    image, elf = workspace.build_image(board.image)
    folder = workspace.out / board.name
    folder.mkdir(parents=True, exist_ok=True)
    shown = folder.relative_to(workspace.root)
    if board.sd_card is None:
        _replace(image, folder / image.name)
        _replace(elf, folder / elf.name)
        if board.flash is not None:
            print(flash_instructions(board, board.flash, shown, {"img": image.name, "elf": elf.name}), end="")
            return 0
        print(f"{board.title} has no card to write: it loads {shown}/{image.name} itself.")
        print(f"  boot it:      ./baton run {board.name}")
        print(f"  the command:  ./baton -v run {board.name}")
        return 0
    _replace(image, folder / board.sd_card.kernel)
    (folder / "config.txt").write_text(config_text(board, board.sd_card), encoding="ascii")
    print(instructions(board, board.sd_card, shown), end="")
    return 0


def config_text(board: Board, card: SdCard) -> str:
    return f"# Baton on {board.title}\n" + "".join(f"{line}\n" for line in card.config)


def instructions(board: Board, card: SdCard, folder: Path) -> str:
    lines = [
        f"{board.title}: for the first partition (FAT32) of an SD card, {folder}/ holds",
        f"  {card.kernel}",
        "  config.txt",
        *(f"      {line}" for line in card.config),
        f"Add the firmware's files from {_FIRMWARE_SOURCE}:",
        *(f"  {name}" for name in card.firmware),
        f"Console: {card.serial}.",
    ]
    return "\n".join(lines + untried_lines(board)) + "\n"


def flash_instructions(board: Board, flash: Flash, folder: Path, names: dict[str, str]) -> str:
    files = {"file": folder / names[flash.form], "raw": folder / names["img"]}
    lines = [
        f"{board.title}: for its flash memory, {folder}/ holds",
        f"  {names['elf']}   with addresses and symbols",
        f"  {names['img']}   the bytes alone",
        *(_filled_in(step, files) for step in flash.steps),
        f"Console: {flash.serial}.",
    ]
    return "\n".join(lines + untried_lines(board)) + "\n"


def untried_lines(board: Board) -> list[str]:
    if not board.untried:
        return []
    return ["Never tried on hardware:", *(f"  {text}" for text in board.untried)]


def _filled_in(step: str, files: dict[str, Path]) -> str:
    for word, path in files.items():
        step = step.replace("{" + word + "}", str(path))
    return step


def _replace(source: Path, target: Path) -> None:
    # What Bazel builds is read-only; a copy of a copy must not fail on that.
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)
