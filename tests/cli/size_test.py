"""Tests of ./baton size: what it asks Bazel for, its table, its JSON, its errors."""

from __future__ import annotations

import json
import unittest

from tests.cli.fake_tree import BatonTest, file_set, target_completed
from tools.size.samples import MAP, elf

FAKE_GDB = "#!/bin/sh\necho 'stack 0x2100 512'\n"


class SizeTest(BatonTest):
    def setUp(self) -> None:
        super().setUp()
        self.elf.write_bytes(elf())
        self.write("kernel.map", MAP)
        self.write("bin/llvm-nm-19", "#!/bin/sh\nexit 0\n", 0o755)
        self.write("bin/gdb-multiarch", FAKE_GDB, 0o755)

    def test_table(self) -> None:
        answer = self.expect(0, "size", "fake", out="as ./baton run builds it; bytes\n")
        self.assertRegex(answer.stdout, r"(?m)^part +text +read-only +data +bss +image +RAM$")
        self.assertRegex(answer.stdout, r"(?m)^stacks +0 +0 +512 +256 +512 +768$")
        self.assertRegex(answer.stdout, r"(?m)^all +96 +96 +576 +272 +768 +848$")
        log = (self.tree / "bazel.log").read_text(encoding="utf-8")
        self.assertIn(" --output_groups=+map //boards/fake:kernel", log)
        self.assertNotIn("-c opt", log)

    def test_release_and_json(self) -> None:
        numbers = self.tree / "new/size.json"
        self.expect(0, "size", "fake", "--release", "--json", str(numbers), out="as released; bytes\n")
        self.assertIn(" -c opt //boards/fake:kernel", (self.tree / "bazel.log").read_text(encoding="utf-8"))
        written = json.loads(numbers.read_text(encoding="utf-8"))
        self.assertEqual((written["board"], written["image"], written["release"]), ("fake", "//boards/fake:kernel", True))
        self.assertEqual(written["parts"]["kernel"], {"text": 32, "read-only": 0, "data": 32, "bss": 0})
        self.assertEqual(written["total"], {"text": 96, "read-only": 96, "data": 576, "bss": 272})
        for kind, count in written["total"].items():
            self.assertEqual(sum(part[kind] for part in written["parts"].values()), count)
            self.assertEqual(sum(one["bytes"] for one in written["sections"] if one["kind"] == kind), count)

    def test_errors(self) -> None:
        self.expect(2, "size", "nosuch", error="unknown board 'nosuch'; boards: ")
        self.expect(2, "size", error="BOARD")
        self.write("bin/gdb-multiarch", "#!/bin/sh\necho broken >&2\nexit 3\n", 0o755)
        self.expect(1, "size", "fake", error="fake: gdb-multiarch failed with status 3: broken")
        self.write("bin/gdb-multiarch", FAKE_GDB, 0o755)
        self.write("kernel.map", MAP.replace("     60     4 .text", "     64     4 .text"))
        self.expect(1, "size", "fake", error="fake: section .text has 96 bytes in the image, and the map says otherwise")
        (self.tree / "kernel.map").unlink()
        self.expect(1, "size", "fake", error="kernel.map: No such file or directory")
        self.write("kernel.map", MAP)
        self.elf.write_bytes(b"elf")
        self.expect(1, "size", "fake", error="kernel.elf: not a little-endian ELF file")
        self.built(target_completed("//boards/fake:kernel", success=False), file_set("0"), status=1)
        self.expect(1, "size", "fake", error="//boards/fake:kernel does not build")

    def test_a_program_is_no_image(self) -> None:
        description = {"title": "a program", "image": "//boards/here:kernel", "form": "program", "untried": []}
        self.write("boards/here/run.json", json.dumps(description | {"smp": {"default": 1, "least": 1, "most": 8}}))
        self.expect(2, "size", "here", error="here is a program, not an image of bytes on a board")


if __name__ == "__main__":
    unittest.main()
