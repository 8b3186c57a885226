"""How each board is measured: its image, what an instruction is to its counter, and what else of it can be had."""

from __future__ import annotations

from typing import NamedTuple

from bench.kernel.samples import KernelBenchError
from tools.qemu.board import Options


class Setup(NamedTuple):
    image: str  # targets of this folder begin with it
    shift: int  # -icount: an instruction lasts 2 ** shift ns
    counter_hz: int  # of what the image calls cycles
    alone: Options  # so that one core runs
    cores: tuple[int, ...]  # side by side
    fixed: bool  # the machine always has all of its cores
    aarch64: bool = True  # what is measured on several cores, the times, whose counter is fine enough, and the goals

    @property
    def counts_per_instruction(self) -> float:
        return self.counter_hz * 2**self.shift / 1e9

    def with_cores(self, cores: int) -> Options:
        return Options() if self.fixed else Options(smp=cores)


# QEMU's cycle counter of AArch64.
_GHZ = 1_000_000_000
# Cores that are left off wait in the firmware's spin table; QEMU gives each of them a few instructions per turn.
_RASPI = Setup("raspi", 0, _GHZ, Options(append="late=0xe"), (1, 2, 3, 4), fixed=True)


def _mps2(board: str) -> Setup:
    # SysTick's 25 MHz are 3.2 counts per instruction then: a difference of two readings, each cut to a whole count, still says how many.
    return Setup(board, 7, 25_000_000, Options(), (1,), fixed=True, aarch64=False)


SETUPS = {
    "virt": Setup("virt", 0, _GHZ, Options(smp=1), tuple(range(1, 9)), fixed=False),
    "raspi3b": _RASPI,
    "raspi4b": _RASPI,
    "mps2-an385": _mps2("mps2-an385"),
    "mps2-an386": _mps2("mps2-an386"),
    "mps2-an500": _mps2("mps2-an500"),
}


def setup_of(board: str) -> Setup:
    if board not in SETUPS:
        raise KernelBenchError(f"the kernel's benchmark does not run on {board}; boards that it runs on: {' '.join(SETUPS)}")
    return SETUPS[board]
