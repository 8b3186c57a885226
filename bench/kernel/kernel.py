"""What the kernel's operations cost on AArch64, under QEMU: in instructions, in time, on one core and on eight.

  instructions  one core, -icount shift=0: the cycle counter counts instructions, the same at every run
  time          several cores, each a thread of the host's: what it says of hardware is little
  lines         a plugin of QEMU's watches which cache lines each of eight cores reads and writes
  size          the linker's map of an image with one command
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.kernel.lines import Sharing, names_of, read_lines, sharing
from bench.kernel.samples import KernelBenchError, Series, read_rows, read_series, read_shares, row, summarize
from bench.kernel.sizes import address_of, parts, symbols
from tools.qemu.board import Board, Options, find_board
from tools.qemu.errors import RunnerError
from tools.qemu.machine import Machine
from tools.qemu.process import exit_on_signals

_ROOT = Path(__file__).absolute().parents[2]
_HERE = _ROOT / "bench/kernel"
_ICOUNT = ("-icount", "shift=0,sleep=off")
_PLAYS = ("yield", "semaphore", "mutex", "channel")
_CORES = 8
_SECONDS = 120

YIELD_GOAL = 150
MUTEX_GOAL = 40

Result = dict[str, Any]


def command(machine: Machine, text: str) -> str:
    """What a command printed; it must succeed."""
    status, said = machine.run(text, timeout=_SECONDS)
    if status != 0:
        raise KernelBenchError(f"'{text}' failed: {said}")
    return said.replace("\r", "")


class Bench:
    def __init__(self, samples: int) -> None:
        # The plugin is written for version 4 of QEMU's plugin interface.
        self._board = replace(find_board(_ROOT, "virt"), image="//bench/kernel:image", qemu_version="10.0")
        self._samples = samples
        self.results: list[Result] = []
        self.goals: list[Result] = []
        self.runs: Result = {"host_cpus": len(os.sched_getaffinity(0))}

    @contextmanager
    def _machine(self, cores: int, *arguments: str) -> Iterator[Machine]:
        board: Board = self._board
        options = Options(smp=cores, qemu_args=arguments)
        with Machine(board, board.image_path(_ROOT), options, limit=10 * _SECONDS) as machine:
            machine.wait_prompt()
            yield machine
            machine.poweroff()

    def rows(self, group: str, unit: str, cores: int, *arguments: str) -> None:
        """Every row that so many cores can play."""
        measured: dict[str, Series] = {}
        with self._machine(cores, *arguments) as machine:
            for name, least in read_rows(command(machine, "rows")).items():
                if least <= cores:
                    say(f"{group}: {name}")
                    measured |= read_series(command(machine, f"measure {name} {self._samples}"))
        self.runs[group] = {name: series.samples for name, series in measured.items()}
        overhead = statistics.median(measured.pop("empty").samples)
        for name, series in measured.items():
            counts = series.unit == "cycles"
            numbers = summarize(series.samples, overhead if counts else 0)
            self.results.append(row(group, name, unit if counts else "ns", numbers, len(series.samples)))

    def measured(self, name: str) -> float:
        return float(next(found["measured"] for found in self.results if found["name"] == name))

    def goal(self, name: str, measured: float, most: float, unit: str) -> None:
        met = measured <= most
        self.goals.append({"name": name, "measured": measured, "goal": most, "unit": unit, "met": met})

    def scaling(self, milliseconds: int) -> None:
        """The same loop on 1 to 8 cores: what all of them do in the time of one machine, and in instructions."""
        for icount in (True, False):
            group = "instructions side by side" if icount else "time side by side"
            for cores in range(1, _CORES + 1):
                say(f"{group}: {cores} cores")
                with self._machine(cores, *(_ICOUNT if icount else ())) as machine:
                    for play in _PLAYS:
                        said = command(machine, f"pairs {play} {cores} {milliseconds}")
                        self._share(group, play, cores, said, icount)

    def _share(self, group: str, play: str, cores: int, said: str, icount: bool) -> None:
        shares = read_shares(said, cores)
        self.runs.setdefault(group, {})[f"{play}, {cores} cores"] = [share._asdict() for share in shares]
        each = [share.ns / share.rounds for share in shares]
        # With -icount the cores take turns: one instruction of any of them is one nanosecond of all.
        per_round = 1 / sum(1 / time for time in each)
        spread = f"the cores' own {min(each):.4g} to {max(each):.4g} ns"
        self.results.append(
            {
                "name": f"{group}/{play}, {cores} cores",
                "group": group,
                "measured": per_round,
                "unit": "instructions/round" if icount else "ns/round",
                "note": spread,
            }
        )

    def lines(self, rounds: int) -> None:
        table = symbols(self._board.image_path(_ROOT, "elf"))
        begin, end = (address_of(f"kernel_bench_window_{word}", table) for word in ("begin", "end"))
        seen: dict[str, Sharing] = {}
        for play in (*_PLAYS, "shared"):
            say(f"lines: {play}")
            with tempfile.TemporaryDirectory(prefix="baton-") as folder:
                out = Path(folder) / "lines"
                plugin = f"{_HERE / 'memory_watch.so'},begin={begin:#x},end={end:#x},out={out}"
                with self._machine(_CORES, "-plugin", plugin) as machine:
                    read_shares(command(machine, f"windows {play} {_CORES} {rounds}"), _CORES)
                found = sharing(read_lines(out.read_text(encoding="utf-8")))
            if found.cores != _CORES:
                raise KernelBenchError(f"'{play}': {found.cores} cores were watched, not {_CORES}")
            seen[play] = found
        if not seen["shared"].written:
            raise KernelBenchError("a word that all cores write was not found: the plugin sees nothing")
        for play, found in seen.items():
            names = names_of(found.written, table)
            note = f"of {found.lines} touched; {len(found.read_only)} are read by several and written by none"
            self.results.append(
                {
                    "name": f"lines/{play}",
                    "group": "lines",
                    "measured": len(found.written),
                    "unit": "lines written and shared",
                    "note": f"{note}{': ' if names else ''}{' '.join(names)}",
                }
            )
            self.runs.setdefault("lines", {})[play] = {
                "written": {f"{line:#x}": {core: use._asdict() for core, use in uses.items()} for line, uses in found.written.items()},
                "read_only": names_of(found.read_only, table),
            }
        for play in _PLAYS:
            name = f"cache lines in common, written by any: {play} on {_CORES} cores"
            self.goal(name, len(seen[play].written), 0, "lines")

    def size(self) -> None:
        found = parts((_HERE / "minimal.map").read_text(encoding="utf-8"))
        self.runs["size"] = found
        total: dict[str, int] = {}
        for kinds in found.values():
            for kind, count in kinds.items():
                total[kind] = total.get(kind, 0) + count
        for part, kinds in [("all", total), *sorted(found.items())]:
            read = kinds.get("code", 0) + kinds.get("constants", 0)
            written = kinds.get("data", 0) + kinds.get("zeroed", 0)
            self.results.append(
                {
                    "name": f"size/{part}",
                    "group": "size",
                    "measured": read,
                    "unit": "bytes of code and constants",
                    "note": f"{kinds.get('code', 0)} of code; {written} bytes of data, {kinds.get('data', 0)} not zero",
                }
            )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure(samples: int, milliseconds: int) -> Result:
    bench = Bench(samples)
    bench.rows("instructions", "instructions", 1, *_ICOUNT)
    bench.goal("instructions of a yield that switches", bench.measured("instructions/yield"), YIELD_GOAL, "instructions")
    bench.goal("instructions of an uncontended mutex pair", bench.measured("instructions/mutex"), MUTEX_GOAL, "instructions")
    bench.lines(rounds=1000)
    bench.rows("time", "ns", 4)
    bench.scaling(milliseconds)
    bench.size()
    return {"results": bench.results, "goals": bench.goals, "runs": bench.runs}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="kernel", description="What the kernel's operations cost under QEMU.")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--samples", type=int, default=1000, metavar="N", help="of each row (default 1000)")
    parser.add_argument("--milliseconds", type=int, default=200, metavar="N", help="of each play (default 200)")
    arguments = parser.parse_args(argv)
    exit_on_signals()
    try:
        answer = measure(arguments.samples, arguments.milliseconds)
    except RunnerError as error:
        print(f"{error.details}\nkernel: {error}", file=sys.stderr)
        return error.exit_status
    except (KernelBenchError, OSError) as error:
        print(f"kernel: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        arguments.json.write_text(json.dumps(answer, indent=2) + "\n", encoding="utf-8")
        return 0
    for result in answer["results"]:
        print(f"{result['name']:<44} {result['measured']:12.1f} {result['unit']}  {result['note']}")
    for goal in answer["goals"]:
        met = "met" if goal["met"] else "NOT MET"
        print(f"{goal['name']}: {goal['measured']:.4g} {goal['unit']}, at most {goal['goal']}: {met}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
