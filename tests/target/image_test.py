"""What is in the kernel's images: no floating-point or SIMD register but where threads' are saved, no segment both writable and
executable, no constructor, symbols and fingerprint for the decoder."""

import re
import subprocess
import unittest
from pathlib import Path

IMAGES = (Path("boards/raspi/kernel.elf"), Path("boards/virt/kernel.elf"))
# Operands, not mnemonics: b0-b31 (bytes) to q0-q31, v0.16b, z0, and the FP system registers.
_FP_OPERAND = re.compile(r"(?<![\w.#])(?:[bhsdqvz](?:[0-9]|[12][0-9]|3[01]))(?:\.\w+)?(?![\w])|\bfp[cs]r\b", re.IGNORECASE)


# Those who save, load and clear a thread's FP registers (arch/aarch64/context.S).
_SAVERS = ("aarch64_save_fp", "aarch64_load_fp", "aarch64_zero_fp")


def fp_instructions(disassembly: str) -> list[str]:
    """Lines of llvm-objdump whose operands name an FP or SIMD register, outside of the savers."""
    found = []
    function = ""
    for line in disassembly.splitlines():
        if start := re.fullmatch(r"[0-9a-f]+ <(.*)>:", line):
            function = start[1]
        if function in _SAVERS:
            continue
        # "ffffff8000080000:      \tadd\tx0, x1, x2 <symbol+0x4>": operands follow the second tab.
        parts = line.split("\t")
        if len(parts) >= 3 and _FP_OPERAND.search(re.sub(r"<.*?>|//.*", "", parts[2])):
            found.append(line)
    return found


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class ImageTest(unittest.TestCase):
    def test_no_fp_registers(self) -> None:
        for image in IMAGES:
            text = run("llvm-objdump-19", "-d", "--no-show-raw-insn", str(image))
            self.assertGreater(text.count("\n"), 10000, "the disassembly is there")
            self.assertEqual(fp_instructions(text), [], image)
            for saver in _SAVERS:
                self.assertIn(f"<{saver}>:", text)

    def test_the_search_finds_fp_registers(self) -> None:
        planted = "\n".join([
            "ffff0000: \tldr\tq0, [x1]", "ffff0004: \tfmov\td8, x0", "ffff0008: \tadd\tv0.16b, v1.16b, v2.16b",
            "ffff000c: \tmrs\tx0, FPCR", "ffff0010: \tstp\ts1, s2, [sp, #-0x10]!",
            "ffff0014: \tbl\t0x1234 <d8+0x4>", "ffff0018: \tadd\tx0, x1, #0xd8", "ffff001c: \tmrs\tx3, S3_1_C15_C2_1",
            "ffff0020: \tb\t0xb0", "ffff0024: \tcbz\tw8, 0xd0 <s1>",
        ])
        self.assertEqual(len(fp_instructions(planted)), 5, fp_instructions(planted))
        for function, found in (("aarch64_save_fp", 0), ("aarch64_save_fpu", 5)):
            self.assertEqual(len(fp_instructions(f"ffff0000 <{function}>:\n{planted}")), found)
        self.assertEqual(len(fp_instructions(f"ffff0000 <aarch64_load_fp>:\nffff0004 <next>:\n{planted}")), 5)

    def test_segments_are_writable_or_executable(self) -> None:
        for image in IMAGES:
            text = run("llvm-readelf-19", "-lW", str(image))
            flags = re.findall(r"(?m)^\s+LOAD\s+(?:0x\w+\s+){5}([RWE ]+?)\s+0x", text)
            self.assertEqual([flag.replace(" ", "") for flag in flags], ["RE", "R", "RW"], text)

    def test_no_code_runs_before_the_entry(self) -> None:
        for image in IMAGES:
            text = run("llvm-readelf-19", "-SW", str(image))
            for section in re.findall(r"\.init_array\s+\w+\s+\w+\s+\w+\s+(\w+)", text):
                self.assertEqual(int(section, 16), 0)

    def test_fingerprint_is_in_the_loaded_part(self) -> None:
        for image in IMAGES:
            notes = run("llvm-readelf-19", "-n", str(image))
            build_id = re.search(r"Build ID: ([0-9a-f]{40})", notes)
            self.assertIsNotNone(build_id)
            raw = image.with_suffix(".img").read_bytes()
            self.assertIn(bytes.fromhex(build_id.group(1)), raw)

    def test_loaders_find_the_header(self) -> None:
        # [Linux Documentation/arch/arm64/booting.rst]
        for image in IMAGES:
            raw = image.with_suffix(".img").read_bytes()
            self.assertEqual(raw[56:60], b"ARM\x64")
            self.assertEqual(int.from_bytes(raw[8:16], "little"), 0x80000)
            self.assertGreaterEqual(int.from_bytes(raw[16:24], "little"), len(raw))


if __name__ == "__main__":
    unittest.main(verbosity=2)
