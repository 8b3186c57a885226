"""A machine under QEMU and its serial console, read as lines and written as bytes.

Every wait ends: with what was waited for, or with an exception of tools.qemu.errors (time is up,
panic, QEMU ended). One thread only. Most callers want Machine, which knows the shell too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tools.qemu.binary import start_line
from tools.qemu.board import Board, Options
from tools.qemu.errors import Ended, MachineError, Panic, Panicked, SetupError, TimedOut
from tools.qemu.log import Log
from tools.qemu.marks import PanicWatch
from tools.qemu.process import Child
from tools.qemu.terminal import Terminal

_TICK_SECONDS = 0.05
_SHOWN_LINES = 12
# A panic's dump is written while interrupts are off and every other core is stopped: a pause this long is its end.
_DUMP_PAUSE_SECONDS = 15.0
_POWER_OFF_SECONDS = 5.0

T = TypeVar("T")
C = TypeVar("C", bound="Console")


class Console:
    def __init__(
        self,
        board: Board,
        image: Path,
        options: Options = Options(),
        *,
        limit: float | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        """`limit`: seconds for the machine's whole life. `on_line` sees each finished line as it comes."""
        self.board = board
        self.image = image
        self.options = options
        self._limit = limit
        self._on_line = on_line
        self._log = Log()
        self._terminal = Terminal(self._add_line)
        self._child: Child | None = None
        self._end_of_life = float("inf")
        self._last_output = 0.0
        self._panic = PanicWatch()
        self._panic_taken = False
        self._seen = (0, 0)  # What wait_for has consumed: line number, characters of that line.

    def __enter__(self: C) -> C:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self: C) -> C:
        """Starts QEMU, if it was not started yet.

        SetupError: QEMU or the image is missing. UsageError: the board has no such option.
        """
        if self._child is not None:
            return self
        line = start_line(self.board, self.options, self.image)
        if not self.image.is_file():
            raise SetupError(f"{self.image} does not exist; build {self.board.image} first")
        self._child = Child(line)
        self._last_output = time.monotonic()
        if self._limit is not None:
            self._end_of_life = time.monotonic() + self._limit
        return self

    def kill(self) -> None:
        if self._child is not None:
            self._child.stop()

    @property
    def status(self) -> int | None:
        """QEMU's exit status, or None while it runs."""
        return self._running.status

    @property
    def process_id(self) -> int:
        return self._running.pid

    @property
    def current_line(self) -> str:
        """The unfinished line at the cursor."""
        return self._terminal.line

    @property
    def transcript(self) -> str:
        """Everything the console has shown, the unfinished line included."""
        return "\n".join([*self._log.since(0), self._terminal.line])

    @property
    def errors(self) -> str:
        """The end of what QEMU has said of itself, on stderr."""
        return self._running.errors

    def wait_panic(self, timeout: float = 60) -> Panic:
        """Waits for a panic, and until QEMU has ended after it."""
        self._wait(lambda: self._panic.begun or None, timeout, "a panic", panics=True)
        return self._take_panic()

    def wait_for(self, pattern: str, timeout: float = 60) -> re.Match[str]:
        """Waits for a line, the unfinished one included, that matches; a line's matched part is not looked at again."""
        compiled = re.compile(pattern)

        def search() -> re.Match[str] | None:
            number, skipped = self._seen
            lines = [*self._log.since(number), self._terminal.line]
            for offset, line in enumerate(lines):
                match = compiled.search(line, skipped if offset == 0 else 0)
                if match:
                    self._seen = (self._log.count - len(lines) + 1 + offset, match.end())
                    return match
            if len(lines) > 1:
                self._seen = (self._log.count, 0)
            return None

        return self._wait(search, timeout, f"text that matches '{pattern}'")

    def send_raw(self, data: bytes, timeout: float = 60) -> None:
        """Sends bytes as they are, as fast as the machine takes them; returns when QEMU has all of them."""
        self._running.write(data)
        self._wait(
            lambda: self._running.pending_input == 0 or None,
            timeout,
            f"the machine to take {len(data)} bytes of input",
        )

    def wait_exit(self, timeout: float = 60) -> int:
        """Waits for QEMU to end by itself; its exit status."""
        what = "QEMU to end"
        self._wait(lambda: self._running.ended_output or None, timeout, what, panics=True)
        if self._panic.begun and not self._panic_taken:
            raise Panicked(f"the kernel panicked while {what} was waited for", self._take_panic())
        return self._finish()

    def idle(self, seconds: float) -> None:
        """Lets time pass while the console is read, so that a machine that prints is not held up."""
        end = time.monotonic() + seconds
        self._wait(lambda: time.monotonic() >= end or None, seconds + 1, "time to pass")

    # ---- for those who derive from it ----------------------------------------------------------------

    @property
    def _running(self) -> Child:
        if self._child is None:
            raise MachineError("the machine was not started")
        return self._child

    def _add_line(self, line: str) -> None:
        self._panic.add(line)
        self._log.add(line)
        if self._on_line is not None:
            self._on_line(line)

    def _advance(self, seconds: float) -> bool:
        """Reads what the console has; False if there was nothing."""
        data = self._running.pump(seconds)
        if not data:
            return False
        self._last_output = time.monotonic()
        self._terminal.feed(data)
        return True

    def _wait(self, done: Callable[[], T | None], timeout: float, what: str, *, panics: bool = False) -> T:
        """Reads until `done` answers other than None. `panics`: a panic is what is hoped for."""
        begun = time.monotonic()
        end = min(begun + timeout, self._end_of_life)
        while True:
            value = done()
            if value is not None:
                return value
            if self._panic.begun and not panics:
                raise Panicked(f"the kernel panicked while {what} was waited for", self._take_panic())
            if self._running.ended_output:
                self._raise_ended(what)
            now = time.monotonic()
            if now >= end:
                raise TimedOut(f"timed out after {now - begun:.0f} s waiting for {what}", self._recent())
            self._advance(min(_TICK_SECONDS, end - now))

    def _finish(self) -> int:
        self._terminal.finish()
        status = self._running.wait(10)
        if status is None:
            self.kill()
            raise MachineError("QEMU closed the console but did not end within 10 s")
        return status

    def _raise_ended(self, what: str) -> None:
        status = self._finish()
        if self._panic.begun:
            raise Panicked(f"the kernel panicked while {what} was waited for", self._take_panic())
        details = "\n".join(part for part in (self._running.errors, self._recent()) if part)
        raise Ended(f"QEMU ended with status {status} while {what} was waited for", status, details)

    def _take_panic(self) -> Panic:
        """Reads the dump to its end, and waits for QEMU to end by itself."""
        self._panic_taken = True
        end = min(time.monotonic() + 2 * _DUMP_PAUSE_SECONDS, self._end_of_life)
        quiet_since = time.monotonic()
        while not self._running.ended_output:
            now = time.monotonic()
            patience = _POWER_OFF_SECONDS if self._panic.complete else _DUMP_PAUSE_SECONDS
            if now > end or now - quiet_since > patience:
                break
            if self._advance(_TICK_SECONDS):
                quiet_since = now
        status: int | None = None
        if self._running.ended_output:
            status = self._finish()
        else:
            self._terminal.finish()
            self.kill()
        return Panic(self._panic.text, status, self._panic.complete)

    def _recent(self) -> str:
        return "\n".join([*self._log.last(_SHOWN_LINES), self._terminal.line]).strip("\n")
