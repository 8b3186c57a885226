#!/usr/bin/env python3
"""Judges an image that must not link. Run by nolink_test of //bazel:nolink.bzl.

    nolink.py VERDICT ELF COUNT MESSAGE... LINKER [FLAG...]

COUNT messages are expected; with none, the image must link. The verdict's first line begins with PASS or FAIL; the linker's
errors follow. The exit status is 0 either way: the verdict is the test's to tell.
"""

import pathlib
import re
import subprocess
import sys

from bazel.private.nocompile import errors_of


def judge(status, diagnostics, messages):
    """Why the image does not pass; None if it does."""
    # The compiler, which calls the linker, says that it failed, too.
    errors = [error for error in errors_of(diagnostics) if "command failed with exit code" not in error]
    if not messages:
        return None if status == 0 else "the control does not link"
    if status == 0:
        return "it linked"
    if not errors:
        return f"the linker failed (status {status}) without an error message"
    for message in messages:
        if not any(re.search(message, error) for error in errors):
            return f"no error matches /{message}/"
    for error in errors:
        if not any(re.search(message, error) for message in messages):
            return f"refused for another reason too: {error}"
    return None


def main(argv):
    verdict, elf, count = argv[:3]
    messages, command = argv[3 : 3 + int(count)], argv[3 + int(count) :]
    done = subprocess.run(
        [*command, "-Wl,--no-color-diagnostics"], stderr=subprocess.PIPE, text=True, check=False
    )
    why = judge(done.returncode, done.stderr, messages)
    pathlib.Path(elf).touch()
    with open(verdict, "w", encoding="utf-8") as file:
        file.write("PASS\n" if why is None else f"FAIL: {why}\n")
        file.write(done.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
