"""`./baton test`: sets up, then runs every test, or the chosen ones, and counts."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from tools.baton_cli.workspace import CommandError, Workspace
from tools.qemu.board import find_board

SUMMARY = "run the tests"
# Seconds for small, medium, large and enormous tests: the long runs do the same with more rounds.
_SOAK_TIMEOUTS = "--test_timeout=1200,3600,7200,14400"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="leave out what boots QEMU and what takes minutes")
    length.add_argument("--soak", action="store_true", help="the long runs: more rounds and seeds, nothing cached")
    parser.add_argument("--board", metavar="B", help="only tests that boot this board")
    parser.add_argument(
        "filter", nargs="?", metavar="FILTER", help="only tests of this area, or with this text in their label"
    )


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    if arguments.board:
        find_board(workspace.root, arguments.board)
    workspace.ensure_setup()
    flags = ["--keep_going"]
    if arguments.quick:
        flags += ["--build_tests_only", "--test_tag_filters=-qemu,-slow", "--test_size_filters=small,medium"]
    if arguments.soak:
        flags += ["--test_env=BATON_SOAK=1", _SOAK_TIMEOUTS, "--cache_test_results=no"]
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        targets = ["//..."]
        if arguments.board or arguments.filter:
            chosen = Path(folder) / "targets"
            labels = choose(workspace, arguments.board, arguments.filter)
            chosen.write_text("".join(f"{label}\n" for label in labels), encoding="utf-8")
            targets = [f"--target_pattern_file={chosen}"]
        run = workspace.bazel("test", [*flags, *targets])
    tally = run.events.tally()
    if run.status != 0 and tally.failed == 0:
        # Bazel itself failed, or found no test at all: neither may look like success.
        tally.failed = 1
        tally.failures.append(f"bazel ended with status {run.status}; see above")
    if tally.passed == 0 and tally.failed == 0:
        tally.failed = 1
        tally.failures.append("no test ran")
    if tally.failures:
        print("\nfailed:")
    for failure in tally.failures:
        print(f"  {failure}")
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if tally.failed else 0


def choose(workspace: Workspace, board: str | None, text: str | None) -> list[str]:
    """Labels of the tests that boot `board` and have `text` in their label, or are of the area of that name."""
    tests = "tests(//...) except attr(tags, '[\\[ ]manual[,\\]]', //...)"
    if board:
        tests = f"attr(tags, '[\\[ ]board_{board}[,\\]]', {tests})"
    labels = workspace.read(["bazel", "query", "--noshow_progress", tests]).split()
    if text:
        folders = areas(workspace).get(text, [])
        labels = [label for label in labels if text in label or any(is_below(label, folder) for folder in folders)]
    if not labels:
        wanted = " and ".join(
            part for part in (board and f"boots {board}", text and f"has '{text}' in its label") if part
        )
        raise CommandError(f"no test {wanted}; ./baton test runs all of them", exit_status=2)
    return labels


def areas(workspace: Workspace) -> dict[str, list[str]]:
    """What `./baton test AREA` runs: folders by area, from tests/areas.json."""
    path = workspace.root / "tests/areas.json"
    if not path.exists():
        return {}
    try:
        found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CommandError(f"{path}: {error}", exit_status=2) from error
    for folder in {folder for folders in found.values() for folder in folders}:
        if not (workspace.root / folder.removeprefix("//")).is_dir():
            raise CommandError(f"{path} names {folder}, which is not there", exit_status=2)
    return found


def is_below(label: str, folder: str) -> bool:
    """Whether a test's label is of the package `folder`, or of one below."""
    return label.startswith((folder + ":", folder + "/"))
