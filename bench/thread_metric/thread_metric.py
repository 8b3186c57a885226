"""Thread-Metric on QEMU's mps2-an385: how many instructions each operation takes, beside FreeRTOS and ThreadX.

With -icount shift=0 an instruction takes a nanosecond of the machine's time, so that a test's time divided by its operations is a number
of instructions; a loop of known length shows each time that it is so. Each test has the machine to itself, from reset on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.thread_metric.lines import MetricError, Run, check_calibration, goals, read_run, read_tests, results, table
from tools.qemu.board import Board, Options, find_board
from tools.qemu.errors import RunnerError
from tools.qemu.machine import Machine
from tools.qemu.process import exit_on_signals

_ROOT = Path(__file__).absolute().parents[2]
_BOARD = "mps2-an385"
_IMAGE = "//bench/thread_metric:image"
_ICOUNT = ("-icount", "shift=0,sleep=off")
_SECONDS = 120
_CALIBRATION_TURNS = 1_000_000


def _board() -> Board:
    return replace(find_board(_ROOT, _BOARD), image=_IMAGE)


def elf_path() -> Path:
    """The image with its symbols."""
    return _board().image_path(_ROOT, "elf")


@contextmanager
def booted(*arguments: str) -> Iterator[Machine]:
    """The image's machine, at its prompt; it is switched off afterwards."""
    board = _board()
    with Machine(board, board.image_path(_ROOT), Options(qemu_args=arguments), limit=2 * _SECONDS) as machine:
        machine.wait_prompt()
        yield machine
        machine.poweroff()


def command(machine: Machine, text: str) -> str:
    """What a command printed; it must succeed."""
    status, said = machine.run(text, timeout=_SECONDS)
    if status != 0:
        raise MetricError(f"'{text}' failed: {said}")
    return said.replace("\r", "")


def known_tests() -> dict[str, list[str]]:
    """What can be planted, by test; and the machine's time is seen to count instructions."""
    with booted(*_ICOUNT) as machine:
        check_calibration(command(machine, f"calibrate {_CALIBRATION_TURNS}"))
        return read_tests(command(machine, "tests"))


def run_test(name: str, microseconds: int, plant: str = "") -> Run:
    with booted(*_ICOUNT) as machine:
        status, said = machine.run(f"metric {name} {microseconds} {plant}".rstrip(), timeout=_SECONDS)
    return read_run(name, status, said.replace("\r", ""))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure(microseconds: int) -> dict[str, Run]:
    runs = {}
    for name in known_tests():
        say(name)
        runs[name] = run_test(name, microseconds)
    return runs


def answer(runs: dict[str, Run]) -> dict[str, Any]:
    """What ./baton bench wants to know."""
    return {
        "results": results(runs),
        "goals": goals(runs),
        "runs": {name: run._asdict() for name, run in runs.items()},
        "text": table(runs),
    }


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="thread_metric", description="Thread-Metric on a Cortex-M3 under QEMU.")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument(
        "--microseconds", type=int, default=100_000, metavar="N", help="of the machine's time for each test (default 100000)"
    )
    arguments = parser.parse_args(argv)
    exit_on_signals()
    try:
        runs = measure(arguments.microseconds)
    except RunnerError as error:
        print(f"{error.details}\nthread_metric: {error}", file=sys.stderr)
        return error.exit_status
    except (MetricError, OSError) as error:
        print(f"thread_metric: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        arguments.json.write_text(json.dumps(answer(runs), indent=2) + "\n", encoding="utf-8")
        return 0
    print(table(runs), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
