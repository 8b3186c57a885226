"""`./baton trace`: boots a board, runs commands, and writes what all cores did last to a file for Perfetto's page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.baton_cli.run import DEFAULT_BOARD
from tools.baton_cli.workspace import CommandError, Workspace
from tools.decode.decode import DecodeError
from tools.qemu.board import Board, find_board
from tools.qemu.errors import CommandFailed, Panicked, RunnerError, UsageError
from tools.qemu.machine import Machine
from tools.qemu.runner import DEFAULT_TIMEOUT, add_machine_arguments, options_of, seconds
from tools.qemu.script import Printer, explain_panic, split_commands
from tools.trace.convert import convert, summary
from tools.trace.dump import TraceError
from tools.trace.picture import draw_file
from tools.trace.timeline import Timeline

SUMMARY = "record what all cores do, for Perfetto's page or chrome://tracing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("board", nargs="?", default=None, metavar="BOARD", help=f"default: {DEFAULT_BOARD}")
    parser.add_argument("--exec", metavar="'A; B'", help="type these commands at the shell, then take the trace")
    parser.add_argument(
        "--from", dest="log", type=Path, metavar="LOG", help="boot nothing: a console's text with a `trace dump` in it"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: out/trace.json")
    parser.add_argument("--last", type=int, metavar="N", help="only each core's last N events")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="also draw the liveliest milliseconds, as SVG")
    parser.add_argument(
        "--timeout", type=seconds, metavar="S", help=f"seconds for all of it (default: {DEFAULT_TIMEOUT:.0f})"
    )
    add_machine_arguments(parser)


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    output = arguments.output or workspace.out / "trace.json"
    if arguments.log is not None:
        if arguments.board is not None or arguments.exec is not None:
            raise UsageError("--from takes the trace from a log; leave BOARD and --exec out")
        return _write(_read(arguments.log), output, arguments.picture)
    board = find_board(workspace.root, arguments.board or DEFAULT_BOARD)
    options = options_of(arguments)
    # What cannot be run is said before anything is built.
    options.check(board)
    commands = split_commands(arguments.exec or "")
    if not commands:
        raise UsageError("say what is to be traced: --exec 'stress 2'; or give a saved console log: --from LOG")
    if arguments.last is not None and arguments.last < 1:
        raise UsageError(f"--last {arguments.last}: at least 1 event is wanted")
    workspace.ensure_setup()
    image, elf = workspace.build_image(board.image)
    if board.form == "elf":
        image = elf
    return _trace(workspace, board, image, elf, commands, output, arguments)


def _trace(
    workspace: Workspace,
    board: Board,
    image: Path,
    elf: Path,
    commands: list[str],
    output: Path,
    arguments: argparse.Namespace,
) -> int:
    limit = arguments.timeout or DEFAULT_TIMEOUT
    failed = None
    try:
        with Machine(board, image, options_of(arguments), limit=limit, on_line=Printer(_Quiet())) as machine:
            machine.wait_prompt(timeout=float("inf"))
            for command in commands:
                status = machine.run(command, timeout=float("inf")).status
                if status != 0:
                    # What happened before it failed is what one wants to see.
                    failed = CommandFailed(f"'{command}' failed with status {status}")
                    break
            dump = machine.run(_dump_command(arguments.last), timeout=float("inf"))
            machine.poweroff()
    except RunnerError as error:
        _explain(error, elf, workspace.root)
        raise
    if dump.status != 0:
        raise CommandFailed(f"'trace dump' failed with status {dump.status}: {dump.text[-200:]}")
    status = _write(dump.text, output, arguments.picture)
    if failed is not None:
        raise failed
    return status


def _dump_command(last: int | None) -> str:
    return "trace dump" if last is None else f"trace dump {last}"


class _Quiet:
    """Standard output without the lines that only programs read."""

    def __init__(self) -> None:
        self._skipped = False

    def write(self, text: str) -> int:
        self._skipped = text.startswith("@")
        return len(text) if self._skipped else sys.stdout.write(text)

    def flush(self) -> None:
        if not self._skipped:
            sys.stdout.flush()


def _explain(error: RunnerError, elf: Path, root: Path) -> None:
    if isinstance(error, Panicked):
        try:
            print(f"\n{explain_panic(error.panic, elf, root)}", flush=True)
        except DecodeError as reason:
            print(f"baton: the panic cannot be decoded: {reason}", file=sys.stderr)
    if error.details:
        print("last output:", file=sys.stderr)
        for line in error.details.split("\n"):
            print(f"  | {line}", file=sys.stderr)


def _read(log: Path) -> str:
    try:
        return log.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise CommandError(f"{log}: {error.strerror}") from error


def _write(text: str, output: Path, picture: Path | None) -> int:
    try:
        line: Timeline = convert(text, output)
        if picture is not None:
            draw_file(output, picture)
    except TraceError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}") from error
    for problem in line.trace.problems:
        print(f"baton: {problem}", file=sys.stderr)
    print(f"trace: {summary(line)}")
    print(f"trace: {output}: open it at https://ui.perfetto.dev or chrome://tracing")
    return 0
