"""A machine under QEMU with a person's eyes and hands at its serial console: waits for prompts, types, reads answers.

    with Machine(board, image) as machine:
        machine.wait_prompt()
        status, text = machine.run("cpus")
        machine.poweroff()

A shell's prompt is `baton> ` or `baton(STATUS)> ` at the start of the line that has the cursor. A
command is typed without its Enter first: only when the console shows prompt and command, whole, is
Enter sent. So text that merely looks like a prompt is found out, and a byte lost on the way in is an
error instead of another command.

Whatever is unexpected raises one of tools.qemu.errors; see console.py.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from tools.qemu.console import Console
from tools.qemu.errors import Ended, MachineError, Panic, UsageError
from tools.qemu.marks import echo_status, is_echo, is_prompt, prompt_status

# A prompt counts once nothing has followed it for this long: what follows may show that it was other text.
_SETTLE_SECONDS = 0.05


class CommandResult(NamedTuple):
    """A command's status, and the lines between its echo and the next prompt."""

    status: int
    text: str


class Machine(Console):
    """A console with Baton's shell at it."""

    def wait_prompt(self, timeout: float = 60) -> int:
        """Waits until the shell is ready for a command; returns the last command's status as the prompt says it."""
        return self._wait(self._prompt_status, timeout, "the prompt")

    def run(self, command: str, timeout: float = 60) -> CommandResult:
        """Types one command and waits for the next prompt. A status other than 0 is returned, not raised."""
        end = time.monotonic() + timeout
        first = self._enter(command, timeout)
        what = f"the prompt after '{command}'"
        status = self._wait(
            lambda: self._prompt_status() if self._log.count >= first else None,
            end - time.monotonic(),
            what,
        )
        lines = self._log.since(first)
        # Something from elsewhere may have made the shell draw the typed line again, further down.
        echo = next((index for index, line in enumerate(lines) if is_echo(line, command)), -1)
        self._seen = (self._log.count, 0)
        return CommandResult(status, "\n".join(lines[echo + 1 :]))

    def run_to_panic(self, command: str, timeout: float = 60) -> Panic:
        """Types a command that must end in a panic, and waits until QEMU has ended."""
        first = self._enter(command, timeout)

        def answered() -> int | None:
            if self._panic.begun:
                return -1
            return self._prompt_status() if self._log.count >= first else None

        status = self._wait(answered, timeout, f"the panic from '{command}'", panics=True)
        if not self._panic.begun:
            raise MachineError(f"'{command}' answered with status {status} instead of a panic")
        return self._take_panic()

    def poweroff(self, timeout: float = 30) -> None:
        """Types `poweroff` and waits for QEMU to end with status 0."""
        end = time.monotonic() + timeout
        self._enter("poweroff", timeout)
        status = self.wait_exit(end - time.monotonic())
        if status != 0:
            raise Ended(f"QEMU ended with status {status} after poweroff, not 0", status, self._recent())

    def _enter(self, command: str, timeout: float) -> int:
        """Types a command and its Enter; returns the number of the line on which its output begins."""
        if not command.isascii() or not (command.isprintable() or command == ""):
            raise UsageError(f"a command is printable ASCII, not {command!r}; send other bytes with send_raw()")
        end = time.monotonic() + timeout
        status = self.wait_prompt(timeout)
        begun = self._log.count
        self._running.write(command.encode("ascii"))
        what = f"the echo of '{command}'"
        self._wait(lambda: self._echoed(command, status, begun), end - time.monotonic(), what)
        # A line editor that has filled a row is on the next one already, and Enter moves it no further.
        first = self._log.count + (1 if self._terminal.line else 0)
        self._running.write(b"\r")
        return first

    def _echoed(self, command: str, status: int, begun: int) -> bool | None:
        """Whether prompt and command stand at the end of what is shown, in as many rows as the shell makes of them."""
        shown = "".join([*self._log.since(begun), self._terminal.line])
        now = echo_status(shown, command)
        if now is not None and now != status:
            raise MachineError(
                f"the status was {status} when '{command}' was typed, and is {now} beside its echo: "
                "the text taken for a prompt was none",
                self._recent(),
            )
        return None if now is None else True

    def _prompt_status(self) -> int | None:
        line = self._terminal.line
        if not is_prompt(line) or self._terminal.column != len(line):
            return None
        if time.monotonic() - self._last_output < _SETTLE_SECONDS:
            return None
        return prompt_status(line)
