"""A small image for tests: an ELF file's sections, and the map of its link."""

from __future__ import annotations

import struct
from collections.abc import Sequence

# name, address, size, type, flags
Row = tuple[str, int, int, int, int]

_BITS, _NOBITS = 1, 8
_W, _A, _X = 1, 2, 4

SECTIONS: tuple[Row, ...] = (
    (".vectors", 0x0, 0x40, _BITS, _A),
    (".rodata", 0x40, 0x20, _BITS, _A),
    (".text", 0x60, 0x60, _BITS, _A | _X),
    (".stack", 0x2000, 0x100, _NOBITS, _A | _W),
    (".data", 0x2100, 0x240, _BITS, _A | _W),
    (".bss", 0x2340, 0x10, _NOBITS, _A | _W),
    (".debug_info", 0x0, 0x999, _BITS, 0),
)

_BIN = "bazel-out/k8-opt-ST-1/bin"
MAP = f"""\
     VMA      LMA     Size Align Out     In      Symbol
       0        0        0     1 STACK_SIZE = 256
       0        0       40    64 .vectors
       0        0        0     1         vectors_start = .
       0        0       40    64         {_BIN}/boards/fake/_objs/fake/fake.o:(.vectors)
       0        0       40     1                 baton::board::vectors
      40       40       20     4 .rodata
      40       40       13     1         <internal>:(.rodata.str1.1)
      54       54        c     4         {_BIN}/kernel/shell/_objs/shell/shell.o:(.rodata.kTable)
      54       54        c     1                 baton::kernel::shell::kTable
      60       60       60     4 .text
      60       60       20     4         {_BIN}/kernel/_objs/kernel/panic.o:(.text.panic)
      61       61       20     1                 baton::kernel::panic(char const*)
      80       80       10     4         {_BIN}/arch/armv7m/_objs/armv7m/mpu.o:(.text.mpu)
      90       90       10     4         {_BIN}/base/freestanding/_objs/libc/memcpy.o:(.text.memcpy)
      a0       a0       10     4         /usr/lib/libgcc.a(_udivmoddi4.o):(.text)
      b0       b0       10     4         {_BIN}/kernel/sched/_objs/sched/thread.o:(.text.thread)
      c0       c0        4     1 . = ALIGN ( 4096 )
    2000     2000      100   128 .stack
    2000     2000      100     1         . += STACK_SIZE
    2100       c0      240     8 .data
    2100       c0      220     8         {_BIN}/kernel/_objs/kernel/shell_thread.o:(.data.thread)
    2100       c0      220     1                 baton::kernel::thread
    2320      2e0       1c     4         {_BIN}/external/libfdt/_objs/libfdt/fdt.o:(.data.fdt)
    233c      2fc        4     1         . = ALIGN ( 8 )
    2340     2340       10     8 .bss
    2340     2340       10     8         {_BIN}/drivers/uart/fake/_objs/fake/fake.o:(.bss.port)
       0        0      999     1 .debug_info
       0        0      999     1         {_BIN}/kernel/_objs/kernel/panic.o:(.debug_info)
"""
# The thread at the start of .data has so much of it for its stack.
STACKS = ((0x2100, 0x200),)


def elf(rows: Sequence[Row] = SECTIONS, wide: bool = False) -> bytes:
    """A little-endian ELF file with these sections' headers and no bytes of theirs."""
    names = b"\0"
    table = [(0, 0, 0, 0, 0, 0)]
    for name, address, size, kind, flags in rows:
        table.append((len(names), kind, flags, address, 0, size))
        names += name.encode("ascii") + b"\0"
    table.append((len(names), 3, 0, 0, 64, len(names) + len(".shstrtab") + 1))
    names += b".shstrtab\0"
    each = 64 if wide else 40
    layout = "<IIQQQQIIQQ" if wide else "<IIIIIIIIII"
    identity = b"\x7fELF" + (b"\x02" if wide else b"\x01") + b"\x01\x01" + bytes(9)
    at = 64 + len(names)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH" if wide else "<16sHHIIIIIHHHHHH",
        identity, 2, 183 if wide else 40, 1, 0, 0, at, 0, 64 if wide else 52, 0, 0, each, len(table), len(table) - 1,
    )
    return header.ljust(64, b"\0") + names + b"".join(struct.pack(layout, *row, 0, 0, 0, 0) for row in table)
