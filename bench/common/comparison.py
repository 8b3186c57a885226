"""One run of a benchmark program, as ./baton bench wants it: medians, rows beside each other, and the goals.

Google Benchmark interleaves the repetitions of all contestants in one process; everything here comes from
one such run. A row is called operation/contestant/threads.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).absolute().parents[2]
_LEAST_REPETITIONS = 7

# Operation, contestant, number of threads.
Key = tuple[str, str, int]
Rows = Mapping[Key, Sequence[Mapping[str, Any]]]


class BenchError(Exception):
    """The run or what it wrote is of no use; the message says why."""


@dataclass(frozen=True)
class Goal:
    """The least of `ours`, divided by the least of `peers` if there are any, is at most `most`.

    `places`: that many decimals are compared, as two things that are the same differ in those behind them.
    """

    name: str
    ours: Sequence[Key]
    peers: Sequence[Key]
    most: float
    field: str = "real_time"
    unit: str = "x"
    places: int | None = None


@dataclass(frozen=True)
class Extra:
    """A counter of an operation's rows that is a measurement of its own, with a table of its own."""

    operation: str
    counter: str
    title: str
    unit: str = "ns"


@dataclass(frozen=True)
class Comparison:
    """A benchmark: its program, what is compared in it, and what is to be reached."""

    name: str
    summary: str
    program: Path
    goals: Sequence[Goal]
    # The row that a row is shown relative to, if any.
    floor: Callable[[Key], Key | None] = lambda key: None
    extras: Sequence[Extra] = ()

    def answer(self, written: Mapping[str, Any], short: bool = False) -> dict[str, Any]:
        """What ./baton bench wants to know of a run."""
        assertions = written.get("context", {}).get("baton_assertions")
        if assertions != "off" and not short:
            raise BenchError("the benchmark was built with assertions: build it with -c opt")
        rows = by_key(written)
        if not short:
            few = [key for key, found in rows.items() if len(found) < _LEAST_REPETITIONS]
            if few:
                raise BenchError(f"{'/'.join(map(str, few[0]))} was repeated fewer than {_LEAST_REPETITIONS} times")
        order: dict[tuple[str, int], int] = {}
        for operation, _, threads in rows:
            order.setdefault((operation, threads), len(order))
        results = []
        for operation, threads in order:
            keys = [key for key in rows if (key[0], key[2]) == (operation, threads)]
            results += [self._result(key, rows) for key in keys]
            for extra in self.extras:
                if extra.operation == operation:
                    results += [_extra_result(extra, key, rows[key]) for key in keys if extra.counter in rows[key][0]]
        return {"results": results, "goals": [measure(goal, rows) for goal in self.goals], "runs": written}

    def _result(self, key: Key, rows: Rows) -> dict[str, Any]:
        """One row of the table: time per success, and beside it what a time alone hides."""
        operation, contestant, threads = key
        found = rows[key]
        notes = []
        floor = self.floor(key)
        if floor is not None and floor in rows:
            notes.append(f"{median(found, 'real_time') / median(rows[floor], 'real_time'):.2f} x {floor[1]}")
        if "fairness" in found[0]:
            notes.append(f"{100 * median(found, 'success_rate'):.0f} % of attempts")
            notes.append(f"fairness {median(found, 'fairness'):.2f}, least share {100 * median(found, 'least_share'):.0f} %")
        if "in_a_row" in found[0]:
            notes.append(f"{median(found, 'in_a_row'):.3g} in a row")
        disturbed = sum(1 for row in found if row.get("disturbed"))
        if disturbed:
            notes.append(f"{disturbed} of {len(found)} runs disturbed")
        return _row(f"{operation}, {threads_text(threads)}", contestant, found, "real_time", "ns", notes)

    def run(self, repetitions: int, short: bool) -> dict[str, Any]:
        """Runs the program, whose progress goes to our stderr; what it wrote."""
        with tempfile.TemporaryDirectory(prefix="baton-") as folder:
            out = Path(folder) / "run.json"
            command = [str(self.program), f"--benchmark_repetitions={repetitions}"]
            command += ["--benchmark_enable_random_interleaving=true", "--benchmark_display_aggregates_only=true"]
            command += [f"--benchmark_out={out}", "--benchmark_out_format=json"]
            if short:
                command.append("--short")
            try:
                status = subprocess.run(
                    command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
                ).returncode
            except OSError as error:
                raise BenchError(f"cannot run {self.program}: {error.strerror}") from error
            if status != 0:
                raise BenchError(f"{self.program.name} failed with status {status}")
            return read(out)

    def main(self, argv: Sequence[str]) -> int:
        parser = argparse.ArgumentParser(prog=self.name, description=self.summary)
        parser.add_argument("--json", type=Path, metavar="FILE", help="write results, goals and runs there")
        parser.add_argument("--repetitions", type=int, default=15, metavar="N", help="of everything (default 15)")
        parser.add_argument("--quick", action="store_true", help="only see whether all of it works: the numbers mean nothing")
        parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help="do not run; read what an earlier run wrote")
        arguments = parser.parse_args(argv)
        try:
            if arguments.source:
                written = read(arguments.source)
            else:
                written = self.run(2 if arguments.quick else arguments.repetitions, arguments.quick)
            made = self.answer(written, arguments.quick)
        except BenchError as error:
            print(f"{self.name}: {error}", file=sys.stderr)
            return 1
        if arguments.json:
            arguments.json.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
            return 0
        for row in made["results"]:
            print(f"{row['name']:<48} {row['measured']:10.3f} {row['unit']}  ({row['note']})")
        for goal in made["goals"]:
            met = "met" if goal["met"] else "NOT MET"
            print(f"{goal['name']}: {goal['measured']:.3f} {goal['unit']}, at most {goal['goal']}: {met}")
        return 0


def by_key(written: Mapping[str, Any]) -> dict[Key, list[dict[str, Any]]]:
    """The rows of single repetitions, by what they measured."""
    rows: dict[Key, list[dict[str, Any]]] = {}
    for row in written.get("benchmarks", []):
        if row.get("run_type") != "iteration":
            continue
        if row.get("error_occurred"):
            raise BenchError(f"{row['name']}: {row.get('error_message', 'failed')}")
        words = row["name"].split("/")
        if len(words) < 3 or words[2] not in ("1", "2"):
            raise BenchError(f"cannot read the name '{row['name']}': operation/contestant/threads is expected")
        rows.setdefault((words[0], words[1], int(words[2])), []).append(row)
    if not rows:
        raise BenchError("the run has no rows")
    return rows


def median(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    return statistics.median(float(row[name]) for row in rows)


def threads_text(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def measure(goal: Goal, rows: Rows) -> dict[str, Any]:
    def least(keys: Sequence[Key]) -> float:
        for key in keys:
            if key not in rows:
                raise BenchError(f"goal '{goal.name}': the run has no {'/'.join(map(str, key))}")
        return min(median(rows[key], goal.field) for key in keys)

    measured = least(goal.ours)
    if goal.peers:
        measured /= least(goal.peers)
    if goal.places is not None:
        measured = round(measured, goal.places)
    return {"name": goal.name, "measured": measured, "goal": goal.most, "unit": goal.unit, "met": measured <= goal.most}


def read(path: Path) -> dict[str, Any]:
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BenchError(f"{path}: {error}") from error
    if not isinstance(written, dict):
        raise BenchError(f"{path}: not what Google Benchmark writes")
    return written


def _extra_result(extra: Extra, key: Key, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return _row(f"{extra.title}, {threads_text(key[2])}", key[1], found, extra.counter, extra.unit, [])


def _row(
    group: str, contestant: str, found: Sequence[Mapping[str, Any]], name: str, unit: str, notes: Sequence[str]
) -> dict[str, Any]:
    values = [float(row[name]) for row in found]
    return {
        "name": f"{group}/{contestant}",
        "group": group,
        "measured": statistics.median(values),
        "unit": unit,
        "note": "; ".join([f"{min(values):.4g} to {max(values):.4g}", *notes]),
    }
