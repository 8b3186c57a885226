"""`./baton debug`: QEMU stopped at reset, with gdb attached."""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
from pathlib import Path

from tools.baton_cli.workspace import CommandError, Workspace
from tools.qemu.board import Board, find_board
from tools.qemu.debug_server import attach_console, debug_server
from tools.qemu.errors import UsageError
from tools.qemu.runner import add_machine_arguments, options_of

SUMMARY = "boot under gdb, stopped at reset"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("board", metavar="BOARD")
    parser.add_argument("--console", action="store_true", help="the serial console of the session that is running")
    parser.add_argument(
        "--ex", action="append", default=[], metavar="CMD", help="gdb command to begin with (repeatable)"
    )
    parser.add_argument("--batch", action="store_true", help="end after the --ex commands")
    add_machine_arguments(parser)


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    board = find_board(workspace.root, arguments.board)
    if board.is_program:
        raise UsageError(f"{board.name} is a program: build {board.image}, then start a debugger on it")
    options = options_of(arguments)
    options.check(board)
    if arguments.console:
        attach_console(board, workspace.root)
        return 0
    workspace.ensure_setup()
    gdb = shutil.which("gdb-multiarch")
    if gdb is None:
        raise CommandError("gdb-multiarch is not installed; run tools/setup, which installs it")
    image, elf = workspace.build_image(board.image)
    log = workspace.out / board.name / "console.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with debug_server(board, elf if board.form == "elf" else image, options, workspace.root, log) as server:
        if not arguments.batch:
            workspace.say(f"the console: ./baton debug {board.name} --console in another terminal, and in {log}")
        command = gdb_command(gdb, board, elf, server, workspace.root, arguments.ex, arguments.batch)
        workspace.show(command)
        # ctrl-C stops the machine, which is gdb's work; it must not end this program.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return subprocess.Popen(command, cwd=workspace.root, preexec_fn=_take_interrupts).wait()
        finally:
            signal.signal(signal.SIGINT, before)


def gdb_command(
    gdb: str, board: Board, elf: Path, server: Path, root: Path, commands: list[str], batch: bool
) -> list[str]:
    line = [gdb, "-q"]
    if batch:
        line += ["-batch", "-nx"]
    # QEMU's AArch64 says what it is once it runs; a Cortex-M is what the image's file says.
    architecture = "aarch64" if board.qemu.endswith("aarch64") else "auto"
    line += ["-ex", f"set architecture {architecture}", "-ex", f"target remote {server}"]
    line += ["-x", str(root / "tools" / "gdb" / "baton.py")]
    for command in commands:
        line += ["-ex", command]
    return [*line, str(elf)]


def _take_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
