"""`./baton bench`: runs benchmarks and gathers their numbers as a table, JSON and plots.

A benchmark is a folder bench/NAME/ with a bench.json; people type - for _ in NAME.

  summary    one line
  target     the Bazel target to run
  kind       "program": takes --json FILE and writes {"results": [...], "goals": [...], "runs": ...} there
             (and perhaps "text", which is shown instead of results and goals)
             "google": a Google Benchmark binary, built with -c opt
  boards     perhaps: the target to run by board, where people may name one; it is given --board BOARD
  compilation_mode
             "program" only, perhaps: what it and all it runs is built with, "opt" or "dbg"
  goals      "google" only, a list of {"name", "benchmark", "field", "goal", "unit"}, and perhaps
             "relative_to": met when the benchmark's field (real_time, cpu_time or a counter),
             divided by that of `relative_to`, is at most the goal
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from tools.baton_cli.plot import bar_chart
from tools.baton_cli.workspace import CommandError, Workspace
from tools.qemu.board import board_names

SUMMARY = "run benchmarks"

Row = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="only this one")
    parser.add_argument("board", nargs="?", metavar="BOARD", help="on this board, where the benchmark has several")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="write bar charts (SVG) of each benchmark there")


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    known = {path.parent.name.replace("_", "-"): path for path in sorted((workspace.root / "bench").glob("*/bench.json"))}
    if arguments.name is not None and arguments.name not in known:
        raise CommandError(f"unknown benchmark '{arguments.name}'; benchmarks: {' '.join(known)}", exit_status=2)
    chosen = [arguments.name] if arguments.name else list(known)
    descriptions = {name: read_json(known[name]) for name in chosen}
    if arguments.board is not None:
        check_board(workspace.root, arguments.name, arguments.board, descriptions[arguments.name].get("boards", {}))
    workspace.ensure_setup()
    gathered: dict[str, Any] = {"goals": [], "results": {}, "runs": {}}
    texts: dict[str, str] = {}
    shown: dict[str, Any] = {"goals": [], "results": {}}
    for name, description in descriptions.items():
        outcome = run_one(workspace, name, description, arguments.board)
        gathered["results"][name] = outcome["results"]
        gathered["goals"] += outcome["goals"]
        gathered["runs"][name] = outcome["runs"]
        if outcome.get("text"):
            texts[name] = outcome["text"]
        else:
            shown["results"][name] = outcome["results"]
            shown["goals"] += outcome["goals"]
    parts = [table(shown)] if shown["results"] else []
    parts += [f"{name}\n{text}" for name, text in texts.items()]
    print("\n".join(parts), end="")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(gathered, indent=2) + "\n", encoding="utf-8")
    if arguments.plots:
        arguments.plots.mkdir(parents=True, exist_ok=True)
        for name, chart in charts(gathered["results"]).items():
            (arguments.plots / name).write_text(chart, encoding="utf-8")
    return 0


def check_board(root: Path, name: str, board: str, boards: dict[str, str]) -> None:
    """Refuses a board that is none, or none for this benchmark."""
    if not boards:
        raise CommandError(f"benchmark {name} takes no board", exit_status=2)
    if board in boards:
        return
    every = board_names(root)
    what = f"benchmark {name} does not run on {board}" if board in every else f"unknown board '{board}'"
    raise CommandError(f"{what}; boards that {name} runs on: {' '.join(boards)}", exit_status=2)


def run_one(workspace: Workspace, name: str, description: dict[str, Any], board: str | None = None) -> dict[str, Any]:
    """Runs a benchmark: {"results": rows, "goals": rows, "runs": what it wrote itself}, and "text" where it writes one."""
    google = description["kind"] == "google"
    workspace.say(f"benchmark {name}: {description['summary']}")
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        answer = Path(folder) / "answer.json"
        if google:
            words = ["-c", "opt", description["target"], "--"]
            words += [f"--benchmark_out={answer}", "--benchmark_out_format=json"]
        else:
            mode = description.get("compilation_mode")
            words = ["-c", mode] if mode else []
            target, options = (description["boards"][board], ["--board", board]) if board else (description["target"], [])
            words += [target, "--", *options, "--json", str(answer)]
        status = workspace.bazel("run", ["--show_result=0", *words]).status
        if status != 0:
            raise CommandError(f"benchmark {name} failed with status {status}; see above")
        written = read_json(answer)
    if not google:
        return {key: written.get(key, []) for key in ("results", "goals", "runs")} | {"text": written.get("text", "")}
    results = [
        {"name": row["name"], "measured": row["real_time"], "unit": row["time_unit"]}
        for row in written["benchmarks"]
        if row.get("run_type", "iteration") == "iteration"
    ]
    goals = [google_goal(goal, written["benchmarks"]) for goal in description.get("goals", [])]
    return {"results": results, "goals": goals, "runs": written}


def charts(results: dict[str, list[Row]]) -> dict[str, str]:
    """The charts by file name: one of a benchmark, or one of each `group` that its rows name."""
    groups: dict[str, list[Row]] = {}
    for bench, rows in results.items():
        for row in rows:
            groups.setdefault(f"{bench} {row['group']}" if "group" in row else bench, []).append(row)
    found = {}
    for title, rows in groups.items():
        bars = [(row["name"].rpartition("/")[2] if "group" in row else row["name"], row) for row in rows]
        file = re.sub(r"[^A-Za-z0-9]+", "_", title).strip("_") + ".svg"
        found[file] = bar_chart(title, [(name, row["measured"], row["unit"]) for name, row in bars])
    return found


def google_goal(goal: dict[str, Any], rows: list[Row]) -> Row:
    """Measures one goal of bench.json on Google Benchmark's rows."""

    def value(name: str) -> float:
        found = [row for row in rows if row["name"] == name]
        if not found:
            raise CommandError(f"goal '{goal['name']}': no benchmark is called {name}")
        # With repetitions there are several rows of one name: the middle one stands for them.
        values = sorted(float(row[goal["field"]]) for row in found)
        return values[len(values) // 2]

    measured = value(goal["benchmark"])
    if "relative_to" in goal:
        measured /= value(goal["relative_to"])
    return {
        "name": goal["name"],
        "measured": measured,
        "goal": goal["goal"],
        "unit": goal["unit"],
        "met": measured <= goal["goal"],
    }


def table(gathered: dict[str, Any]) -> str:
    """The numbers for people: measurements by benchmark, then the goals."""
    rows = [
        [f"{bench}/{row['name']}", number(row["measured"]), row["unit"], row.get("note", "")]
        for bench, results in gathered["results"].items()
        for row in results
    ]
    text = aligned(["benchmark", "measured", "unit", ""], rows)
    goals = [
        [goal["name"], number(goal["measured"]), number(goal["goal"]), goal["unit"], "yes" if goal["met"] else "NO"]
        for goal in gathered["goals"]
    ]
    if goals:
        text += "\n" + aligned(["goal", "measured", "at most", "unit", "met"], goals)
    return text


def number(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 10000 else f"{value:.0f}"


def aligned(head: list[str], rows: list[list[str]]) -> str:
    """Columns, the first to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [
            cell.rjust(width) if column in (1, 2) and _is_number_column(column, rows) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)


def _is_number_column(column: int, rows: list[list[str]]) -> bool:
    return all(row[column][:1].isdigit() or row[column][:1] == "-" for row in rows)


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from error
