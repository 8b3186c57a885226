"""Boots an image under QEMU: the only program that knows QEMU's command lines.

    runner.py --board virt    or    --board-json boards/virt/run.json --image kernel.img --elf kernel.elf
              [--smp N] [--gic 2|3] [--memory SIZE] [--append ARGS] [--no-reboot]
              [--machine-option OPTION] [--qemu-arg ARG]
              [--exec 'COMMAND; COMMAND'] [--expect REGEX] [--expect-panic] [--timeout SECONDS]

Without --exec the console is on this terminal. With it, exit status 0 means: every command answered
with status 0, every --expect was found, and QEMU ended as it should. 1: one of these failed; 2: the
request makes no sense; 3: the kernel panicked; 124: time was up; 130: interrupted.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.decode.decode import DecodeError
from tools.qemu.binary import Serial, command_line
from tools.qemu.board import Board, Options, find_board, load_board
from tools.qemu.errors import Panic, Panicked, RunnerError, SetupError, UsageError
from tools.qemu.interactive import run_interactive
from tools.qemu.machine import Machine
from tools.qemu.process import exit_on_signals
from tools.qemu.script import (
    Printer,
    check_expected,
    check_patterns,
    explain_panic,
    run_script,
    run_to_panic,
    split_commands,
)

DEFAULT_TIMEOUT = 120.0

_ROOT = Path(__file__).absolute().parents[2]


def add_machine_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that choose the machine; ./baton run has the same."""
    parser.add_argument("--smp", type=int, metavar="N", help="number of cores, where the board lets one choose")
    parser.add_argument("--gic", type=int, metavar="2|3", help="interrupt controller version (virt)")
    parser.add_argument("--memory", metavar="SIZE", help="such as 512M, where the board lets one choose")
    parser.add_argument("--append", default="", metavar="ARGS", help="boot arguments for the kernel")
    parser.add_argument("--machine-option", action="append", default=[], metavar="O", help="added to QEMU's -M")
    parser.add_argument("--qemu-arg", action="append", default=[], metavar="ARG", help="added to QEMU's command line")
    parser.add_argument("--no-reboot", action="store_true", help="a reset ends QEMU instead of booting again")


def add_session_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what is done at the console."""
    parser.add_argument("--exec", metavar="'A; B'", help="type these commands at the shell, then power off")
    parser.add_argument(
        "--expect", action="append", default=[], metavar="REGEX", help="with --exec: must be in the output (repeatable)"
    )
    parser.add_argument(
        "--expect-panic", action="store_true", help="the last command, or without --exec the boot, must panic"
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="S",
        help=f"seconds for all of it (default with --exec: {DEFAULT_TIMEOUT:.0f})",
    )


def seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def options_of(arguments: argparse.Namespace) -> Options:
    return Options(
        smp=arguments.smp,
        gic=arguments.gic,
        memory=arguments.memory,
        append=arguments.append,
        machine_options=tuple(arguments.machine_option),
        qemu_args=tuple(arguments.qemu_arg),
        no_reboot=arguments.no_reboot,
    )


def check_session(arguments: argparse.Namespace) -> list[str]:
    """The commands to type. Raises UsageError when the session's arguments make no sense."""
    if arguments.expect and arguments.exec is None and not arguments.expect_panic:
        raise UsageError("--expect needs --exec or --expect-panic: else it is you who reads the output")
    check_patterns(arguments.expect)
    return split_commands(arguments.exec or "")


def run_session(
    board: Board, image: Path, elf: Path, arguments: argparse.Namespace, source_root: Path | None = None
) -> int:
    """Runs what the arguments say; reports on stdout (transcript) and stderr (what went wrong). The exit status."""
    try:
        _run(board, image, elf, arguments, source_root)
    except RunnerError as error:
        if isinstance(error, Panicked):
            _print_report(error.panic, elf, source_root)
        if error.details:
            print("last output:", file=sys.stderr)
            for line in error.details.split("\n"):
                print(f"  | {line}", file=sys.stderr)
        print(f"baton: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("baton: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output is gone; nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _run(board: Board, image: Path, elf: Path, arguments: argparse.Namespace, source_root: Path | None) -> None:
    options = options_of(arguments)
    options.check(board)
    commands = check_session(arguments)
    if not image.is_file():
        raise SetupError(f"{image} does not exist; build {board.image} first")
    if arguments.exec is None and not arguments.expect_panic:
        run_interactive(board, image, options, arguments.timeout)
        return
    limit = arguments.timeout or DEFAULT_TIMEOUT
    with Machine(board, image, options, limit=limit, on_line=Printer(sys.stdout)) as machine:
        if not arguments.expect_panic:
            run_script(machine, commands)
            check_expected(arguments.expect, machine.transcript)
            return
        panic = run_to_panic(machine, commands)
        try:
            report = explain_panic(panic, elf, source_root)
        except DecodeError as error:
            raise Panicked(f"the panic cannot be decoded: {error}", panic) from error
        print(report, end="", flush=True)
        check_expected(arguments.expect, machine.transcript + "\n" + report)


def _print_report(panic: Panic, elf: Path, source_root: Path | None) -> None:
    try:
        print(f"\n{explain_panic(panic, elf, source_root)}", flush=True)
    except DecodeError as error:
        print(f"baton: the panic cannot be decoded: {error}", file=sys.stderr)


def shown_command(board: Board, image: Path, arguments: argparse.Namespace) -> str:
    """QEMU's command line as one could type it."""
    interactive = arguments.exec is None and not arguments.expect_panic and sys.stdin.isatty()
    serial = Serial.TERMINAL if interactive else Serial.SCRIPT
    return shlex.join(command_line(board, options_of(arguments), image, serial))


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="runner", description="Boots an image under QEMU.")
    parser.add_argument("--board", metavar="NAME", help="a board of the tree (or runfiles) that this program is in")
    parser.add_argument("--board-json", type=Path, metavar="FILE", help="instead of --board, with --image and --elf")
    parser.add_argument("--image", type=Path, metavar="FILE")
    parser.add_argument("--elf", type=Path, metavar="FILE")
    add_machine_arguments(parser)
    add_session_arguments(parser)
    arguments = parser.parse_args(argv)
    files = (arguments.board_json, arguments.image, arguments.elf)
    if files.count(None) != (3 if arguments.board else 0):
        parser.error("give either --board, or --board-json, --image and --elf")
    exit_on_signals()
    try:
        if arguments.board:
            board = find_board(_ROOT, arguments.board)
            image, elf = (board.image_path(_ROOT, form) for form in ("img", "elf"))
        else:
            board = load_board(arguments.board_json)
            image, elf = arguments.image, arguments.elf
    except RunnerError as error:
        print(f"baton: {error}", file=sys.stderr)
        return error.exit_status
    return run_session(board, elf if board.form == "elf" else image, elf, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
