#!/usr/bin/env python3
"""Applies a patch (a unified diff) to copies of sources: `plant.py PATCH OUTPUT_DIRECTORY SOURCE...`.

Stricter than patch(1), because a bug that is planted somewhere else, or not at all, proves nothing: what a hunk replaces,
context included, must be in its file exactly once, line numbers do not count, each source must be changed, and nothing else may
be. A copy says by #line whose it is, so that assertions name the source.
"""

from __future__ import annotations

import pathlib
import sys


class PatchError(Exception):
    pass


def parse(patch: str) -> dict[str, list[tuple[str, str]]]:
    """Of each file what is to be replaced, and by what."""
    hunks: dict[str, list[tuple[str, str]]] = {}
    path = None
    old: list[str] = []
    new: list[str] = []

    def finish() -> None:
        if path is not None and (old or new):
            hunks[path].append(("".join(old), "".join(new)))
        old.clear()
        new.clear()

    for line in patch.splitlines(keepends=True):
        if line.startswith("--- a/"):
            finish()
            path = line[len("--- a/") :].strip()
            hunks[path] = []
        elif path is None or line.startswith("+++ b/"):
            continue  # before the first file: what the bug is
        elif line.startswith("@@"):
            finish()
        elif line[0] in " -+" or line == "\n":
            if line[0] != "+":
                old.append(line[1:] or "\n")
            if line[0] != "-":
                new.append(line[1:] or "\n")
        else:
            raise PatchError(f"not a line of a patch: {line!r}")
    finish()
    return hunks


def plant(hunks: list[tuple[str, str]], text: str, path: str) -> str:
    if not hunks:
        raise PatchError(f"{path}: the patch does not change it")
    for old, new in hunks:
        found = text.count(old)
        if found != 1:
            raise PatchError(f"{path}: the patch no longer applies: {found} times there, and should be once:\n{old}")
        if old == new:
            raise PatchError(f"{path}: this hunk changes nothing:\n{old}")
        text = text.replace(old, new)
    return f'#line 1 "{path}"\n{text}'


def main(arguments: list[str]) -> int:
    patch, out, *sources = arguments
    try:
        hunks = parse(pathlib.Path(patch).read_text(encoding="utf-8"))
        if set(hunks) != set(sources):
            raise PatchError(f"the patch changes {sorted(hunks)}, and the rule says {sorted(sources)}")
        for source in sources:
            planted = plant(hunks[source], pathlib.Path(source).read_text(encoding="utf-8"), source)
            copy = pathlib.Path(out, source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(planted, encoding="utf-8")
    except PatchError as error:
        print(f"{patch}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
