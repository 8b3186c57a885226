"""`./baton sim`: a test of the kernel on the virtual machine, from many seeds, or one seed again with its schedule."""

from __future__ import annotations

import argparse
import re

from tools.baton_cli.workspace import CommandError, Workspace

SUMMARY = "run a test on simulated machines from many seeds"
# Tests that take the flags of tests/host_machine/seeds.h say so.
_TAG = "seeds"
_ATOMIC_POINTS = "_atomic_points"


def _seeds(text: str) -> str:
    match = re.fullmatch(r"([1-9][0-9]*)\.\.([1-9][0-9]*)", text)
    if match is None or int(match[1]) > int(match[2]):
        raise argparse.ArgumentTypeError(f"{text!r} is no range of seeds such as 1..10000")
    return text


def _seed(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: a number from 1")
    return text


def _cores(text: str) -> str:
    if text not in {str(count) for count in range(1, 9)}:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of cores: 1 to 8")
    return text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--seeds", type=_seeds, metavar="A..B", help="these seeds (default: the test's own)")
    which.add_argument("--replay", type=_seed, metavar="SEED", help="this seed, with its schedule")
    parser.add_argument("--cores", type=_cores, metavar="N", help="on that many cores (default: as the test says)")
    parser.add_argument("--case", metavar="FILTER", help="only these cases of the test, as GoogleTest filters them")
    parser.add_argument(
        "--atomics", action="store_true", help="other cores go on between any two atomic operations, too"
    )
    parser.add_argument("test", nargs="?", metavar="TEST", help="text in the test's label (default: list the tests)")


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    workspace.ensure_setup()
    labels = tests(workspace)
    if arguments.test is None:
        print("\n".join(label for label in labels if not label.endswith(_ATOMIC_POINTS)))
        return 0
    label = choose(labels, arguments.test, arguments.atomics)
    program = [file for file in workspace.build(label) if file.name == label.rpartition(":")[2]]
    if len(program) != 1:
        raise CommandError(f"{label} should be one program, and is {len(program)}")
    return workspace.call([program[0], *flags(arguments)])


def tests(workspace: Workspace) -> list[str]:
    """Labels of the tests that run seeds, those in which atomic operations are points included."""
    query = f"attr(tags, '[\\[ ]{_TAG}[,\\]]', tests(//...))"
    labels = workspace.read(["bazel", "query", "--noshow_progress", query]).split()
    return sorted(label for label in labels if not label.endswith(("_tsan", "_asan_ubsan")))


def choose(labels: list[str], text: str, atomics: bool) -> str:
    """The one test with `text` in its label; of a test and its form with atomic points, the one wanted."""
    found = [label for label in labels if text in label and label.endswith(_ATOMIC_POINTS) == atomics]
    exact = [label for label in found if label.removesuffix(_ATOMIC_POINTS).endswith((f":{text}", f"/{text}"))]
    if len(exact) == 1:
        return exact[0]
    if len(found) != 1:
        names = ", ".join(found or labels) or "none"
        problem = f"{len(found)} tests have" if found else "no test has"
        form = " with atomic points" if atomics else ""
        raise CommandError(f"{problem} '{text}' in the label{form}; there are: {names}", exit_status=2)
    return found[0]


def flags(arguments: argparse.Namespace) -> list[str]:
    """What the test is told."""
    told = []
    for name in ("seeds", "replay", "cores"):
        value = getattr(arguments, name)
        if value is not None:
            told.append(f"--{name}={value}")
    if arguments.case is not None:
        told.append(f"--gtest_filter={arguments.case}")
    return told
