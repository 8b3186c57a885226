"""A QEMU process that can never outlive its runner.

It runs in a session of its own, so that a ctrl-C at the terminal reaches the runner only, and
everything it starts can be killed at once. Four things end it: stop(), the interpreter's exit,
SIGTERM or SIGHUP (see exit_on_signals), and the kernel's parent-death signal when the runner itself
is killed outright.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1
_CHUNK = 65536
_KEPT_STDERR = 65536

_children: set[Child] = set()
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with(parent: int) -> None:
    """Runs in the new process before QEMU does."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # The parent went away before the line above: no signal will come.
        os._exit(1)


def exit_on_signals() -> None:
    """Makes SIGTERM and SIGHUP end this program through its exit handlers, which stop every child."""

    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)


@atexit.register
def _stop_all() -> None:
    for child in list(_children):
        child.stop()


class Child:
    """A running program with pipes for stdin, stdout and stderr; nothing here ever blocks on one of them."""

    def __init__(self, command: Sequence[str]) -> None:
        parent = os.getpid()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._stdin, self._stdout, self._stderr = (
            self._process.stdin.fileno(),
            self._process.stdout.fileno(),
            self._process.stderr.fileno(),
        )
        self._pending = bytearray()
        self._errors = bytearray()
        # Not epoll: `also` of pump() may be a regular file.
        self._selector = selectors.PollSelector()
        for pipe in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(pipe, False)
        for pipe in (self._stdout, self._stderr):
            self._selector.register(pipe, selectors.EVENT_READ)
        self._input_open = True
        self.ended_output = False
        _children.add(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Exit status, or None while it runs."""
        return self._process.poll()

    @property
    def pending_input(self) -> int:
        """Bytes given to write() that the program has not taken yet."""
        return len(self._pending)

    @property
    def errors(self) -> str:
        """The end of what the program wrote to stderr."""
        return self._errors.decode("utf-8", "backslashreplace").strip()

    def write(self, data: bytes) -> None:
        """Queues bytes for the program's stdin; pump() hands them over as fast as it takes them."""
        if not self._input_open:
            return
        if data and not self._pending:
            self._selector.register(self._stdin, selectors.EVENT_WRITE)
        self._pending += data

    def pump(self, seconds: float, also: int | None = None) -> bytes:
        """Moves bytes both ways and returns new output. Waits up to `seconds` for the first event.

        Returns at once when descriptor `also` becomes readable. No output: b"".
        """
        output = b""
        if also is not None:
            self._selector.register(also, selectors.EVENT_READ)
        try:
            for key, _ in self._selector.select(max(0.0, seconds)):
                if key.fd == self._stdout:
                    output = self._read_output()
                elif key.fd == self._stderr:
                    self._read_errors()
                elif key.fd == self._stdin:
                    self._write_pending()
        finally:
            if also is not None:
                self._selector.unregister(also)
        return output

    def wait(self, seconds: float) -> int | None:
        """Exit status once the program ends, or None if it still runs after `seconds`."""
        try:
            return self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Ends the program and all it started, and takes its exit status. Does nothing the second time."""
        if self not in _children:
            return
        _children.discard(self)
        for number, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 10.0)):
            # The group can outlive its first process, so it is signalled even when that one has ended.
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                break
            if self._process.poll() is None:
                self.wait(patience)
        self._process.wait()
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            try:
                stream.close()  # type: ignore[union-attr]
            except BrokenPipeError:
                pass

    def drain(self, seconds: float) -> bytes:
        """Reads what is left of the output, for at most `seconds`."""
        output = bytearray()
        end = time.monotonic() + seconds
        while not self.ended_output and time.monotonic() < end:
            output += self.pump(end - time.monotonic())
        return bytes(output)

    def _read_output(self) -> bytes:
        data = self._read(self._stdout)
        if not data and data is not None:
            self.ended_output = True
        return data or b""

    def _read_errors(self) -> None:
        data = self._read(self._stderr)
        if data:
            self._errors += data
            del self._errors[:-_KEPT_STDERR]

    def _read(self, pipe: int) -> bytes | None:
        """New bytes; b"" at the end of the stream, which is then no longer watched; None if there is nothing."""
        try:
            data = os.read(pipe, _CHUNK)
        except BlockingIOError:
            return None
        if not data:
            self._selector.unregister(pipe)
        return data

    def _write_pending(self) -> None:
        try:
            written = os.write(self._stdin, self._pending[:_CHUNK])
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._input_open = False
            written = len(self._pending)
        del self._pending[:written]
        if not self._pending:
            self._selector.unregister(self._stdin)
