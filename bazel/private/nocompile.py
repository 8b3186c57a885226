#!/usr/bin/env python3
"""Judges a source whose misuses must not compile. Run by nocompile_test of //bazel:nocompile.bzl.

    nocompile.py CASES.json VERDICT SOURCE COMPILER [FLAG...]

The verdict's first line begins with PASS or FAIL; a line per case follows. The exit status is 0 either way: the verdict is
the test's to tell.

What the source includes is compiled once, for all of its cases: a case is a few lines below thousands.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile

_ERROR = re.compile(r"\berror: (.*)$")
_NAME = re.compile(r"\bNC_([A-Za-z0-9_]+)\b")


_DIRECTIVE = re.compile(r"^\s*#\s*(\w+)")


def errors_of(diagnostics):
    """The messages of a compiler's errors, without file and line."""
    return [m.group(1) for m in map(_ERROR.search, diagnostics.splitlines()) if m]


def names_in(source_text):
    """The cases that preprocessor lines of a source mention."""
    lines = [line for line in source_text.splitlines() if line.lstrip().startswith("#")]
    return {name for line in lines for name in _NAME.findall(line)}


def first_includes(source_text):
    """The #include lines above every other directive: what comes first in each case, whatever it defines."""
    includes = []
    for line in source_text.splitlines():
        directive = _DIRECTIVE.match(line)
        if directive is None:
            continue
        if directive.group(1) != "include":
            break
        includes.append(line + "\n")
    return includes


def judge_case(status, diagnostics, messages):
    """Why a case does not pass; None if it does."""
    if status == 0:
        return "it compiled"
    errors = errors_of(diagnostics)
    if not errors:
        return f"the compiler failed (status {status}) without an error message"
    for message in messages:
        if not any(re.search(message, error) for error in errors):
            return f"no error matches /{message}/"
    for error in errors:
        if not any(re.search(message, error) for message in messages):
            return f"rejected for another reason too: {error}"
    return None


def judge(cases, source_text, compile_with):
    """(passed, report lines). `compile_with(definitions)` gives (exit status, diagnostics)."""
    passed = True
    report = []

    def failed(line, diagnostics=""):
        nonlocal passed
        passed = False
        report.append("FAIL " + line)
        report.extend("    " + text for text in diagnostics.splitlines())

    in_source = names_in(source_text)
    for name in sorted(in_source - cases.keys()):
        failed(f"NC_{name} is in the source but not among the cases")

    status, diagnostics = compile_with([])
    if status == 0:
        report.append("ok   control: compiles without any NC_ definition")
    else:
        failed("control: does not compile without any NC_ definition", diagnostics)

    for name, messages in sorted(cases.items()):
        if name not in in_source:
            failed(f"{name}: no preprocessor line of the source mentions NC_{name}")
            continue
        if not messages:
            failed(f"{name}: no message is expected, so any error would do")
            continue
        status, diagnostics = compile_with([f"-DNC_{name}"])
        why = judge_case(status, diagnostics, messages)
        if why is None:
            report.append(f"ok   {name}: {errors_of(diagnostics)[0]}")
        else:
            failed(f"{name}: {why}", diagnostics)
    return passed, report


@contextlib.contextmanager
def precompiled(command, includes):
    """Flags that let `command` begin behind the includes; none if they don't compile, which is the control's to tell."""
    with tempfile.TemporaryDirectory() as folder:
        header = os.path.join(folder, "includes.h")
        result = header + ".pch"
        with open(header, "w", encoding="utf-8") as file:
            file.writelines(includes)
        # Cases are what warns; a header of the source's own would be told "#pragma once in main file" and the like.
        done = subprocess.run(
            [*command, "-w", "-x", "c++-header", header, "-o", result], stderr=subprocess.DEVNULL, check=False
        )
        yield ["-include-pch", result] if done.returncode == 0 else []


def main(argv):
    cases_file, verdict_file, source, *command = argv
    with open(cases_file, encoding="utf-8") as file:
        cases = json.load(file)
    with open(source, encoding="utf-8") as file:
        source_text = file.read()

    with precompiled(command, first_includes(source_text)) as behind_includes:

        def compile_with(definitions):
            # The control is compiled as everybody would.
            done = subprocess.run(
                command
                + ["-fno-color-diagnostics", "-ferror-limit=0", "-fsyntax-only"]
                + (behind_includes if definitions else [])
                + definitions
                + ["-x", "c++", source],
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            return done.returncode, done.stderr

        passed, report = judge(cases, source_text, compile_with)

    with open(verdict_file, "w", encoding="utf-8") as file:
        file.write(f"{'PASS' if passed else 'FAIL'} {source}\n")
        file.writelines(line + "\n" for line in report)


if __name__ == "__main__":
    main(sys.argv[1:])
