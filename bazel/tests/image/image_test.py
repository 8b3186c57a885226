#!/usr/bin/env python3
"""What kernel_image makes of the samples: right machine, right address, all that was asked for and nothing else."""

import re
import struct
import subprocess
import unittest

HERE = "bazel/tests/image/"


def tool(name, *arguments):
    return subprocess.run([f"/usr/bin/{name}-19", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def elf_header(name):
    """(bits, machine, entry)."""
    with open(f"{HERE}{name}.elf", "rb") as file:
        head = file.read(64)
    if head[4] == 2:
        return 64, *struct.unpack_from("<H", head, 18), *struct.unpack_from("<Q", head, 24)
    return 32, *struct.unpack_from("<H", head, 18), *struct.unpack_from("<I", head, 24)


def raw(name):
    with open(f"{HERE}{name}.img", "rb") as file:
        return file.read()


class Images(unittest.TestCase):
    def test_machine_and_entry(self):
        self.assertEqual(elf_header("sample_aarch64"), (64, 183, 0x80000))
        # Thumb code: bit 0 of the entry is set; two words of vectors come before it.
        self.assertEqual(elf_header("sample_armv7m"), (32, 40, 0x8 | 1))

    def test_raw_image_starts_at_the_load_address(self):
        first = struct.unpack_from("<I", raw("sample_aarch64"))[0]
        self.assertEqual(first >> 26, 0b100101, "bl")
        self.assertEqual(struct.unpack_from("<II", raw("sample_armv7m")), (0x20001000, 0x9))

    def test_alwayslink_is_linked_and_the_unreferenced_is_not(self):
        for name in ("sample_aarch64", "sample_armv7m"):
            self.assertIn(b"ATON", raw(name))
            self.assertNotIn(b"FRUE", raw(name))

    def test_build_id_and_debug_lines_are_kept(self):
        for name in ("sample_aarch64", "sample_armv7m"):
            sections = tool("llvm-readelf", "-S", "-n", f"{HERE}{name}.elf")
            self.assertRegex(sections, r"Build ID: [0-9a-f]{40}")
            self.assertIn(".debug_line", sections)

    def test_source_paths_do_not_tell_where_the_tree_lies(self):
        lines = tool("llvm-dwarfdump", "--debug-line", f"{HERE}sample_aarch64.elf")
        self.assertIn('include_directories[  0] = "."', lines)

    def test_no_floating_point_register_is_used(self):
        code = tool("llvm-objdump", "-d", "--no-show-raw-insn", f"{HERE}sample_aarch64.elf")
        self.assertIn("<image_main>:", code)
        used = [line for line in code.splitlines() if re.search(r"\t.*\b[vqdsb]\d+\b", line)]
        self.assertEqual(used, [])

    def test_frame_pointers_are_kept_in_leaves_too(self):
        code = tool("llvm-objdump", "-d", "--no-show-raw-insn", "--disassemble-symbols=image_leaf", f"{HERE}sample_aarch64.elf")
        self.assertRegex(code, r"stp\s+x29, x30")
        self.assertNotIn("bl\t", code)


if __name__ == "__main__":
    unittest.main()
