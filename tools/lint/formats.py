"""Every C++ source is as clang-format writes it.

Run as tools/check_format. Prints `file:line: what is wrong` for the first difference of each file; `--fix` rewrites instead.
"""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

from tools.lint import tree

_PROGRAM = "clang-format-19"


def first_difference(text, formatted):
    """(line, what stands there, what should) of the first line that differs; None if none does."""
    if text == formatted:
        return None
    ours, theirs = text.split("\n"), formatted.split("\n")
    for number, (mine, wanted) in enumerate(zip(ours, theirs), 1):
        if mine != wanted:
            return number, mine, wanted
    shorter = min(len(ours), len(theirs))
    return shorter, "\n".join(ours[shorter:][:1]), "\n".join(theirs[shorter:][:1])


def formatted_text(root, path):
    done = subprocess.run(
        [_PROGRAM, "--style=file", f"--assume-filename={path}"],
        cwd=root,
        input=(root / path).read_bytes(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode("utf-8", errors="replace")


def check_tree(root, fix=False):
    """(lines about every file that differs, number of files)."""
    root = pathlib.Path(root)
    paths = tree.files(root, suffixes=(".h", ".cc"))

    def suspects(some):
        """Those of some files that clang-format would change: one run for many is far faster than a run for each."""
        done = subprocess.run(
            [_PROGRAM, "--style=file", "--dry-run", "-Werror", "--ferror-limit=0", *some],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        told = done.stderr.decode("utf-8", errors="replace")
        if done.returncode != 0 and not any(told.startswith(f"{path}:") or f"\n{path}:" in told for path in some):
            raise RuntimeError(f"{_PROGRAM} failed: {told[:1000]}")
        return [path for path in some if told.startswith(f"{path}:") or f"\n{path}:" in told]

    def check(path):
        formatted = formatted_text(root, path)
        difference = first_difference((root / path).read_text(encoding="utf-8", errors="replace"), formatted)
        if difference is None:
            return None
        if fix:
            (root / path).write_text(formatted, encoding="utf-8")
            return f"{path}: rewritten"
        number, mine, wanted = difference
        return f"{path}:{number}: not as clang-format writes it\n    is:     {mine}\n    should: {wanted}"

    with concurrent.futures.ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        groups = [paths[start : start + 40] for start in range(0, len(paths), 40)]
        suspect = [path for group in pool.map(suspects, groups) for path in group]
        found = [line for line in pool.map(check, suspect) if line]
    return found, len(paths)


def main(argv):
    if any(argument in ("-h", "--help") for argument in argv):
        print("usage: tools/check_format [--fix] [ROOT]\n\nRefuses C++ that is not as clang-format writes it; --fix rewrites it.")
        return 0
    if shutil.which(_PROGRAM) is None:
        print(f"check_format: {_PROGRAM} is not there: run tools/setup", file=sys.stderr)
        return 1
    fix = "--fix" in argv
    places = [argument for argument in argv if argument != "--fix"]
    root = pathlib.Path(places[0]) if places else tree.root_of(__file__)
    found, count = check_tree(root, fix)
    for line in found:
        print(line)
    if fix:
        print(f"check_format: {count} sources, {len(found)} rewritten")
        return 0
    print(f"check_format: {count} sources, {len(found)} not formatted" + (": run tools/check_format --fix" if found else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
