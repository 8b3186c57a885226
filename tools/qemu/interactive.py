"""The console on this terminal, or piped through when stdin is none."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.qemu.binary import Serial, start_line
from tools.qemu.board import Board, Options
from tools.qemu.errors import Ended, Panic, Panicked, TimedOut
from tools.qemu.marks import PanicWatch, is_prompt
from tools.qemu.process import Child
from tools.qemu.terminal import Terminal

HINT = "ctrl-A x ends QEMU; ctrl-A ctrl-A types a ctrl-A"

_TICK_SECONDS = 0.2
# After the end of piped input, a prompt that stands this long means that everything typed has been done.
_IDLE_SECONDS = 1.0
_INPUT_CHUNK = 4096


@contextmanager
def raw_terminal(descriptor: int) -> Iterator[None]:
    """The terminal passes every key on at once while the block runs, and is itself again afterwards."""
    before = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def run_interactive(board: Board, image: Path, options: Options, limit: float | None = None) -> None:
    """Returns when QEMU ends with status 0. Raises Ended, Panicked or TimedOut otherwise."""
    keyboard = sys.stdin.fileno() if sys.stdin is not None else os.open(os.devnull, os.O_RDONLY)
    if os.isatty(keyboard):
        print(f"{board.title}: {HINT}", file=sys.stderr, flush=True)
        with raw_terminal(keyboard):
            panic, status = _connect(board, image, options, limit, keyboard, Serial.TERMINAL)
    else:
        panic, status = _connect(board, image, options, limit, keyboard, Serial.SCRIPT)
    if panic is not None:
        raise Panicked("the kernel panicked", panic)
    if status != 0:
        raise Ended(f"QEMU ended with status {status}", status)


def _connect(
    board: Board, image: Path, options: Options, limit: float | None, keyboard: int, serial: Serial
) -> tuple[Panic | None, int]:
    line = start_line(board, options, image, serial)
    watch = PanicWatch()
    terminal = Terminal(watch.add)
    child = Child(line)
    end = time.monotonic() + limit if limit is not None else float("inf")
    # Piped bytes wait for the shell: before the port is set up there is nobody to keep them.
    ready, typing, asked_off = serial is Serial.TERMINAL, True, False
    last_output = time.monotonic()
    try:
        while not child.ended_output:
            want_keys = ready and typing and child.pending_input < _INPUT_CHUNK
            data = child.pump(min(_TICK_SECONDS, end - time.monotonic()), keyboard if want_keys else None)
            if data:
                last_output = time.monotonic()
                terminal.feed(data)
                ready = ready or is_prompt(terminal.line)
                _write_all(sys.stdout.fileno(), data)
            if want_keys and select.select([keyboard], [], [], 0)[0]:
                keys = os.read(keyboard, _INPUT_CHUNK)
                child.write(keys)
                typing = bool(keys)
            now = time.monotonic()
            # Nobody can type any more: what was piped in gets done, then the machine goes off.
            if not typing and not asked_off and child.pending_input == 0:
                if is_prompt(terminal.line) and now - last_output > _IDLE_SECONDS:
                    child.write(b"poweroff\r")
                    asked_off = True
            if now >= end:
                raise TimedOut(f"timed out after {limit:.0f} s waiting for QEMU to end", terminal.line)
        terminal.finish()
        status = child.wait(10)
        if child.errors:
            print(child.errors, file=sys.stderr)
    finally:
        child.stop()
    if status is None:
        raise Ended("QEMU closed the console but did not end within 10 s", -1)
    return (Panic(watch.text, status, watch.complete) if watch.begun else None), status


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
