"""Tests of what is read from maps and ELF files, and of who is given which bytes."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from tools.size.elf_sections import ElfSection, SectionsError, read_sections
from tools.size.linker_map import MapError, Piece, read_map
from tools.size.samples import MAP, SECTIONS, STACKS, elf
from tools.size.sizes import SizeError, attribute, check, ordered, part_of, table, total
from tools.size.stacks import object_names, read_stacks

LOADED = [
    ElfSection(".vectors", 0, 0x40, "read-only"),
    ElfSection(".rodata", 0x40, 0x20, "read-only"),
    ElfSection(".text", 0x60, 0x60, "text"),
    ElfSection(".stack", 0x2000, 0x100, "bss"),
    ElfSection(".data", 0x2100, 0x240, "data"),
    ElfSection(".bss", 0x2340, 0x10, "bss"),
]


class MapTest(unittest.TestCase):
    def test_sections_and_pieces(self) -> None:
        sections = {section.name: section for section in read_map(MAP)}
        self.assertEqual(list(sections), [row[0] for row in SECTIONS])
        self.assertEqual((sections[".text"].address, sections[".text"].size), (0x60, 0x60))
        self.assertEqual([piece.size for piece in sections[".text"].pieces], [0x20, 0x10, 0x10, 0x10, 0x10])
        self.assertEqual(sections[".stack"].pieces, [Piece(0x2000, 0x100, "", ". += STACK_SIZE")])

    def test_what_is_no_map(self) -> None:
        for text in ("", "Memory Configuration\n", MAP.replace("a0       a0       10     4  ", "a0       zz       10     4  ")):
            with self.subTest(text[:40]), self.assertRaises(MapError):
                read_map(text)


class ElfTest(unittest.TestCase):
    def read(self, data: bytes) -> list[ElfSection]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "kernel.elf"
            path.write_bytes(data)
            return read_sections(path)

    def test_sections(self) -> None:
        self.assertEqual(self.read(elf()), LOADED)
        self.assertEqual(self.read(elf(wide=True)), LOADED)

    def test_what_is_no_elf_file(self) -> None:
        for data in (b"", b"elf", elf()[:-50], elf(wide=True)[:100]):
            with self.subTest(len(data)), self.assertRaises(SectionsError):
                self.read(data)


class PartTest(unittest.TestCase):
    def test_parts(self) -> None:
        for file, section, part in (
            ("bazel-out/x/bin/kernel/_objs/kernel/panic.o", ".text.f", "kernel"),
            ("bazel-out/x/bin/kernel/sched/_objs/sched/a.o", ".text.f", "kernel/sched"),
            ("bazel-out/x/bin/drivers/uart/pl011/_objs/pl011/a.o", ".text.f", "drivers/uart"),
            ("bazel-out/x/bin/base/_objs/base/a.o", ".text.f", "base"),
            ("bazel-out/x/bin/base/freestanding/_objs/libc/a.o", ".text.f", "libc"),
            ("bazel-out/x/bin/external/libfdt/_objs/libfdt/a.o", ".text.f", "libfdt"),
            ("/usr/lib/gcc/libgcc.a(_udivmoddi4.o)", ".text", "libc"),
            ("<internal>", ".rodata.str1.1", "strings"),
            ("<internal>", ".note.gnu.build-id", "build-id"),
            ("<internal>", ".got", "(rest)"),
            ("somewhere/else.o", ".text", "(rest)"),
            ("bazel-out/x/bin/arch/aarch64/_objs/aarch64/a.o", ".stacks", "stacks"),
            ("", ". += BATON_HANDLER_STACK_SIZE", "stacks"),
            ("", ". = ALIGN ( 64 )", "alignment"),
            ("bazel-out/x/bin/arch/aarch64/_objs/aarch64/a.o", ".boot.tables", "tables"),
            ("bazel-out/x/bin/arch/aarch64/_objs/aarch64/a.o", ".bss._ZN5baton4arch10table_poolE", "tables"),
            ("bazel-out/x/bin/kernel/_objs/kernel/a.o", ".text.stack_high_water", "kernel"),
        ):
            with self.subTest(file + section):
                self.assertEqual(part_of(Piece(0, 1, file, section)), part)


class AttributeTest(unittest.TestCase):
    def test_every_byte_is_somebodys(self) -> None:
        parts = attribute(read_map(MAP), LOADED, STACKS)
        self.assertEqual(
            {part: {kind: count for kind, count in sizes.items() if count} for part, sizes in parts.items()},
            {
                "tables": {"read-only": 0x40},
                "strings": {"read-only": 0x13},
                "alignment": {"read-only": 1, "data": 4},
                "kernel/shell": {"read-only": 0xC},
                "kernel": {"text": 0x20, "data": 0x20},
                "arch/armv7m": {"text": 0x10},
                "libc": {"text": 0x20},
                "kernel/sched": {"text": 0x10},
                "stacks": {"bss": 0x100, "data": 0x200},
                "libfdt": {"data": 0x1C},
                "drivers/uart": {"bss": 0x10},
            },
        )
        self.assertEqual(total(parts), {"text": 0x60, "read-only": 0x60, "data": 0x240, "bss": 0x110})

    def test_what_nothing_explains_is_shown(self) -> None:
        without = "\n".join(line for line in MAP.splitlines() if "drivers/uart" not in line)
        self.assertEqual(attribute(read_map(without), LOADED, ())["(rest)"]["bss"], 0x10)

    def test_a_map_of_another_image_is_refused(self) -> None:
        for before, after in (
            ("60 60 60 4 .text", "60 60 64 4 .text"),
            ("60 60 60 4 .text", "60 60 60 4 .code"),
            ("80 80 10 4  ", "70 80 10 4  "),
            ("b0 b0 10 4  ", "b0 b0 20 4  "),
        ):
            # The map's columns are as wide as they are.
            before, after = (
                "{:>8} {:>8} {:>8} {:>5} {}".format(*text.split(" ", 4)[:4], text.split(" ", 4)[4]) for text in (before, after)
            )
            self.assertEqual(MAP.count(before), 1, before)
            with self.subTest(after), self.assertRaises(SizeError):
                attribute(read_map(MAP.replace(before, after)), LOADED, ())

    def test_more_stacks_than_bytes_are_refused(self) -> None:
        with self.assertRaisesRegex(SizeError, "bytes of stacks in"):
            attribute(read_map(MAP), LOADED, ((0x2100, 0x221),))

    def test_sums_are_checked(self) -> None:
        parts = attribute(read_map(MAP), LOADED, STACKS)
        parts["kernel"]["text"] += 1
        with self.assertRaisesRegex(SizeError, "the parts have 97 bytes of text together, and the image 96"):
            check(parts, LOADED)

    def test_table(self) -> None:
        parts = attribute(read_map(MAP), LOADED, STACKS)
        self.assertEqual(ordered(parts)[:2], ["arch/armv7m", "drivers/uart"])
        self.assertEqual(ordered(parts)[-5:], ["libc", "stacks", "tables", "strings", "alignment"])
        lines = [line.split() for line in table(parts).splitlines()]
        self.assertEqual(lines[0], ["part", "text", "read-only", "data", "bss", "image", "RAM"])
        self.assertIn(["kernel", "32", "0", "32", "0", "64", "32"], lines)
        self.assertEqual(lines[-1], ["all", "96", "96", "576", "272", "768", "848"])


class StacksTest(unittest.TestCase):
    def test_objects(self) -> None:
        listing = "2000 00000100 d a::(anonymous namespace)::x (.1)\n3000 00001000 B b\n1000 00001000 T f()\n4000 00000010 b small\n5 x\n"
        self.assertEqual(object_names(listing), ["a::(anonymous namespace)::x", "b"])

    def test_answer(self) -> None:
        self.assertEqual(read_stacks("warning\nstack 0x2100 512\nstack 0x30 1\n"), [(0x2100, 512), (0x30, 1)])


if __name__ == "__main__":
    unittest.main()
