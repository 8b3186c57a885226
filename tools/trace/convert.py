"""A console's log with a `trace dump` in it, to a file for Perfetto's page and chrome://tracing.

    convert.py [--from LOG] -o FILE.json        reads stdin without --from
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.trace.chrome import to_json
from tools.trace.dump import TraceError, read_dump
from tools.trace.timeline import Timeline, build


def convert(text: str, output: Path) -> Timeline:
    """Writes the file; TraceError when there is nothing to write, OSError when it cannot be written."""
    line = build(read_dump(text))
    if not line.trace.records or line.begin == line.end:
        raise TraceError("the trace is empty; at Baton's shell, `trace on` has it recorded")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(to_json(line), encoding="utf-8")
    return line


def summary(line: Timeline) -> str:
    """What is in it, in a line."""
    events = sum(len(records) for records in line.trace.records.values())
    return (
        f"{events} events of {len(line.trace.cores)} cores in {(line.end - line.begin) / 1e6:.3f} ms: "
        f"{len(line.runs)} runs, {len(line.interrupts)} interrupts, {len(line.wakes)} wake-ups, "
        f"{len(line.ipis)} interrupts from core to core"
    )


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="convert", description="A trace in a console's log to a file for Perfetto.")
    parser.add_argument("--from", dest="log", type=Path, metavar="LOG", help="the console's text (default: stdin)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    arguments = parser.parse_args(argv)
    try:
        data = sys.stdin.buffer.read() if arguments.log is None else arguments.log.read_bytes()
        line = convert(data.decode("utf-8", "replace"), arguments.output)
    except OSError as error:
        print(f"convert: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except TraceError as error:
        print(f"convert: {error}", file=sys.stderr)
        return 1
    for problem in line.trace.problems:
        print(f"convert: {problem}", file=sys.stderr)
    print(summary(line))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
