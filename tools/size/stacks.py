"""The stacks of threads that lie in an image's objects: gdb knows the types of these."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

_SCRIPT = Path(__file__).absolute().parent / "gdb_stacks.py"
_NM = "llvm-nm-19"
_GDB = "gdb-multiarch"
_LINE = re.compile(r"^stack (0x[0-9a-f]+) (\d+)$")
# What is smaller than that has no stack in it.
_LEAST = 256


class StacksError(Exception):
    """A tool failed; the message says which."""


def _run(command: list[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise StacksError(f"{command[0]} failed with status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def object_names(listing: str) -> list[str]:
    """The names of large objects in what nm -S printed: address, size, kind, name."""
    names: dict[str, None] = {}
    for line in listing.splitlines():
        words = line.split(" ", 3)
        if len(words) == 4 and words[2] in "bBdD" and int(words[1], 16) >= _LEAST:
            # A compiler that has split an object calls its pieces `name (.1)`.
            names[re.sub(r" \(\.\d+\)$", "", words[3])] = None
    return list(names)


def read_stacks(text: str) -> list[tuple[int, int]]:
    return [(int(match[1], 16), int(match[2])) for match in map(_LINE.match, text.splitlines()) if match]


def thread_stacks(elf: Path) -> list[tuple[int, int]]:
    """(address, bytes of stacks in it) of each object that has any."""
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        names = Path(folder) / "names"
        names.write_text("\n".join(object_names(_run([_NM, "-S", "-C", str(elf)]))), encoding="utf-8")
        told = _run([_GDB, "-nx", "-batch", "-ex", f"python SYMBOLS = {str(names)!r}", "-x", str(_SCRIPT), str(elf)])
    return read_stacks(told)
