"""What can go wrong with a machine under QEMU, and the exit status that each ends the runner with."""

from __future__ import annotations

from dataclasses import dataclass


class RunnerError(Exception):
    """Base of everything below. The message is one clear line; `details` holds what was seen, if anything."""

    exit_status = 1

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


class UsageError(RunnerError):
    """What was asked for cannot be: an unknown board, too many cores, a malformed command list."""

    exit_status = 2


class SetupError(RunnerError):
    """The machine cannot be started: QEMU is missing or too old, the image was not built."""


class MachineError(RunnerError):
    """The machine did something that it must not do, such as answering with another prompt."""


class CommandFailed(RunnerError):
    """A command typed at the shell answered with a status other than 0."""


class TimedOut(RunnerError):
    """What was waited for did not come in time."""

    exit_status = 124


class Ended(RunnerError):
    """QEMU ended while something else was waited for. `status` as in subprocess: negative is a signal."""

    def __init__(self, message: str, status: int, details: str = "") -> None:
        super().__init__(message, details)
        self.status = status


@dataclass(frozen=True)
class Panic:
    """A kernel panic: the console's text between the two marks (included), and how QEMU ended."""

    text: str
    status: int | None  # None: the machine went on running and was stopped by us
    complete: bool  # the end mark was seen


class Panicked(RunnerError):
    """The kernel panicked while something else was waited for."""

    exit_status = 3

    def __init__(self, message: str, panic: Panic) -> None:
        super().__init__(message)
        self.panic = panic
