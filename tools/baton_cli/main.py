"""`./baton`: the one command of this source tree. Each subcommand is a module of its own beside this file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).absolute().parents[2]
# Called by path, not as a module: the tree's root is where imports begin.
sys.path.insert(0, str(ROOT))

from tools.baton_cli import bench, debug, decode, image, new_board, run, sim, size, test, trace  # noqa: E402
from tools.baton_cli.workspace import CommandError, Workspace  # noqa: E402
from tools.qemu.errors import RunnerError  # noqa: E402
from tools.qemu.process import exit_on_signals  # noqa: E402

_COMMANDS = {
    "run": run,
    "test": test,
    "sim": sim,
    "bench": bench,
    "debug": debug,
    "image": image,
    "size": size,
    "new-board": new_board,
    "decode": decode,
    "trace": trace,
}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="./baton",
        description="Builds, boots, tests and explains Baton. Without a subcommand: this text.",
        epilog="./baton COMMAND --help says more; docs/command.md says all.",
    )
    verbose = {"action": "store_true", "help": "show each command that is run"}
    top.add_argument("-v", "--verbose", **verbose)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for name, module in _COMMANDS.items():
        command = commands.add_parser(name, help=module.SUMMARY, description=module.__doc__)
        # SUPPRESS: a -v before the subcommand is not overwritten by its absence after it.
        command.add_argument("-v", "--verbose", default=argparse.SUPPRESS, **verbose)
        module.add_arguments(command)
    return top


def main(argv: Sequence[str], root: Path = ROOT) -> int:
    top = parser()
    arguments = top.parse_args(argv)
    if arguments.command is None:
        top.print_help()
        return 2
    exit_on_signals()
    workspace = Workspace(root, arguments.verbose)
    try:
        return _COMMANDS[arguments.command].main(workspace, arguments)
    except (CommandError, RunnerError) as error:
        print(f"baton: {error}", file=sys.stderr)
        return error.exit_status
    except FileNotFoundError as error:
        print(f"baton: {error.filename}: not found; tools/setup installs what is missing", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("baton: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
