"""What the tests of the command share: a tree with one board, whose QEMU is fake, and a small ELF file."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

HERE = Path(__file__).absolute().parent
ROOT = HERE.parents[1]

ELF_SOURCE = """\
static inline __attribute__((always_inline)) int read_at(const int* p) { return *p; }
namespace baton::kernel {
int counters[4] = {1, 2, 3, 4};
__attribute__((noinline)) int inspect(const int* p) {
  return read_at(p) + 1;
}
}  // namespace baton::kernel
extern "C" __attribute__((noinline)) int start(const int* p) {
  return baton::kernel::inspect(p) + 2;
}
"""


class TreeTest(unittest.TestCase):
    """Each test has a tree of its own in self.tree, gone afterwards."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="baton-test-")
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name)
        self.image = self.write("kernel.img", "image")
        self.write_board("fake")
        self.board_json = self.tree / "boards/fake/run.json"

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    def write_board(self, name: str, **changes: Any) -> Path:
        """boards/<name>/run.json; a change to None takes the key out."""
        data: dict[str, Any] = {
            "title": "Fake board",
            "image": "//boards/fake:kernel",
            "form": "img",
            "qemu": str(HERE / "fake_qemu.py"),
            "qemu_version": "9.0",
            "machine": "fake",
            "smp": {"default": 4, "least": 1, "most": 8},
            "memory": {"default": "1G", "fixed": False},
            "gic": {"default": 2, "choices": [2, 3]},
            "untried": ["everything"],
        }
        data |= changes
        data = {key: value for key, value in data.items() if value is not None}
        return self.write(f"boards/{name}/run.json", json.dumps(data))


def build_elf(folder: Path, name: str = "kernel.elf", source: str = ELF_SOURCE, *flags: str) -> Path:
    """Compiles and links a bare AArch64 ELF file with debug information and a build-id; cwd-relative file names."""
    (folder / "kernel").mkdir(exist_ok=True)
    (folder / "kernel/inspect.cc").write_text(source, encoding="utf-8")
    compile_line = ["clang++-19", "--target=aarch64-none-elf", "-O1", "-g", "-ffreestanding"]
    compile_line += ["-fdebug-compilation-dir=."]
    link_line = ["ld.lld-19", "--build-id=sha1", "-Ttext=0xffffff8000080000", "-e", "start"]
    for line in (
        [*compile_line, "-c", "kernel/inspect.cc", "-o", "inspect.o"],
        [*link_line, *flags, "inspect.o", "-o", name],
    ):
        subprocess.run(line, cwd=folder, check=True, stdin=subprocess.DEVNULL)
    return folder / name


def symbols(elf: Path) -> dict[str, int]:
    """Addresses by demangled name."""
    answer = subprocess.run(["llvm-nm-19", "-C", elf], check=True, capture_output=True, text=True).stdout
    rows = [line.split(maxsplit=2) for line in answer.splitlines()]
    return {row[2]: int(row[0], 16) for row in rows if len(row) == 3}


def alive(pid: int) -> bool:
    """Whether a process exists and is not just waiting to be collected."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def environment(**changes: str) -> dict[str, str]:
    """For a Python program of the tree, run as a process of its own."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | changes
