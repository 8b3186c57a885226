"""A machine that waits for a debugger: QEMU stopped at reset, gdb and the serial console each on a Unix socket.

The sockets lie in a folder that only this user may enter, and whose short path does not depend on
where the source tree is (a socket's path holds 107 bytes).
"""

from __future__ import annotations

import hashlib
import os
import select
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

from tools.qemu.binary import Serial, command_line, find_qemu
from tools.qemu.board import Board, Options
from tools.qemu.errors import MachineError, SetupError
from tools.qemu.interactive import raw_terminal
from tools.qemu.process import Child

_START_SECONDS = 10.0
_LEAVE = b"\x1d"  # ctrl-], as in telnet
_CHUNK = 4096


def socket_folder(root: Path, board: Board) -> Path:
    """Where the sockets of a debug session of this tree and board are."""
    tree = hashlib.sha256(os.fsencode(root.absolute())).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"baton-{os.getuid()}-{tree}" / board.name


@contextmanager
def debug_server(board: Board, image: Path, options: Options, root: Path, log: Path) -> Iterator[Path]:
    """QEMU, stopped at reset, while the block runs; yields gdb's socket. The console is also written to `log`."""
    folder = socket_folder(root, board)
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    if folder.parent.stat().st_uid != os.getuid():
        raise SetupError(f"{folder.parent} belongs to somebody else; remove it, or set TMPDIR")
    folder.mkdir(mode=0o700, exist_ok=True)
    debugger, console = folder / "gdb", folder / "console"
    if _answers(console):
        raise MachineError(f"a debug session of {board.name} is already running in this tree; end it first")
    for leftover in (debugger, console):
        leftover.unlink(missing_ok=True)
    sockets = (
        *("-chardev", f"socket,id=gdb,path={debugger},server=on,wait=off", "-gdb", "chardev:gdb"),
        *("-chardev", f"socket,id=console,path={console},server=on,wait=off,logfile={_escaped(log)}"),
        *("-serial", "chardev:console", "-S"),
    )
    line = command_line(
        board, replace(options, qemu_args=options.qemu_args + sockets), image, Serial.ELSEWHERE
    )
    line[0] = find_qemu(board)
    child = Child(line)
    try:
        end = time.monotonic() + _START_SECONDS
        while not debugger.exists() and not child.ended_output and time.monotonic() < end:
            child.pump(0.05)
        if not debugger.exists():
            raise SetupError(f"QEMU did not start: {child.errors or 'it opened no debugger socket'}")
        yield debugger
    finally:
        child.stop()
        for leftover in (debugger, console):
            leftover.unlink(missing_ok=True)
        with suppress(OSError):  # The outer one may hold the session of another board.
            folder.rmdir()
            folder.parent.rmdir()


def attach_console(board: Board, root: Path) -> None:
    """Puts the console of the running debug session on this terminal, until ctrl-] or the session's end."""
    path = socket_folder(root, board) / "console"
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(os.fspath(path))
        except OSError as error:
            raise SetupError(
                f"no debug session of {board.name} is running in this tree; start one: ./baton debug {board.name}"
            ) from error
        keyboard = sys.stdin.fileno()
        print("console of the debug session; ctrl-] leaves it", file=sys.stderr, flush=True)
        with raw_terminal(keyboard) if os.isatty(keyboard) else nullcontext():
            _copy(connection, keyboard)


def _copy(connection: socket.socket, keyboard: int) -> None:
    sources = [connection.fileno(), keyboard]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if connection.fileno() in ready:
            data = connection.recv(_CHUNK)
            if not data:
                return
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        if keyboard in ready:
            keys = os.read(keyboard, _CHUNK)
            if _LEAVE in keys:
                return
            if keys:
                connection.sendall(keys)
            else:
                sources.remove(keyboard)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(path))
        except OSError:
            return False
    return True


def _escaped(path: Path) -> str:
    """QEMU's option values end at a comma, unless it is doubled."""
    return os.fspath(path).replace(",", ",,")
