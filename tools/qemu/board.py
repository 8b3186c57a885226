"""A board as the runner sees it: boards/<name>/run.json, read and checked.

Keys of run.json:
  title         the board's name for people
  image         label of the kernel_image target; its files are <package>/<name>.img and .elf
  form          "img" or "elf": which of the two QEMU loads (raspi machines boot the two differently); or "program": the image is
                a Linux program, and of the keys that follow it has smp and untried only
  qemu          the QEMU program;  qemu_version: the oldest release that has the machine
  machine, cpu  -M and -cpu (no cpu: the machine has only one)
  smp           {"default", "least", "most"} number of cores
  memory        {"default", "fixed"}; fixed: the machine refuses any other size, so -m is left out
                (qemu, qemu_version, machine and memory are all there, or none: a board that QEMU does not know)
  gic           {"default", "choices"} interrupt controller versions, where there is a choice
  arguments     further QEMU arguments that every run needs
  untried       what has run in QEMU only, never on the board itself
  sd_card       {"kernel", "config", "firmware", "serial"} what a card for the real board holds
  flash         {"form", "steps", "serial"} how the image gets into the real board's flash memory: which of the two
                files, lines for people, in which {file} is that file and {raw} the raw one, and where the console is
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.qemu.errors import SetupError, UsageError


@dataclass(frozen=True)
class SdCard:
    """What the boot partition of the real board's SD card must hold."""

    kernel: str
    config: tuple[str, ...]
    firmware: tuple[str, ...]
    serial: str


@dataclass(frozen=True)
class Flash:
    """How the image gets into the real board's flash memory."""

    form: str
    steps: tuple[str, ...]
    serial: str


@dataclass(frozen=True)
class Board:
    name: str
    title: str
    image: str
    form: str
    qemu: str
    qemu_version: str
    machine: str
    cpu: str | None
    smp_default: int
    smp_least: int
    smp_most: int
    memory: str
    memory_fixed: bool
    gic_default: int | None
    gic_choices: tuple[int, ...]
    arguments: tuple[str, ...]
    untried: tuple[str, ...]
    sd_card: SdCard | None
    flash: Flash | None

    def image_path(self, root: Path, form: str | None = None) -> Path:
        """The built file of `image` below `root` (bazel-bin, or a test's runfiles)."""
        package, _, target = self.image.removeprefix("//").partition(":")
        return root / package / (target if self.is_program else f"{target}.{form or self.form}")

    @property
    def in_qemu(self) -> bool:
        """QEMU knows the board."""
        return self.machine != ""

    @property
    def is_program(self) -> bool:
        """It runs by itself, without QEMU."""
        return self.form == "program"


@dataclass(frozen=True)
class Options:
    """What one run asks for beyond the board's defaults."""

    smp: int | None = None
    gic: int | None = None
    memory: str | None = None
    append: str = ""
    machine_options: tuple[str, ...] = ()
    qemu_args: tuple[str, ...] = ()
    no_reboot: bool = False
    # For tests of the kernel's other ways in.
    form: str | None = None  # "img" or "elf" instead of the board's own
    cpu: str | None = None  # instead of the board's own
    kernel: bool = True  # False: no -kernel; qemu_args say how the image gets in
    second_serial: bool = False  # the console is the machine's second serial port

    def check(self, board: Board) -> None:
        """Raises UsageError when this board cannot be run so."""
        if not board.in_qemu and not board.is_program:
            raise UsageError(f"QEMU does not know {board.name}; ./baton image {board.name} says what to flash")
        if self.smp is not None and not board.smp_least <= self.smp <= board.smp_most:
            if board.smp_least == board.smp_most:
                raise UsageError(f"{board.name} always has {board.smp_most} cores; leave --smp {self.smp} out")
            raise UsageError(
                f"{board.name} takes --smp {board.smp_least} to {board.smp_most}, not {self.smp}"
            )
        if board.is_program and (self.memory or self.machine_options or self.cpu or self.no_reboot or self.second_serial):
            raise UsageError(f"{board.name} runs without QEMU: of the machine's options it takes --smp and --append only")
        if self.gic is not None and not board.gic_choices:
            raise UsageError(f"{board.name} has one interrupt controller only; leave --gic {self.gic} out")
        if self.gic is not None and self.gic not in board.gic_choices:
            choices = " or ".join(str(choice) for choice in board.gic_choices)
            raise UsageError(f"{board.name} takes --gic {choices}, not {self.gic}")
        if self.memory is not None and board.memory_fixed and not board.is_program:
            raise UsageError(
                f"{board.name} always has {board.memory} of memory; leave --memory {self.memory} out"
            )
        if self.memory is not None and not re.fullmatch(r"[1-9][0-9]*[MG]", self.memory):
            raise UsageError(f"--memory takes a size such as 512M or 1G, not '{self.memory}'")


_REQUIRED = ("title", "image", "form", "qemu", "qemu_version", "machine", "smp", "memory", "untried")
_OPTIONAL = ("cpu", "gic", "arguments", "sd_card", "flash")
# How QEMU is started: all of them, or none where it does not know the board.
_OF_QEMU = ("qemu", "qemu_version", "machine", "memory")
_OF_PROGRAMS = ("title", "image", "form", "smp", "untried")


@dataclass(frozen=True)
class _Reader:
    """Takes typed values out of run.json, naming file and key when one is wrong."""

    path: Path
    data: dict[str, Any] = field(repr=False)

    def get(self, keys: str, kind: type) -> Any:
        value: Any = self.data
        for key in keys.split("."):
            if not isinstance(value, dict) or key not in value:
                raise SetupError(f"{self.path}: key '{keys}' is missing")
            value = value[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise SetupError(f"{self.path}: key '{keys}' must be {kind.__name__}, is {value!r}")
        return value

    def strings(self, keys: str) -> tuple[str, ...]:
        values = self.get(keys, list)
        if not all(isinstance(value, str) for value in values):
            raise SetupError(f"{self.path}: key '{keys}' must be a list of strings, is {values!r}")
        return tuple(values)


def load_board(path: Path) -> Board:
    """Reads boards/<name>/run.json. Raises SetupError that names the file and what is wrong in it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SetupError(f"{path}: not JSON: {error}") from error
    if not isinstance(data, dict):
        raise SetupError(f"{path}: must hold one JSON object")
    for key in data:
        if key not in _REQUIRED + _OPTIONAL:
            raise SetupError(f"{path}: key '{key}' is unknown; known: {' '.join(_REQUIRED + _OPTIONAL)}")
    reader = _Reader(path, data)
    form = reader.get("form", str)
    if form not in ("img", "elf", "program"):
        raise SetupError(f"{path}: key 'form' must be img, elf or program, is {form!r}")
    is_program = form == "program"
    if is_program:
        for key in data:
            if key not in _OF_PROGRAMS:
                raise SetupError(f"{path}: key '{key}' says nothing of a program")
    in_qemu = not is_program and any(key in data for key in _OF_QEMU)
    card = None
    if "sd_card" in data:
        card = SdCard(
            kernel=reader.get("sd_card.kernel", str),
            config=reader.strings("sd_card.config"),
            firmware=reader.strings("sd_card.firmware"),
            serial=reader.get("sd_card.serial", str),
        )
    flash = None
    if "flash" in data:
        flash = Flash(
            form=reader.get("flash.form", str),
            steps=reader.strings("flash.steps"),
            serial=reader.get("flash.serial", str),
        )
        if flash.form not in ("img", "elf"):
            raise SetupError(f"{path}: key 'flash.form' must be img or elf, is {flash.form!r}")
    if card is not None and flash is not None:
        raise SetupError(f"{path}: the image is on a card, or in flash memory: keys 'sd_card' and 'flash' exclude each other")
    if not is_program and not in_qemu and card is None and flash is None:
        raise SetupError(f"{path}: QEMU does not know the board, so that key 'flash' must say how to flash it")
    return Board(
        name=path.absolute().parent.name,
        title=reader.get("title", str),
        image=reader.get("image", str),
        form=form,
        qemu=reader.get("qemu", str) if in_qemu else "",
        qemu_version=reader.get("qemu_version", str) if in_qemu else "",
        machine=reader.get("machine", str) if in_qemu else "",
        cpu=reader.get("cpu", str) if "cpu" in data else None,
        smp_default=reader.get("smp.default", int),
        smp_least=reader.get("smp.least", int),
        smp_most=reader.get("smp.most", int),
        memory=reader.get("memory.default", str) if in_qemu else "",
        memory_fixed=reader.get("memory.fixed", bool) if in_qemu else True,
        gic_default=reader.get("gic.default", int) if "gic" in data else None,
        gic_choices=tuple(reader.get("gic.choices", list)) if "gic" in data else (),
        arguments=reader.strings("arguments") if "arguments" in data else (),
        untried=reader.strings("untried"),
        sd_card=card,
        flash=flash,
    )


def board_names(root: Path) -> list[str]:
    """The boards of a source tree: every folder of boards/ with a run.json."""
    return sorted(path.parent.name for path in (root / "boards").glob("*/run.json"))


def find_board(root: Path, name: str) -> Board:
    """The board called `name`, or a UsageError that lists the ones there are."""
    names = board_names(root)
    if name not in names:
        raise UsageError(f"unknown board '{name}'; boards: {' '.join(names)}")
    return load_board(root / "boards" / name / "run.json")
