"""How long interrupts wait on QEMU's mps2-an385: one at every instruction of what the kernel does, and the longest wait's place.

With -icount shift=6 an instruction takes longer than a tick of the timer, whose time grows by one tick per round: so it comes at every
instruction of Thread-Metric's tests, and of some more of the kernel's work. It is above the kernel's ceiling, and nothing may delay it; it makes
another pending that the kernel masks. Two stretches of known length, planted each time, must be found.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.thread_metric.lines import MetricError, check_calibration, read_tests
from bench.thread_metric.sweep_lines import (
    NS_PER_INSTRUCTION,
    Sweep,
    addresses,
    check_planted,
    goals,
    read_loads,
    read_sweep,
    results,
    table,
)
from bench.thread_metric.thread_metric import booted, command, elf_path, say
from tools.decode.symbolize import SymbolizeError, places_of
from tools.qemu.errors import RunnerError
from tools.qemu.process import exit_on_signals

_ICOUNT = ("-icount", "shift=6,sleep=off")
_SECONDS = 120
_CALIBRATION_TURNS = 1_000_000
# A loop of the test's own, without the kernel.
_NOTHING_TO_SWEEP = ("basic",)
_CEILING, _EVERYTHING = "planted-ceiling", "planted-all"


def known_sweeps() -> list[str]:
    """What can be swept; and the machine's time is seen to count instructions."""
    with booted(*_ICOUNT) as machine:
        check_calibration(command(machine, f"calibrate {_CALIBRATION_TURNS}"), NS_PER_INSTRUCTION)
        tests = [name for name in read_tests(command(machine, "tests")) if name not in _NOTHING_TO_SWEEP]
        loads = read_loads(command(machine, "loads"))
    for name in (_CEILING, _EVERYTHING):
        loads.remove(name)
    return tests + loads


def run_sweep(name: str) -> Sweep:
    with booted(*_ICOUNT) as machine:
        status, said = machine.run(f"sweep {name}", timeout=_SECONDS)
    return read_sweep(name, status, said.replace("\r", ""))


def measure() -> dict[str, Sweep]:
    say("what is planted")
    check_planted(run_sweep(_CEILING), run_sweep(_EVERYTHING))
    sweeps = {}
    for name in known_sweeps():
        say(name)
        sweeps[name] = run_sweep(name)
    return sweeps


def names_of(found: Iterable[int]) -> dict[int, str]:
    """`function file:line` of the function that has the instruction, whatever is inlined there."""
    names = {}
    for address, places in places_of(elf_path(), found).items():
        if places:
            function = re.sub(r"\(.*", "", places[-1].function).replace("baton::", "")
            names[address] = f"{function} {places[-1].file}:{places[-1].line}"
    return names


def answer(sweeps: dict[str, Sweep], names: dict[int, str]) -> dict[str, Any]:
    """What ./baton bench wants to know."""
    runs = {
        name: sweep._asdict()
        | {
            "stretches": [
                one._asdict() | {"from": names.get(one.begin, ""), "to": names.get(one.end, "")} for one in sweep.stretches
            ]
        }
        for name, sweep in sweeps.items()
    }
    return {"results": results(sweeps, names), "goals": goals(sweeps), "runs": runs, "text": table(sweeps, names)}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="latency", description="How long interrupts wait on a Cortex-M3 under QEMU.")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args(argv)
    exit_on_signals()
    try:
        sweeps = measure()
        names = names_of(addresses(sweeps.values()))
    except RunnerError as error:
        print(f"{error.details}\nlatency: {error}", file=sys.stderr)
        return error.exit_status
    except (MetricError, SymbolizeError, OSError) as error:
        print(f"latency: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        arguments.json.write_text(json.dumps(answer(sweeps, names), indent=2) + "\n", encoding="utf-8")
        return 0
    print(table(sweeps, names), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
