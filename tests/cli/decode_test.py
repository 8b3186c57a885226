"""Tests of tools/decode: addresses to source lines, with the right image or a clear refusal."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.cli.decode_case import DecodeTest
from tests.cli.support import ELF_SOURCE, ROOT, build_elf, environment, symbols
from tools.decode.decode import DecodeError, decode
from tools.decode.elf import Elf, ElfError


class CleanInputTest(DecodeTest):
    def test_plain(self) -> None:
        self.check(self.dump)
        self.assertNotIn("cut off", self.report(self.dump))

    def test_return_address_after_a_call_that_never_returns(self) -> None:
        # The call is the last instruction of its function: what follows it is the next one.
        elf = build_elf(
            self.folder,
            "noreturn.elf",
            'extern "C" [[noreturn]] __attribute__((noinline)) void stop() { for (;;) asm volatile(""); }\n'
            'extern "C" __attribute__((noinline)) void start() { stop(); }\n'
            'extern "C" void after() {}\n',
        )
        after = symbols(elf)["after"]
        dump = f"=== BATON PANIC ===\nbuild-id: {Elf(elf).build_id}\n#1 {after:#x}\npc {after:#x}\n"
        report = decode(dump, elf)
        self.assertIn("#1   start  kernel/inspect.cc:2\n", report)
        self.assertIn("pc   after  kernel/inspect.cc:3\n", report)

    def test_address_outside_the_image(self) -> None:
        report = self.report(self.make_dump(inspect=0x1234))
        self.assertIn("pc   not in the image's code\n", report)
        self.assertIn("#1   start", report)

    def test_jump_into_data(self) -> None:
        report = self.report(self.make_dump(inspect=self.addresses["counters"]))
        self.assertIn("pc   not in the image's code\n", report)
        self.assertIn("pc   baton::kernel::counters\n", report)

    def test_physical_addresses(self) -> None:
        # Before the MMU is on the kernel runs where it was loaded.
        script = self.folder / "physical.ld"
        script.write_text(
            "PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD FLAGS(6); }\n"
            "SECTIONS {\n"
            "  . = 0xffffff8000080000;\n"
            "  .text : AT(0x80000) { *(.text*) } :text\n"
            "  .note.gnu.build-id : { *(.note.gnu.build-id) } :data\n"
            "  .data : { *(.data*) *(.bss*) } :data\n"
            "}\n",
            encoding="ascii",
        )
        elf = build_elf(self.folder, "physical.elf", ELF_SOURCE, "-T", str(script))
        pc = symbols(elf)["baton::kernel::inspect(int const*)"] - 0xFFFFFF8000000000
        self.assertLess(pc, 0x100000)
        dump = f"=== BATON PANIC ===\nbuild-id: {Elf(elf).build_id}\npc {pc:#x}\n=== END PANIC ===\n"
        self.assertIn("inlined in baton::kernel::inspect(int const*)  kernel/inspect.cc:5", decode(dump, elf))

    def test_several_dumps(self) -> None:
        text = self.dump + "Baton\nbaton> \n" + self.dump.replace("core 2: data", "core 1: data")
        report = self.report(text)
        self.assertEqual(report.count("decoded with"), 2)
        self.assertIn("core 1: data abort", report)


class WhichImageTest(DecodeTest):
    def outputs(self) -> Path:
        folder = tempfile.TemporaryDirectory(prefix="baton-out-")
        self.addCleanup(folder.cleanup)
        return Path(folder.name)

    def refused(self, text: str, **more: object) -> str:
        with self.assertRaises(DecodeError) as caught:
            decode(text, **more)  # type: ignore[arg-type]
        return str(caught.exception)

    def test_found_by_build_id(self) -> None:
        out = self.outputs()
        target = out / "aarch64-fastbuild/bin/boards/raspi/kernel.elf"
        target.parent.mkdir(parents=True)
        target.write_bytes(self.elf.read_bytes())
        (target.parent / "broken.elf").write_bytes(b"\x7fELF\x02\x01 and no more")
        (target.parent / "empty.elf").write_bytes(b"")
        other = build_elf(self.folder, "other.elf", "int start;\n")
        (target.parent / "aaa.elf").write_bytes(other.read_bytes())
        report = decode(self.dump, outputs=lambda: [out])
        self.assertIn(f"decoded with {target} ", report)
        self.assertIn("#1   start  kernel/inspect.cc:9", report)

    def test_none_matches(self) -> None:
        out = self.outputs()
        (out / "kernel.elf").write_bytes(self.elf.read_bytes())
        message = self.refused(self.make_dump("ab" * 20), outputs=lambda: [out])
        self.assertIn("none of the 1 built ELF files has the dump's build-id " + "ab" * 20, message)
        self.assertIn("--elf FILE.elf", message)

    def test_given_file_does_not_match(self) -> None:
        message = self.refused(self.make_dump("ab" * 20), elf_path=self.elf)
        self.assertIn(f"the dump is from build-id {'ab' * 20}, but {self.elf} has ", message)

    def test_damaged_build_id(self) -> None:
        text = self.dump.replace("build-id: ", "build-id: z")
        self.assertIn("no whole build-id line", self.refused(text))
        self.assertIn("#1   start", self.report(text))

    def test_no_dump(self) -> None:
        for text in ("", "hello\n", "baton> \n", "=== END PANIC ===\n", "pc 0x1234\n"):
            with self.subTest(text):
                self.assertIn("no panic dump in the input", self.refused(text))

    def test_not_an_elf_file(self) -> None:
        path = self.outputs() / "text.elf"
        path.write_text("hello", encoding="ascii")
        with self.assertRaisesRegex(ElfError, "not a little-endian ELF file"):
            decode(self.dump, path)
        with self.assertRaisesRegex(DecodeError, "nosuch.elf: No such file"):
            decode(self.dump, path.parent / "nosuch.elf")

    def test_damaged_elf_files_are_survived(self) -> None:
        path = self.outputs() / "damaged.elf"
        whole, chooser = self.elf.read_bytes(), random.Random(5)
        for _ in range(200):
            data = bytearray(whole)
            for _ in range(20):
                data[chooser.randrange(6, 0x200)] = chooser.randrange(256)
            path.write_bytes(data[: chooser.randrange(len(data))])
            try:
                Elf(path).locate(0x80000)
            except ElfError:
                pass


class ProgramTest(DecodeTest):
    def run_it(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "tools/decode/decode.py"), *arguments],
            env=environment(),
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def test_statuses(self) -> None:
        good = self.run_it("--elf", str(self.elf), text=self.dump)
        self.assertEqual((good.returncode, good.stderr), (0, ""))
        self.assertIn("#1   start  kernel/inspect.cc:9", good.stdout)
        for answer, message in (
            (self.run_it(text="nothing here"), "baton decode: no panic dump in the input"),
            (self.run_it("/nosuch/file"), "baton decode: /nosuch/file: No such file or directory"),
            (self.run_it(text=self.dump), "baton decode: none of the 0 built ELF files"),
        ):
            self.assertEqual((answer.returncode, answer.stdout), (1, ""))
            self.assertIn(message, answer.stderr)
            self.assertNotIn("Traceback", answer.stderr)

    def test_file(self) -> None:
        path = self.folder / "console.log"
        path.write_text(self.dump, encoding="ascii")
        self.assertEqual(self.run_it("--elf", str(self.elf), str(path)).returncode, 0)


del DecodeTest  # Its subclasses are the tests.


if __name__ == "__main__":
    unittest.main()
