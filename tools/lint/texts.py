"""What every file of the tree keeps to, whatever its language: no trailing blanks, no tabs, one newline at the end, no
unfinished business, include guards that say where the header is, and clang-tidy in every package.

Run as tools/check_text. Prints `file:line: what is wrong` for each violation.
"""

import pathlib
import re
import sys

from tools.lint import tree

_SUFFIXES = (".h", ".cc", ".S", ".ld", ".py", ".bzl", ".bazel", ".md", ".json", ".sh", ".patch", ".txt")
_NAMES = ("WORKSPACE", ".bazelrc", ".bazelignore", ".clang-format", ".clang-tidy", ".gitignore", "baton", "setup")

# Spelled so that this file does not find itself.
_UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
_CPP_RULE = re.compile(r"^(?:cc_library|cc_binary|cc_test|baton_test)\(", re.MULTILINE)


def guard_of(path):
    """The include guard that a header at a path has. `include/arch` of a port says nothing that the port's name does not."""
    path = path.replace("/include/arch/", "/")
    return "BATON_" + re.sub(r"[^A-Za-z0-9]", "_", path).upper() + "_"


def check_guard(path, text):
    """Violations of the include guard: [(line, message)]."""
    guard = guard_of(path)
    lines = [line.strip() for line in text.splitlines()]
    if f"#ifndef {guard}" not in lines:
        return [(1, f"the include guard should be {guard}")]
    start = lines.index(f"#ifndef {guard}")
    if lines[start + 1 : start + 2] != [f"#define {guard}"]:
        return [(start + 2, f"#define {guard} should follow")]
    end = [line for line in lines if line][-1]
    if end != f"#endif  // {guard}":
        return [(len(lines), f"should end with #endif  // {guard}")]
    return []


def check_text(path, text):
    """Violations in one file: [(line, message)]."""
    found = []
    patch = path.endswith(".patch")
    for number, line in enumerate(text.split("\n"), 1):
        if line.rstrip("\r") != line:
            found.append((number, "a carriage return at the end of the line"))
        elif line.rstrip() != line and not patch:
            found.append((number, "blanks at the end of the line"))
        if "\t" in line and not patch:
            found.append((number, "a tab"))
        unfinished = _UNFINISHED.search(line)
        if unfinished:
            found.append((number, f"{unfinished.group(0)}: finish it, or write it down where work is planned"))
    if text and not text.endswith("\n"):
        found.append((text.count("\n") + 1, "no newline at the end"))
    elif text.endswith("\n\n"):
        found.append((text.count("\n"), "more than one newline at the end"))
    if path.endswith(".h"):
        found += check_guard(path, text)
    if path.endswith("/BUILD.bazel") and _CPP_RULE.search(text):
        if not re.search(r"^baton_lint\(\)\n*\Z", text, re.MULTILINE):
            found.append((text.count("\n"), "a package with C++ ends with baton_lint()"))
    return found


def check_tree(root):
    """(lines about every violation, number of files)."""
    root = pathlib.Path(root)
    found = []
    paths = tree.files(root, suffixes=_SUFFIXES, names=_NAMES)
    for path in paths:
        text = (root / path).read_bytes().decode("utf-8", errors="replace")
        found += [f"{path}:{number}: {message}" for number, message in check_text(path, text)]
    return found, len(paths)


def main(argv):
    if argv and argv[0] in ("-h", "--help"):
        print("usage: tools/check_text [ROOT]\n\nRefuses stray blanks, tabs, unfinished business, wrong include guards.")
        return 0
    root = pathlib.Path(argv[0]) if argv else tree.root_of(__file__)
    found, count = check_tree(root)
    for line in found:
        print(line)
    print(f"check_text: {count} files, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
