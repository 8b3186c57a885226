"""What the kernel's operations cost on a board under QEMU: in instructions, in time, on one core and on several.

  instructions  one core, -icount: the cycle counter counts instructions, the same at every run
  time          several cores, each a thread of the host's: what it says of hardware is little
  lines         a plugin of QEMU's watches which cache lines each core reads and writes
  size          the linker's map of an image with one command
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.kernel.lines import Sharing, names_of, read_instructions, read_lines, sharing
from bench.kernel.samples import (
    KernelBenchError,
    Series,
    check_loop,
    in_instructions,
    read_rows,
    read_series,
    read_shares,
    row,
    summarize,
)
from bench.kernel.setups import SETUPS, Setup, setup_of
from bench.kernel.sizes import address_of, parts, symbols
from tools.qemu.board import Board, Options, find_board
from tools.qemu.errors import RunnerError
from tools.qemu.machine import Machine
from tools.qemu.process import exit_on_signals

_ROOT = Path(__file__).absolute().parents[2]
_HERE = _ROOT / "bench/kernel"
_PLAYS = ("yield", "semaphore", "mutex", "channel")
_TIMED_CORES = 4
_SECONDS = 120

YIELD_GOAL = 150
MUTEX_GOAL = 40
BESIDE_GOAL = 1.01

Result = dict[str, Any]


def command(machine: Machine, text: str) -> str:
    """What a command printed; it must succeed."""
    status, said = machine.run(text, timeout=_SECONDS)
    if status != 0:
        raise KernelBenchError(f"'{text}' failed: {said}")
    return said.replace("\r", "")


class Bench:
    def __init__(self, board: str, samples: int) -> None:
        self.setup: Setup = setup_of(board)
        # The plugin is written for version 4 of QEMU's plugin interface.
        self._board = replace(find_board(_ROOT, board), image=f"//bench/kernel:{self.setup.image}_image", qemu_version="10.0")
        self._samples = samples
        self.results: list[Result] = []
        self.goals: list[Result] = []
        self.runs: Result = {"board": board, "host_cpus": len(os.sched_getaffinity(0))}

    @property
    def icount(self) -> tuple[str, str]:
        return ("-icount", f"shift={self.setup.shift},sleep=off")

    @contextmanager
    def machine(self, options: Options, *arguments: str) -> Iterator[Machine]:
        board: Board = self._board
        options = replace(options, qemu_args=arguments)
        with Machine(board, board.image_path(_ROOT), options, limit=10 * _SECONDS) as machine:
            machine.wait_prompt()
            yield machine
            if machine.status is None:
                machine.poweroff()

    def series(self, group: str, machine: Machine, cores: int) -> dict[str, Series]:
        """Every row that so many cores can play."""
        measured: dict[str, Series] = {}
        for name, least in read_rows(command(machine, "rows")).items():
            if least <= cores:
                say(f"{group}: {name}")
                measured |= read_series(command(machine, f"measure {name} {self._samples}"))
        self.runs[group] = {name: series.samples for name, series in measured.items()}
        return measured

    def instructions(self) -> None:
        with self.machine(self.setup.alone, *self.icount) as machine:
            measured = self.series("instructions", machine, 1)
        check_loop(measured.pop("loop"), measured["empty"], self.setup.counts_per_instruction)
        overhead = statistics.median(measured.pop("empty").samples)
        for name, series in measured.items():
            one = self.setup.counts_per_instruction if series.unit == "cycles" else 2**self.setup.shift
            numbers = summarize(in_instructions(series, overhead if series.unit == "cycles" else 0, one), 0)
            self.results.append(row("instructions", name, "instructions", numbers, len(series.samples)))

    def time(self) -> None:
        with self.machine(self.setup.with_cores(_TIMED_CORES)) as machine:
            measured = self.series("time", machine, _TIMED_CORES)
        del measured["loop"]
        overhead = statistics.median(measured.pop("empty").samples)
        for name, series in measured.items():
            numbers = summarize(series.samples, overhead if series.unit == "cycles" else 0)
            self.results.append(row("time", name, "ns", numbers, len(series.samples)))

    def measured(self, name: str) -> float:
        return float(next(found["measured"] for found in self.results if found["name"] == name))

    def goal(self, name: str, measured: float, most: float, unit: str) -> None:
        met = measured <= most
        self.goals.append({"name": name, "measured": measured, "goal": most, "unit": unit, "met": met})

    def scaling(self, milliseconds: int) -> None:
        """The same loop on 1 to 8 cores, in the time of one machine."""
        group = "time side by side"
        for cores in self.setup.cores:
            say(f"{group}: {cores} cores")
            with self.machine(self.setup.with_cores(cores)) as machine:
                for play in _PLAYS:
                    shares = read_shares(command(machine, f"pairs {play} {cores} {milliseconds}"), cores)
                    self.runs.setdefault(group, {})[f"{play}, {cores} cores"] = [share._asdict() for share in shares]
                    each = [share.ns / share.rounds for share in shares]
                    self._share(group, play, 1 / sum(1 / time for time in each), "ns", each)

    def _share(self, group: str, play: str, measured: float, unit: str, each: Sequence[float]) -> None:
        self.results.append(
            {
                "name": f"{group}/{play}, {len(each)} cores",
                "group": group,
                "measured": measured,
                "unit": f"{unit}/round",
                "note": f"the cores' own {min(each):.5g} to {max(each):.5g}",
            }
        )

    @contextmanager
    def watched(self, cores: int) -> Iterator[tuple[Machine, Path]]:
        """A machine with the plugin, and the folder where its files are when the machine has ended."""
        begin, end = (address_of(f"kernel_bench_window_{word}", self._symbols) for word in ("begin", "end"))
        with tempfile.TemporaryDirectory(prefix="baton-") as name:
            folder = Path(name)
            files = f"lines={folder / 'lines'},instructions={folder / 'instructions'}"
            plugin = f"{_HERE / 'memory_watch.so'},begin={begin:#x},end={end:#x},{files}"
            with self.machine(self.setup.with_cores(cores), "-plugin", plugin) as machine:
                yield machine, folder

    @cached_property
    def _symbols(self) -> list[tuple[int, int, str]]:
        return symbols(self._board.image_path(_ROOT, "elf"))

    def names_of(self, lines: Iterable[int]) -> list[str]:
        return names_of(lines, self._symbols)

    def side_by_side(self, rounds: int) -> None:
        """The instructions of each core's own loop beside those of others: what waiting for them would add to."""
        group = "instructions side by side"
        for cores in self.setup.cores:
            say(f"{group}: {cores} cores")
            with self.watched(cores) as (machine, folder):
                for play in _PLAYS:
                    read_shares(command(machine, f"windows {play} {cores} {rounds}"), cores)
                machine.poweroff()
                counts = read_instructions((folder / "instructions").read_text(encoding="utf-8"), cores)
            for play, count in zip(_PLAYS, counts, strict=True):
                each = [one / rounds for one in count]
                self.runs.setdefault(group, {})[f"{play}, {cores} cores"] = count
                self._share(group, play, statistics.fmean(each), "instructions", each)
        taken = self.runs[group]
        for play in _PLAYS if self.setup.aarch64 else ():
            most, alone = max(taken[f"{play}, {cores} cores"]), taken[f"{play}, 1 cores"][0]
            self.goal(f"a core's instructions beside {cores - 1} others, by those alone: {play}", most / alone, BESIDE_GOAL, "")

    def sharing(self, play: str, rounds: int) -> Sharing:
        cores = self.setup.cores[-1]
        with self.watched(cores) as (machine, folder):
            read_shares(command(machine, f"windows {play} {cores} {rounds}"), cores)
            machine.poweroff()
            found = sharing(read_lines((folder / "lines").read_text(encoding="utf-8")))
        if found.cores != cores:
            raise KernelBenchError(f"'{play}': {found.cores} cores were watched, not {cores}")
        return found

    def lines(self, rounds: int) -> None:
        seen: dict[str, Sharing] = {}
        for play in (*_PLAYS, "shared"):
            say(f"lines: {play}")
            seen[play] = self.sharing(play, rounds)
        if not seen["shared"].written:
            raise KernelBenchError("a word that all cores write was not found: the plugin sees nothing")
        for play, found in seen.items():
            names = self.names_of(found.written)
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
                "read_only": self.names_of(found.read_only),
            }
        for play in _PLAYS:
            name = f"cache lines in common that any writes, {self.setup.cores[-1]} cores with independent pairs: {play}"
            self.goal(name, len(seen[play].written), 0, "lines")

    def size(self) -> None:
        found = parts((_HERE / f"{self.setup.image}_minimal.map").read_text(encoding="utf-8"))
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


def measure(board: str, samples: int, milliseconds: int) -> Result:
    bench = Bench(board, samples)
    bench.instructions()
    if bench.setup.aarch64:
        bench.goal("instructions of a yield that switches", bench.measured("instructions/yield"), YIELD_GOAL, "instructions")
        bench.goal("instructions of an uncontended mutex pair", bench.measured("instructions/mutex"), MUTEX_GOAL, "instructions")
        bench.lines(rounds=1000)
        bench.time()
        bench.scaling(milliseconds)
    bench.side_by_side(rounds=1000)
    bench.size()
    return {"results": bench.results, "goals": bench.goals, "runs": bench.runs}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="kernel", description="What the kernel's operations cost under QEMU.")
    parser.add_argument("--board", default="virt", metavar="BOARD", help=f"{', '.join(SETUPS)} (default virt)")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--samples", type=int, default=1000, metavar="N", help="of each row (default 1000)")
    parser.add_argument("--milliseconds", type=int, default=200, metavar="N", help="of each play (default 200)")
    arguments = parser.parse_args(argv)
    exit_on_signals()
    try:
        answer = measure(arguments.board, arguments.samples, arguments.milliseconds)
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
