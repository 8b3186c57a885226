"""The runner as a program of its own, with a fake QEMU: what the tests of it share."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.cli.support import ROOT, TreeTest, build_elf, environment, symbols
from tools.decode.elf import Elf


class RunnerTest(TreeTest):
    elf: Path

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="baton-elf-")
        cls.addClassCleanup(folder.cleanup)
        cls.elf = build_elf(Path(folder.name))

    def line(self, *arguments: str, board_json: Path | None = None) -> list[str]:
        paths = ["--board-json", str(board_json or self.board_json), "--image", str(self.image), "--elf", str(self.elf)]
        return [sys.executable, str(ROOT / "tools/qemu/runner.py"), *paths, *arguments]

    def run_it(self, *arguments: str, keys: str = "", **more: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.line(*arguments, **more),
            env=environment(),
            capture_output=True,
            text=True,
            input=keys,
            timeout=60,
            check=False,
        )

    def expect(
        self, status: int, *arguments: str, out: str = "", error: str = "", keys: str = "", **more: Path
    ) -> subprocess.CompletedProcess[str]:
        answer = self.run_it(*arguments, keys=keys, **more)
        shown = f"stdout:\n{answer.stdout}\nstderr:\n{answer.stderr}"
        self.assertEqual(answer.returncode, status, shown)
        self.assertIn(out, answer.stdout, shown)
        self.assertIn(error, answer.stderr, shown)
        self.assertNotIn("Traceback", answer.stderr, shown)
        return answer

    def panic_boot(self, mode: str = "") -> str:
        where = symbols(self.elf)["baton::kernel::inspect(int const*)"]
        return f"boot={mode} build_id={Elf(self.elf).build_id} pc={where:#x}"
