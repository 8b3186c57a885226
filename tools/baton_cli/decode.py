"""`./baton decode`: a panic's text to functions and source lines, with the images that Bazel has built."""

from __future__ import annotations

import argparse

from tools.baton_cli.workspace import Workspace
from tools.decode import decode

SUMMARY = "turn a panic's text into functions and source lines"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    decode.add_arguments(parser)


def main(workspace: Workspace, arguments: argparse.Namespace) -> int:
    if arguments.source is None:
        arguments.source = workspace.root
    return decode.run(arguments, workspace.output_trees)
