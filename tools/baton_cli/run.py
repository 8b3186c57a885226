"""`./baton run`: sets up, builds, boots."""

from __future__ import annotations

import argparse
import sys

from tools.baton_cli.workspace import Workspace
from tools.qemu.board import find_board
from tools.qemu.runner import (
    add_machine_arguments,
    add_session_arguments,
    check_session,
    options_of,
    run_session,
    shown_command,
)

SUMMARY = "build Baton and boot it under QEMU, or as a Linux program (board host)"
DEFAULT_BOARD = "raspi4b"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("board", nargs="?", default=DEFAULT_BOARD, metavar="BOARD", help=f"default: {DEFAULT_BOARD}")
    add_machine_arguments(parser)
    add_session_arguments(parser)


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    board = find_board(workspace.root, arguments.board)
    # What cannot be run is said before anything is built.
    options_of(arguments).check(board)
    check_session(arguments)
    workspace.ensure_setup()
    image, elf = workspace.build_image(board.image)
    if board.form == "elf":
        image = elf
    if workspace.verbose:
        print(f"+ {shown_command(board, image, arguments)}", file=sys.stderr, flush=True)
    return run_session(board, image, elf, arguments, workspace.root)
