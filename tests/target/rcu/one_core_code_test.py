#!/usr/bin/env python3
"""What RCU on one core compiles to on ARMv7-M: a read section is the loads themselves, nothing has a barrier or masks
interrupts, and all of it together is a few hundred bytes."""

import re
import subprocess
import unittest
from pathlib import Path

from sync.codegen.disassembly import functions_of

ARCHIVE = Path("tests/target/rcu/libone_core_code.a")
FUNCTIONS = {
    "read", "plain_read", "quiescent", "synchronize", "retire", "process", "barrier", "start_poll", "poll", "has_work",
}
BARRIER_OR_MASKING = re.compile(r"^(dmb|dsb|isb|cps\w*|msr)$")
MOST_BYTES = 540


class OneCoreCodeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.functions = functions_of(ARCHIVE.resolve())

    def test_every_function_is_there(self) -> None:
        self.assertEqual(set(self.functions), FUNCTIONS)

    def test_a_read_section_is_the_loads(self) -> None:
        self.assertEqual(self.functions["read"], self.functions["plain_read"])
        self.assertEqual(len(self.functions["read"]), 3)

    def test_no_barrier_and_no_masking(self) -> None:
        for name, function in self.functions.items():
            self.assertEqual([one for one in function if BARRIER_OR_MASKING.match(one.mnemonic)], [], name)

    def test_asking_takes_no_exclusives(self) -> None:
        for name in ("start_poll", "poll", "has_work"):
            self.assertEqual([one for one in self.functions[name] if "rex" in one.mnemonic], [], name)

    def test_all_of_it_is_small(self) -> None:
        text = subprocess.run(
            ["llvm-size-19", "--format=sysv", str(ARCHIVE)], check=True, capture_output=True, text=True
        ).stdout
        sizes = {name: int(size) for name, size in re.findall(r"(?m)^(\.text\S*)\s+(\d+)", text)}
        self.assertGreater(len([size for size in sizes.values() if size]), len(FUNCTIONS) - 1)
        print(f"{sum(sizes.values())} bytes of code", flush=True)
        self.assertLessEqual(sum(sizes.values()), MOST_BYTES, sizes)


if __name__ == "__main__":
    unittest.main(verbosity=2)
