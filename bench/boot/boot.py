"""Boot time: boots every board several times under QEMU and takes what the kernel itself measured.

The kernel prints `boot: prompt after 12.345 ms (machine counter)` before its first prompt. Under QEMU
the number says how much work booting is and whether it grew, not how long a board takes.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.qemu.board import Board, Options, find_board
from tools.qemu.errors import MachineError, RunnerError
from tools.qemu.machine import Machine
from tools.qemu.process import exit_on_signals

_ROOT = Path(__file__).absolute().parents[2]
_TIME = re.compile(r"^boot: prompt after (\d+(?:\.\d+)?) (us|ms|s) \(machine counter\)$", re.MULTILINE)
_MILLISECONDS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True)
class Setting:
    board: str
    options: Options = Options()

    @property
    def name(self) -> str:
        return self.board + (f" --smp {self.options.smp}" if self.options.smp else "")


SETTINGS = (
    Setting("raspi4b"),
    Setting("raspi3b"),
    Setting("virt", Options(smp=1)),
    Setting("virt", Options(smp=4)),
    Setting("virt", Options(smp=8)),
)


def boot_time(console: str) -> float:
    """Milliseconds, from what the console showed before the prompt."""
    found = _TIME.findall(console)
    if len(found) != 1:
        raise MachineError(f"the console shows {len(found)} boot times, not one", console)
    number, unit = found[0]
    return float(number) * _MILLISECONDS[unit]


def measure(board: Board, image: Path, options: Options) -> float:
    with Machine(board, image, options) as machine:
        machine.wait_prompt()
        time = boot_time(machine.transcript)
        machine.poweroff()
        return time


def summarize(name: str, times: Sequence[float]) -> dict[str, Any]:
    return {
        "name": name,
        "measured": statistics.median(times),
        "unit": "ms",
        "note": f"median of {len(times)}, {min(times):.4g} to {max(times):.4g}",
    }


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="boot", description="Boot time of every board under QEMU.")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="boots of each board (default 7)")
    parser.add_argument("--board", action="append", metavar="B", help="only this board (repeatable)")
    arguments = parser.parse_args(argv)
    exit_on_signals()
    runs: dict[str, list[float]] = {}
    try:
        for setting in SETTINGS:
            if arguments.board and setting.board not in arguments.board:
                continue
            board = find_board(_ROOT, setting.board)
            times = runs.setdefault(setting.name, [])
            for number in range(1, max(1, arguments.runs) + 1):
                times.append(measure(board, board.image_path(_ROOT), setting.options))
                print(f"{setting.name}: boot {number}: {times[-1]:.3f} ms", file=sys.stderr, flush=True)
    except RunnerError as error:
        print(f"{error.details}\nboot: {error}", file=sys.stderr)
        return error.exit_status
    results = [summarize(name, times) for name, times in runs.items()]
    if arguments.json:
        answer = {"results": results, "goals": [], "runs": runs}
        arguments.json.write_text(json.dumps(answer, indent=2) + "\n", encoding="utf-8")
    else:
        for row in results:
            print(f"{row['name']:<16} {row['measured']:10.3f} ms  ({row['note']})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
