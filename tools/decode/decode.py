"""`./baton decode`: a panic's text, noise and all, to functions and source lines.

    decode.py [--elf FILE] [--outputs DIR]... [--source DIR] [FILE]

Reads FILE, or stdin. The ELF file is the one given, or the one below the output folders with the dump's build-id.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tools.decode.dump import Dump, find_dumps
from tools.decode.elf import Elf, ElfError
from tools.decode.find_elf import find_elf, output_trees
from tools.decode.report import write_report
from tools.decode.symbolize import SymbolizeError


class DecodeError(Exception):
    """Nothing can be decoded; the message says why and what to do."""


def decode(
    text: bytes | str,
    elf_path: Path | None = None,
    outputs: Callable[[], Iterable[Path]] = lambda: (),
    source_root: Path | None = None,
) -> str:
    """The report on every dump in `text`.

    `outputs` is asked only when no ELF file is given; it returns Bazel's bazel-out folders or any others to search.
    """
    dumps = find_dumps(text)
    if not dumps:
        raise DecodeError(
            "no panic dump in the input; give the console's text from '=== BATON PANIC ===' on, "
            "as in: ./baton decode console.log"
        )
    reports = [write_report(dump, _elf_for(dump, elf_path, outputs), source_root) for dump in dumps]
    return "\n".join(reports)


def _elf_for(dump: Dump, given: Path | None, outputs: Callable[[], Iterable[Path]]) -> Elf:
    if given is not None:
        try:
            elf = Elf(given)
        except OSError as error:
            raise DecodeError(f"{given}: {error.strerror}") from error
        if dump.build_id is not None and elf.build_id != dump.build_id:
            raise DecodeError(
                f"the dump is from build-id {dump.build_id}, but {given} has {elf.build_id or 'none'}; "
                "give the ELF file of the image that panicked"
            )
        return elf
    if dump.build_id is None:
        raise DecodeError("the dump has no whole build-id line; name its image: ./baton decode --elf FILE.elf")
    roots = (tree for root in outputs() for tree in (output_trees(root) or [root]))
    elf, count = find_elf(dump.build_id, roots)
    if elf is None:
        raise DecodeError(
            f"none of the {count} built ELF files has the dump's build-id {dump.build_id}; "
            "check out and build the sources that panicked, or name its image: ./baton decode --elf FILE.elf"
        )
    return elf


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--elf", type=Path, metavar="FILE", help="the image's ELF file (else found by build-id)")
    parser.add_argument("--outputs", type=Path, action="append", metavar="DIR", help="search here for ELF files")
    parser.add_argument("--source", type=Path, metavar="DIR", help="source tree, to show the lines themselves")
    parser.add_argument("file", nargs="?", metavar="FILE", help="the console's text (default: stdin)")


def run(arguments: argparse.Namespace, outputs: Callable[[], Iterable[Path]] = lambda: ()) -> int:
    """Does what the arguments say; the exit status. `outputs`: where to search if they do not say."""
    if arguments.file is None and sys.stdin.isatty():
        print("baton decode: paste the panic's text, then ctrl-D", file=sys.stderr)
    try:
        text = sys.stdin.buffer.read() if arguments.file is None else Path(arguments.file).read_bytes()
        folders = arguments.outputs
        report = decode(text, arguments.elf, (lambda: folders) if folders else outputs, arguments.source)
    except OSError as error:
        print(f"baton decode: {arguments.file}: {error.strerror}", file=sys.stderr)
        return 1
    except (DecodeError, ElfError, SymbolizeError) as error:
        print(f"baton decode: {error}", file=sys.stderr)
        return 1
    sys.stdout.write(report)
    return 0


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="decode", description="A panic's text to functions and source lines.")
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
