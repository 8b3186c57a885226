"""The source tree that `./baton` belongs to, and the programs it runs there: tools/setup and Bazel."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.baton_cli.build_events import BuildEvents


class CommandError(Exception):
    """A subcommand cannot go on. One line that says what to do; exit status 1 unless told otherwise."""

    def __init__(self, message: str, exit_status: int = 1) -> None:
        super().__init__(message)
        self.exit_status = exit_status


@dataclass
class BazelRun:
    """How a run of Bazel went."""

    status: int
    events: BuildEvents


@dataclass
class Workspace:
    root: Path
    verbose: bool = False
    _setup_done: bool = field(default=False, init=False)

    @property
    def out(self) -> Path:
        """Where subcommands leave files for people."""
        return self.root / "out"

    def say(self, message: str) -> None:
        print(f"baton: {message}", file=sys.stderr, flush=True)

    def show(self, command: Sequence[str | os.PathLike[str]]) -> None:
        """With -v: the command, as one could type it."""
        if self.verbose:
            print("+ " + shlex.join(os.fspath(word) for word in command), file=sys.stderr, flush=True)

    def call(self, command: Sequence[str | os.PathLike[str]]) -> int:
        """Runs a program in the tree with this terminal; its exit status."""
        self.show(command)
        return subprocess.run(command, cwd=self.root, check=False).returncode

    def read(self, command: Sequence[str | os.PathLike[str]]) -> str:
        """Runs a program in the tree and returns its stdout; what it says on stderr is shown only if it fails."""
        self.show(command)
        answer = subprocess.run(command, cwd=self.root, check=False, capture_output=True, text=True)
        if answer.returncode != 0:
            sys.stderr.write(answer.stderr)
            raise CommandError(f"{shlex.join(os.fspath(word) for word in command)} failed; see above")
        return answer.stdout

    def ensure_setup(self) -> None:
        """Has tools/setup install what is missing. It says what, and is fast and silent when nothing is."""
        if self._setup_done:
            return
        if self.call([self.root / "tools" / "setup", "--quiet"]) != 0:
            raise CommandError("set-up failed; see above, then try again")
        self._setup_done = True

    def bazel(self, verb: str, arguments: Sequence[str]) -> BazelRun:
        """Runs `bazel build` or `bazel test` and reads what happened from its event file."""
        with tempfile.TemporaryDirectory(prefix="baton-") as folder:
            events = Path(folder) / "events.json"
            status = self.call(["bazel", verb, f"--build_event_json_file={events}", *progress_flags(), *arguments])
            return BazelRun(status, BuildEvents.read(events))

    def build(self, target: str, flags: Sequence[str] = ()) -> list[Path]:
        """Builds one target with these flags; its files. CommandError when it does not build."""
        self.say(f"building {target}")
        run = self.bazel("build", ["--show_result=0", *flags, target])
        if run.status != 0:
            raise CommandError(f"{target} does not build; see above", run.status)
        return [path if path.is_absolute() else self.root / path for path in run.events.files_of(target)]

    def build_image(self, target: str, flags: Sequence[str] = ()) -> tuple[Path, Path]:
        """Builds a kernel_image, its .img and .elf files; or a hosted_image, a program, twice."""
        files = self.build(target, flags)
        found = []
        if [path.name for path in files] == [target.rpartition(":")[2]]:
            return files[0], files[0]
        for form in (".img", ".elf"):
            match = [path for path in files if path.suffix == form]
            if len(match) != 1:
                raise CommandError(f"{target} should have one *{form} file, and has {len(match)}")
            found.append(match[0])
        return found[0], found[1]

    def output_trees(self) -> Iterator[Path]:
        """Bazel's output folder: first as the link in the tree says, then by asking Bazel, which takes longer."""
        link = self.root / "bazel-out"
        if link.is_dir():
            yield link
        asked = Path(self.read(["bazel", "info", "output_path"]).strip())
        if asked.resolve() != link.resolve():
            yield asked


def progress_flags() -> list[str]:
    """Bazel draws on a terminal; elsewhere it shall print what is running now and then."""
    if sys.stderr.isatty():
        return []
    return ["--color=no", "--curses=no", "--show_progress_rate_limit=15"]
