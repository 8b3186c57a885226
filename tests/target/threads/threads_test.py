"""Threads where an image has nothing else to do, on every board with FP registers. What a thread has in them goes with it from core
to core, and to nobody else; a switch that loses one of them is found. A hundred thousand threads begin and end on few stacks and
control blocks, each used again the moment that a thread is joined."""

import json
import os
import re
import tempfile
import zlib
from pathlib import Path

from tools.qemu.testing import TargetTest, main

ROUNDS = 20_000 if os.environ.get("BATON_SOAK") else 200
THREADS = 100_000
IMAGES = {
    "virt": "virt",
    "virt-forgetful": "virt_forgetful",
    "raspi3b": "raspi",
    "raspi4b": "raspi",
    "mps2-an386": "m4f",
    "mps2-an386-forgetful": "m4f_forgetful",
    "mps2-an500": "m7",
}


class ThreadsTest(TargetTest):
    @classmethod
    def setUpClass(cls) -> None:
        """The boards as they are, but for their images."""
        cls.root = Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
        for name, image in IMAGES.items():
            (cls.root / "boards" / name).mkdir(parents=True)
            board = json.loads(Path(f"boards/{name.removesuffix('-forgetful')}/run.json").read_text(encoding="utf-8"))
            board["image"] = "//tests/target/threads:" + image
            (cls.root / "boards" / name / "run.json").write_text(json.dumps(board), encoding="utf-8")
        (cls.root / "tests").symlink_to(Path("tests").resolve())

    def fp(self, machine, board: str, cores: int) -> tuple[int, dict[str, int]]:
        seed = zlib.crc32(f"{board} {cores}".encode())
        status, text = machine.run(f"fp {ROUNDS} {seed}", timeout=60 + ROUNDS / 10)
        print(f"{board}, {cores} cores: {text}", flush=True)
        self.assertIn(f"fp: {2 * cores + 1} threads on {cores} cores, seed {seed}", text)
        return status, {name: int(n) for name, n in re.findall(r"(\w+)=(\d+)", text)}

    def check(self, board: str, cores: int, **options: int) -> None:
        with self.boot(board, limit=300 + ROUNDS / 10, **options) as machine:
            status, counts = self.fp(machine, board, cores)
            self.assertEqual((counts["wrong"], counts["leaked"], counts["strange"]), (0, 0, 0))
            self.assertEqual(status, 0)
            self.assertGreaterEqual(counts["rounds"], ROUNDS * (2 * cores + 1))
            self.assertGreater(counts["without"], 0)
            self.assertGreater(counts["preempted"], 20)
            for name in ("taken_away", "moved"):
                self.assertEqual(counts[name] > 0, cores > 1, name)
            self.churn(machine, board, cores)

    def churn(self, machine, board: str, cores: int) -> None:
        seed = zlib.crc32(f"churn {board} {cores}".encode())
        status, text = machine.run(f"churn {THREADS} {seed}", timeout=180)
        print(text, flush=True)
        self.assertEqual(status, 0)
        said = re.search(r"churn: (\d+) threads begun and ended on (\d+) cores in [\d.]+ \w+, seed (\d+), errors=(\d+)", text)
        self.assertEqual([int(n) for n in said.groups()][1:], [cores, seed, 0])
        self.assertGreaterEqual(int(said[1]), THREADS)

    def test_virt_1_core(self) -> None:
        self.check("virt", 1, smp=1)

    def test_virt_2_cores(self) -> None:
        self.check("virt", 2, smp=2)

    def test_virt_4_cores(self) -> None:
        self.check("virt", 4, smp=4)

    def test_virt_8_cores(self) -> None:
        self.check("virt", 8, smp=8)

    def test_raspi4b(self) -> None:
        self.check("raspi4b", 4)

    def test_raspi3b(self) -> None:
        self.check("raspi3b", 4)

    def test_cortex_m4f(self) -> None:
        self.check("mps2-an386", 1)

    def test_cortex_m7(self) -> None:
        self.check("mps2-an500", 1)

    def check_forgetful(self, board: str, cores: int, word: int, **options: int) -> None:
        """A switch that loses one register is found, by that register."""
        with self.boot(f"{board}-forgetful", limit=100 + ROUNDS / 10, **options) as machine:
            status, counts = self.fp(machine, board, cores)
            self.assertNotEqual(status, 0)
            self.assertGreater(counts["wrong"], 0)
            self.assertEqual((counts["leaked"], counts["strange"]), (0, 0))
            self.assertIn(f"fp: a wrong word: {word}", machine.transcript)

    def test_a_lost_register_is_found(self) -> None:
        self.check_forgetful("virt", 4, 4 * 17, smp=4)

    def test_a_lost_register_is_found_on_a_cortex_m(self) -> None:
        self.check_forgetful("mps2-an386", 1, 21)


if __name__ == "__main__":
    main()
