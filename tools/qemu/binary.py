"""Finds the QEMU program that a board needs, checks its version, and writes its command line."""

from __future__ import annotations

import re
import shutil
import subprocess
from enum import Enum
from pathlib import Path

from tools.qemu.board import Board, Options
from tools.qemu.errors import SetupError


class Serial(Enum):
    """Where the machine's first serial port goes."""

    SCRIPT = "script"  # QEMU's stdin and stdout, every byte as it is
    TERMINAL = "terminal"  # the same, shared with QEMU's monitor: ctrl-A x ends QEMU, ctrl-A c switches
    ELSEWHERE = "elsewhere"  # the options' qemu_args say where


_SERIAL_ARGUMENTS = {
    Serial.SCRIPT: ["-serial", "stdio", "-monitor", "none"],
    Serial.TERMINAL: ["-serial", "mon:stdio"],
    Serial.ELSEWHERE: ["-monitor", "none"],
}


def version_tuple(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def find_qemu(board: Board) -> str:
    """Full path of the board's QEMU. SetupError, with what to do, when it is missing or too old."""
    remedy = "run tools/setup, which installs one"
    path = shutil.which(board.qemu)
    if path is None:
        raise SetupError(f"{board.qemu} is not installed; {remedy}")
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"{path} does not run ({error}); {remedy}") from error
    found = re.search(r"version (\d+(?:\.\d+)+)", answer.stdout)
    if not found:
        raise SetupError(f"{path} --version does not name a version; {remedy}")
    if version_tuple(found[1]) < version_tuple(board.qemu_version):
        raise SetupError(
            f"{path} is version {found[1]}, but {board.name} needs {board.qemu_version} or newer; {remedy}"
        )
    return path


def start_line(board: Board, options: Options, image: Path, serial: Serial = Serial.SCRIPT) -> list[str]:
    """command_line() with a QEMU that was found and is new enough."""
    line = command_line(board, options, image, serial)
    if not board.is_program:
        line[0] = find_qemu(board)
    return line


def command_line(board: Board, options: Options, image: Path, serial: Serial = Serial.SCRIPT) -> list[str]:
    """QEMU's whole command line, or a program's. Raises UsageError when the board cannot be run so."""
    options.check(board)
    if board.is_program:
        line = [str(image), f"--smp={options.smp or board.smp_default}"]
        if options.append:
            line.append(f"--append={options.append}")
        if serial is Serial.TERMINAL:
            line.append("--escape")
        return line + list(options.qemu_args)
    machine = [board.machine]
    gic = options.gic or board.gic_default
    if gic is not None:
        machine.append(f"gic-version={gic}")
    machine += options.machine_options
    line = [board.qemu, "-M", ",".join(machine)]
    if options.cpu or board.cpu is not None:
        line += ["-cpu", options.cpu or board.cpu]
    line += ["-smp", str(options.smp or board.smp_default)]
    if not board.memory_fixed:
        line += ["-m", options.memory or board.memory]
    line += board.arguments
    line += ["-display", "none", "-semihosting-config", "enable=on,target=native"]
    if options.second_serial:
        line += ["-serial", "null"]
    line += _SERIAL_ARGUMENTS[serial]
    if options.no_reboot:
        line.append("-no-reboot")
    if options.kernel:
        line += ["-kernel", str(image)]
    if options.append:
        line += ["-append", options.append]
    return line + list(options.qemu_args)
