"""Runs a bare image on one of QEMU's Cortex-M boards until it ends by itself."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tools.qemu.process import Child

MACHINES = ("mps2-an385", "mps2-an386", "mps2-an500")


class Ended(NamedTuple):
    """What the image wrote by semihosting, and how QEMU ended; status None: it was still running."""

    output: str
    status: int | None
    errors: str


def run(machine: str, image: Path, *arguments: str, listens: bool = True, limit: float) -> Ended:
    """listens: whether semihosting is answered. limit: seconds."""
    console = ["-chardev", "stdio,id=console,signal=off"]
    console += ["-semihosting-config", "enable=on,target=native,chardev=console"]
    child = Child(
        ["qemu-system-arm", "-M", machine, "-display", "none", "-monitor", "none", "-serial", "none", "-nic", "none"]
        + (console if listens else [])
        + ["-kernel", str(image), *arguments]
    )
    try:
        output = child.drain(limit)
        status = child.wait(5 if child.ended_output else 0)
        return Ended(output.decode("ascii"), status, child.errors)
    finally:
        child.stop()
