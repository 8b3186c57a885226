"""`./baton new-board`: the skeleton of a port to a board with one Cortex-M, which builds at once (docs/porting.md)."""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.baton_cli.workspace import CommandError, Workspace
from tools.qemu.errors import UsageError

SUMMARY = "write the skeleton of a port to a new board"

ANY = "any"  # the chip that nobody has a driver for yet
_CORES = ("m3", "m4f", "m7")
_CONSOLES = {"ram-log": "Soc", "semihosting": "SemihostingSoc"}
_SKELETON = Path("boards/cortex_m/skeleton")
_FILES = ("BUILD.bazel", "board.cc", "memory.ld", "run.json")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 40
# Of run.json, where no other board says.
_QEMU = {
    "qemu": "qemu-system-arm",
    "qemu_version": "7.2",
    "machine": "",
    "memory": {},
    "arguments": [],
}
_FLASH = {
    "form": "elf",
    "steps": ["openocd -f interface/PROBE.cfg -f target/CHIP.cfg -c 'program {file} verify reset exit'"],
    "serial": "say here which pins, and 115200 baud, 8N1",
}
# Of cortex_m_board.
_TARGETS = ("kernel", "lint", "qemu")
_KIB = 1024
# Less holds no kernel, however small it is built; what fits into more the linker says.
_LEAST_FLASH = 16 * _KIB
_LEAST_RAM = 4 * _KIB
_MOST_LINES = 496
# What an address may be for, by the architecture's default memory map.  [ARMv7-M B3.1]
_FOR_FLASH = ((0x0000_0000, 0x2000_0000),)
_FOR_RAM = ((0x0000_0000, 0x4000_0000), (0x6000_0000, 0xA000_0000))


@dataclass(frozen=True)
class Region:
    """A part of the address space: a power of two of bytes, at a multiple of it."""

    begin: int
    size: int

    @property
    def end(self) -> int:
        return self.begin + self.size

    @property
    def shown_size(self) -> str:
        for unit, letter in ((_KIB * _KIB, "M"), (_KIB, "K")):
            if self.size % unit == 0:
                return f"{self.size // unit}{letter}"
        return str(self.size)


@dataclass(frozen=True)
class Wish:
    """What is to be written."""

    name: str
    title: str
    soc: str
    soc_type: str
    cpu: str
    flash: Region
    ram: Region
    clock_hz: int | None
    lines: int | None
    qemu: dict[str, Any] | None  # the keys of run.json; None: QEMU does not know the board
    flash_steps: dict[str, Any]  # run.json's `flash`


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of the board, and of its folder in boards/")
    parser.add_argument("--like", metavar="BOARD", help="a board with the same chip: what is not given below is as there")
    parser.add_argument("--soc", metavar="CHIP", help=f"a folder of boards/soc/; '{ANY}' if there is no UART driver for it yet")
    parser.add_argument("--cpu", choices=_CORES, help="the core")
    parser.add_argument("--flash", metavar="ADDRESS:SIZE", help="such as 0x08000000:128K")
    parser.add_argument("--ram", metavar="ADDRESS:SIZE", help="such as 0x20000000:8K")
    parser.add_argument("--clock", type=int, metavar="HZ", help=f"the processor's clock after reset (with --soc {ANY}: needed)")
    parser.add_argument("--lines", type=int, metavar="N", help=f"interrupt lines of the chip (with --soc {ANY}: needed)")
    parser.add_argument(
        "--console", choices=sorted(_CONSOLES), help=f"with --soc {ANY}: rings in RAM (the default) or semihosting"
    )
    parser.add_argument("--qemu", metavar="MACHINE", help="QEMU's name for the board; 'none' if it has none")
    parser.add_argument("--title", metavar="TEXT", help="the board's name for people (default: NAME)")


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    wish = wish_of(workspace.root, arguments)
    write(workspace.root, wish)
    print(next_steps(wish), end="")
    return 0


def wish_of(root: Path, arguments: argparse.Namespace) -> Wish:
    """Looks at everything that can be wrong. UsageError; nothing has been written then."""
    name = arguments.name
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise UsageError(
            f"a board's name is made of lower-case letters, digits and single dashes, begins with a letter "
            f"and has at most {_LONGEST_NAME} characters; not '{name}'"
        )
    if name in _TARGETS:
        raise UsageError(f"'{name}' is the name of a target of every board; take another")
    if (root / "boards" / name).exists():
        raise UsageError(f"boards/{name} is there already; take another name, or remove that folder")
    title = arguments.title or name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ().,+/_-]*", title) or len(title) > _LONGEST_NAME:
        raise UsageError(
            f"a title is made of letters, digits, blanks and ().,+/_-, and has at most {_LONGEST_NAME} characters; not '{title}'"
        )
    like = _like(root, arguments.like) if arguments.like else None
    soc = arguments.soc or (like.soc if like else None)
    if soc is None:
        raise UsageError(f"say --like BOARD, or --soc CHIP; chips: {' '.join(chips(root))}")
    if soc not in chips(root):
        raise UsageError(f"unknown chip '{soc}'; chips: {' '.join(chips(root))}")
    if like and arguments.soc not in (None, like.soc):
        raise UsageError(f"{arguments.like} has the chip '{like.soc}', not '{arguments.soc}'; leave one of --like and --soc out")
    cpu = arguments.cpu or (like.cpu if like else None)
    if cpu is None:
        raise UsageError(f"say --cpu {', '.join(_CORES[:-1])} or {_CORES[-1]}, or --like BOARD")
    flash = _region("--flash", arguments.flash, _FOR_FLASH, _LEAST_FLASH) if arguments.flash else like and like.flash
    ram = _region("--ram", arguments.ram, _FOR_RAM, _LEAST_RAM) if arguments.ram else like and like.ram
    for option, region in (("--flash", flash), ("--ram", ram)):
        if region is None:
            raise UsageError(f"say {option} ADDRESS:SIZE, or --like BOARD")
    if flash.begin < ram.end and ram.begin < flash.end:
        raise UsageError(f"flash and RAM lie over each other, from {max(flash.begin, ram.begin):#010x}")
    if arguments.clock is not None and not 0 < arguments.clock < 2**32:
        raise UsageError(f"--clock is a frequency in Hz, from 1 to {2**32 - 1}; not {arguments.clock}")
    if arguments.lines is not None and not 0 < arguments.lines <= _MOST_LINES:
        raise UsageError(f"--lines is from 1 to {_MOST_LINES}, not {arguments.lines}")
    base, console = like.base if like else f"{soc}::Soc", arguments.console
    if console and soc != ANY:
        raise UsageError(f"the chip '{soc}' has a UART for a console; leave --console out, or say --soc {ANY}")
    if console:
        base = f"{ANY}::{_CONSOLES[console]}"
    if like is None and re.search(r"template[^;{]*\bstruct Soc\b", (root / "boards/soc" / soc / "soc.h").read_text("utf-8")):
        raise UsageError(f"boards with the chip '{soc}' differ in more than memory (boards/soc/{soc}/soc.h); say --like BOARD")
    clock, lines = arguments.clock or (like and like.clock_hz), arguments.lines or (like and like.lines)
    if soc == ANY and (clock is None or lines is None):
        raise UsageError("of a chip that nobody knows say --clock HZ and --lines N (its data sheet has both)")
    qemu = like.qemu if like else None
    if arguments.qemu == "none":
        qemu = None
    elif arguments.qemu is not None:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", arguments.qemu):
            raise UsageError(f"--qemu takes a name from `qemu-system-arm -M help`, not '{arguments.qemu}'")
        # QEMU's boards with a Cortex-M have the memory that they have.
        fixed = {"memory": {"default": ram.shown_size, "fixed": True}}
        qemu = (qemu or _QEMU | fixed) | {"machine": arguments.qemu}
    return Wish(
        name=name,
        title=title,
        soc=soc,
        soc_type=base,
        cpu=cpu,
        flash=flash,
        ram=ram,
        clock_hz=clock,
        lines=lines,
        qemu=qemu,
        flash_steps=like.flash_steps if like and like.flash_steps else _FLASH,
    )


def chips(root: Path) -> list[str]:
    return sorted(path.parent.name for path in (root / "boards/soc").glob("*/soc.h"))


@dataclass(frozen=True)
class _Like:
    """What a board has that another may have, too."""

    soc: str
    base: str
    cpu: str
    flash: Region
    ram: Region
    clock_hz: int | None
    lines: int | None
    qemu: dict[str, Any] | None
    flash_steps: dict[str, Any] | None


def likes(root: Path) -> list[str]:
    """The boards that another may be like: those with a cortex_m_board."""
    return sorted(path.parent.name for path in (root / "boards").glob("*/BUILD.bazel") if _call(path) is not None)


def _call(path: Path) -> dict[str, str] | None:
    """The words of the cortex_m_board() in a BUILD file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cortex_m_board":
            return {
                keyword.arg: keyword.value.value
                for keyword in node.keywords
                if keyword.arg and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
            }
    return None


def _like(root: Path, name: str) -> _Like:
    if name not in likes(root):
        raise UsageError(
            f"no board can be like '{name}': a skeleton is made for one Cortex-M; known: {' '.join(likes(root))}"
        )
    folder = root / "boards" / name
    call = _call(folder / "BUILD.bazel") or {}
    memory = call.get("memory", "memory.ld")
    script = root / memory.removeprefix("//").replace(":", "/") if memory.startswith("//") else folder / memory
    text = script.read_text(encoding="utf-8")
    regions = {
        found[1]: _region(found[1], f"{found[2]}:{found[3]}", _FOR_RAM if found[1] == "ram" else _FOR_FLASH, 0)
        for found in re.finditer(r"(?m)^\s*(flash|ram)\b[^:]*:\s*ORIGIN\s*=\s*(\w+),\s*LENGTH\s*=\s*(\w+)", text)
    }
    if set(regions) != {"flash", "ram"}:
        raise CommandError(f"{script} does not say where flash and ram are; say --flash and --ram")
    source = (folder / call.get("description", "board.cc")).read_text(encoding="utf-8")
    base = re.search(r"struct Board : baton::board::([^{]*\S)\s*\{", source)
    if base is None:
        raise CommandError(f"{folder}/board.cc has no `struct Board : baton::board::...`, as a board that others are like must")
    facts = {found[1]: int(found[2].replace("'", "")) for found in re.finditer(r"\bk(ClockHz|Lines) = ([0-9']+);", source)}
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return _Like(
        soc=call.get("soc", "").rpartition("/")[2].rpartition(":")[2],
        base=base[1],
        cpu=call.get("core", ""),
        flash=regions["flash"],
        ram=regions["ram"],
        clock_hz=facts.get("ClockHz"),
        lines=facts.get("Lines"),
        qemu={key: run[key] for key in _QEMU if key in run} if "machine" in run else None,
        flash_steps=run.get("flash"),
    )


def _region(option: str, text: str, ranges: tuple[tuple[int, int], ...], least: int) -> Region:
    found = re.fullmatch(r"(0[xX][0-9a-fA-F]+|[0-9]+):([0-9]+)([KkMm]?)", text)
    if not found:
        raise UsageError(f"{option} takes ADDRESS:SIZE such as 0x20000000:8K, not '{text}'")
    size = int(found[2]) * {"": 1, "K": _KIB, "M": _KIB * _KIB}[found[3].upper()]
    region = Region(int(found[1], 0), size)
    if size == 0 or size & (size - 1):
        raise UsageError(
            f"{option} {text}: the size is no power of two, as the MPU wants it; name the largest part that is"
        )
    if region.end > 2**32:
        raise UsageError(f"{option} {text} ends beyond the 4 GiB that there are addresses for")
    if region.begin % size:
        raise UsageError(
            f"{option} {text} does not begin at a multiple of its size, as the MPU wants it; name a part that does"
        )
    if not any(begin <= region.begin and region.end <= end for begin, end in ranges):
        where = " or ".join(f"{begin:#010x}..{end - 1:#010x}" for begin, end in ranges)
        raise UsageError(f"{option} {text} is not where a Cortex-M has such memory: {where}")
    if size < least:
        raise UsageError(f"{option} {text} is too small: no kernel fits into less than {least // _KIB}K")
    return region


def files_of(skeleton: Path, wish: Wish) -> dict[str, str]:
    """The files of the board by name, made from the skeleton's."""
    facts = ""
    if wish.clock_hz is not None:
        facts += f"  // What SysTick counts.\n  static constexpr std::uint32_t kClockHz = {_digits(wish.clock_hz)};\n"
    if wish.lines is not None:
        facts += f"  static constexpr unsigned kLines = {wish.lines};\n"
    qemu = "".join(f"  {_json(key)}: {_json(value)},\n" for key, value in (wish.qemu or {}).items())
    extra = "    qemu = False,\n" if wish.qemu is None else ""
    if wish.qemu is not None and wish.soc == ANY:
        # Nothing comes out of the serial port.
        extra = "    shell_test = False,\n"
    words = {
        "NAME": wish.name,
        "TITLE": wish.title,
        "SOC": wish.soc,
        "SOC_TYPE": wish.soc_type,
        "CPU": wish.cpu,
        "FLASH_BEGIN": f"{wish.flash.begin:#010x}",
        "FLASH_SIZE": wish.flash.shown_size,
        "RAM_BEGIN": f"{wish.ram.begin:#010x}",
        "RAM_SIZE": wish.ram.shown_size,
        "STACK": "4K" if wish.ram.size > 64 * _KIB else "2K" if wish.ram.size >= 32 * _KIB else "1K",
        "STDINT": "#include <cstdint>\n" if wish.clock_hz is not None else "",
        "FACTS": facts,
        "QEMU": qemu,
        "FLASH": _json(wish.flash_steps),
        "EXTRA": extra,
    }
    return {
        name: re.sub(r"@([A-Z_]+)@", lambda found: words[found[1]], (skeleton / f"{name}.in").read_text(encoding="utf-8"))
        for name in _FILES
    }


def _json(value: Any, indent: int = 2) -> str:
    """JSON on one line where it fits there, else an entry a line."""
    text = json.dumps(value)
    if indent + len(text) <= 120 or not isinstance(value, (dict, list)):
        return text
    inner = indent + 2
    if isinstance(value, dict):
        entries = [f"{json.dumps(key)}: {_json(entry, inner)}" for key, entry in value.items()]
    else:
        entries = [_json(entry, inner) for entry in value]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    return begin + ",".join(f"\n{' ' * inner}{entry}" for entry in entries) + f"\n{' ' * indent}{end}"


def _digits(number: int) -> str:
    return f"{number:,}".replace(",", "'")


def write(root: Path, wish: Wish) -> None:
    """All of the folder, or nothing."""
    files = files_of(root / _SKELETON, wish)
    folder = root / "boards" / wish.name
    # Beside it, so that it only takes a new name; a dot, so that Bazel does not look at it.
    growing = Path(tempfile.mkdtemp(prefix=f".{wish.name}.", dir=root / "boards"))
    try:
        for name, text in files.items():
            (growing / name).write_text(text, encoding="utf-8")
        growing.chmod(0o755)
        os.rename(growing, folder)
    except OSError as error:
        raise CommandError(f"boards/{wish.name} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(growing, ignore_errors=True)


def next_steps(wish: Wish) -> str:
    lines = [f"boards/{wish.name}/"]
    lines += [f"  {name:13}{what}" for name, what in zip(_FILES, (
        "the board's targets",
        f"what is the board's own; the chip is in boards/soc/{wish.soc}",
        f"flash {wish.flash.shown_size} at {wish.flash.begin:#010x}, RAM {wish.ram.shown_size} at {wish.ram.begin:#010x}",
        "for ./baton run, debug and image",
    ))]
    lines += ["It builds as it is:"]
    lines += [f"  bazel build //boards/{wish.name}:kernel"]
    if wish.qemu is not None and wish.soc != ANY:
        lines += [f"  ./baton run {wish.name} --exec 'cpus; ps'      boots it as QEMU's {wish.qemu['machine']}"]
    lines += [f"  ./baton image {wish.name}      what to flash"]
    step = "3, the console in RAM" if wish.soc == ANY else "2, the facts to check"
    lines += [f"Next: docs/porting.md, step {step}."]
    return "\n".join(lines) + "\n"


def write_to(argv: list[str]) -> int:
    """For a build: `new_board.py ROOT FOLDER NAME [OPTION...]` writes the files to FOLDER instead of boards/NAME."""
    parser = argparse.ArgumentParser(prog="new_board")
    add_arguments(parser)
    root, folder = Path(argv[0]), Path(argv[1])
    wish = wish_of(root, parser.parse_args(argv[2:]))
    for name, text in files_of(root / _SKELETON, wish).items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(write_to(sys.argv[1:]))
