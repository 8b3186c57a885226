"""A tree whose set-up and Bazel are stand-ins, and ./baton run in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.cli.support import TreeTest, environment

# Writes down how it was called, and answers from files of the tree: events.json, labels, status.
FAKE_BAZEL = """\
#!/usr/bin/env python3
import pathlib, sys
tree = pathlib.Path({tree!r})
with (tree / "bazel.log").open("a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
for word in sys.argv:
    name, _, value = word.partition("=")
    if name == "--build_event_json_file":
        pathlib.Path(value).write_text((tree / "events.json").read_text())
    if name == "--target_pattern_file":
        (tree / "targets.log").write_text(pathlib.Path(value).read_text())
if sys.argv[1] == "query":
    print((tree / "labels").read_text(), end="")
if sys.argv[1] == "info":
    print(tree / "output")
print("bazel says something", file=sys.stderr)
sys.exit(int((tree / "status").read_text()))
"""

FAKE_SETUP = """\
#!/bin/sh
echo "$*" >> {tree}/setup.log
exit {status}
"""

PROGRAM = """\
import sys, pathlib
from tools.baton_cli.main import main
sys.exit(main(sys.argv[2:], pathlib.Path(sys.argv[1])))
"""


def target_completed(label: str, *sets: str, success: bool = True) -> dict[str, Any]:
    groups = [{"name": "default", "fileSets": [{"id": name} for name in sets]}] if sets else []
    completed = {"success": success, "outputGroup": groups} if success else {}
    return {"id": {"targetCompleted": {"label": label}}, "completed": completed}


def file_set(name: str, *paths: Path, includes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": {"namedSet": {"id": name}},
        "namedSetOfFiles": {
            "files": [{"name": path.name, "uri": path.as_uri()} for path in paths],
            "fileSets": [{"id": other} for other in includes],
        },
    }


class BatonTest(TreeTest):
    def setUp(self) -> None:
        super().setUp()
        self.write("bin/bazel", FAKE_BAZEL.format(tree=str(self.tree)), 0o755)
        self.set_up(status=0)
        self.elf = self.write("kernel.elf", "elf")
        self.built(
            file_set("0", self.elf),
            file_set("1", self.image, includes=("0",)),
            target_completed("//boards/fake:kernel", "1"),
        )

    def set_up(self, status: int) -> None:
        self.write("tools/setup", FAKE_SETUP.format(tree=self.tree, status=status), 0o755)

    def built(self, *events: dict[str, Any], status: int = 0) -> None:
        self.write("events.json", "".join(json.dumps(event) + "\n" for event in events))
        self.write("status", str(status))

    def run_it(self, *arguments: str, keys: str = "", path: str | None = None) -> subprocess.CompletedProcess[str]:
        path = path or f"{self.tree / 'bin'}:{environment()['PATH']}"
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(self.tree), *arguments],
            env=environment(PATH=path),
            capture_output=True,
            text=True,
            input=keys,
            timeout=60,
            check=False,
        )

    def expect(
        self, status: int, *arguments: str, out: str = "", error: str = ""
    ) -> subprocess.CompletedProcess[str]:
        answer = self.run_it(*arguments)
        shown = f"stdout:\n{answer.stdout}\nstderr:\n{answer.stderr}"
        self.assertEqual(answer.returncode, status, shown)
        self.assertIn(out, answer.stdout, shown)
        self.assertIn(error, answer.stderr, shown)
        self.assertNotIn("Traceback", answer.stderr, shown)
        return answer

    def log(self, name: str) -> str:
        path = self.tree / name
        return path.read_text(encoding="utf-8") if path.exists() else ""
