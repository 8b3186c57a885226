"""The kernel on one small core: Cortex-M boards boot to the shell, and break as they should.

    cortex_m_board_test.py BOARD [unittest's arguments]
"""

import re
import sys
import time
from dataclasses import dataclass

from tools.qemu.machine import Machine
from tools.qemu.testing import TargetTest, main

BOARD = sys.argv.pop(1)


@dataclass(frozen=True)
class Facts:
    """What differs from board to board."""

    name: str
    core: str
    console: str
    console_lines: int
    ram: str
    # Whether the emulator's model faults where nothing is.
    has_bus_faults: bool = True


_MPS2 = {"name": "MPS2", "console": "CMSDK", "console_lines": 2, "ram": "8 MiB"}
_STM32 = {"core": "Cortex-M4", "console": "USART1", "console_lines": 1, "ram": "192 KiB"}
FACTS = {
    "b-l475e-iot01a": Facts(name="B-L475E-IOT01A", **_STM32 | {"ram": "128 KiB"}),
    "lm3s6965evb": Facts(
        name="LM3S6965 evaluation board",
        core="Cortex-M3",
        console="Stellaris UART",
        console_lines=1,
        ram="64 KiB",
        has_bus_faults=False,
    ),
    "mps2-an385": Facts(core="Cortex-M3", **_MPS2),
    "mps2-an386": Facts(core="Cortex-M4", **_MPS2),
    "mps2-an500": Facts(core="Cortex-M7", **_MPS2),
    "netduinoplus2": Facts(name="Netduino Plus 2", **_STM32),
    "olimex-stm32-h405": Facts(name="Olimex STM32-H405", **_STM32),
}[BOARD]
EXIT_STATUS = 3

# What the first line says, and which function the decoder finds there.
FORBIDDEN = r"a data access that the MPU forbids"
LOST = r", and the MPU forbade to stack at the begin of an exception"
KINDS = {
    "null": (FORBIDDEN + r", address 0x00000000 \(MemManage 4\); it is next to a null pointer", "store_word"),
    "guard": (FORBIDDEN + LOST + r", address 0x\w+ \(\w+ \d\); it is the guard below the running thread's stack: "
              r"the stack overflowed", "use_up_the_stack"),
    "undef": (r"an undefined instruction \(UsageFault 6\)", "cause_fault"),
    "exec": (r"an instruction fetch that the MPU forbids \(MemManage 4\)", "fault_inside_the_cell"),
    "write-text": (FORBIDDEN + r", address 0x\w+ \(MemManage 4\); it is kernel text", "store_word"),
    "unaligned-device": (r"an access that is not aligned \(UsageFault 6\)", "load_words"),
    "nested": (FORBIDDEN + LOST + r", address 0x\w+ \(\w+ \d\); it is the guard below the handlers' stack: "
               r"the stack overflowed; inside a handler", "use_up_the_stack"),
}


class CortexMBoardTest(TargetTest):
    def test_shell(self) -> None:
        with self.boot(BOARD) as machine:
            self.assertRegex(machine.transcript, rf"^\s*Baton [\d.]+ on {FACTS.name}\s")
            self.assertEqual(machine.errors, "", "QEMU has nothing to complain of")

            status, text = machine.run("cpus")
            self.assertEqual(status, 0, text)
            self.assertRegex(text, rf"^cpu 0 online  {FACTS.core} \(CPUID 0x41\w+\), since ")
            self.assertEqual(len(text.splitlines()), 1)

            status, text = machine.run("mem")
            self.assertEqual(status, 0, text)
            self.assertRegex(text, r"(?m)^MPU regions: 5 of 8 used$")
            self.assertRegex(text, rf"(?m)^total {FACTS.ram}$")
            self.assertRegex(text, r"(?m)^0x20000000 - 0x200\w{5} .* bytes  handlers' stack$")

            status, text = machine.run("ps")
            self.assertEqual(status, 0, text)
            for name in ("idle", "rcu/0", "shell"):
                self.assertRegex(text, rf"(?m)^{name} ")

            status, text = machine.run("irqs")
            self.assertEqual(status, 0, text)
            self.assertRegex(text, r"(?m)^NVIC ")
            self.assertRegex(text, r"(?m)^without a handler: 0$")
            for name in ("timer", "IPI"):
                self.assertRegex(text, rf"(?m)^.*\b{name}\s+[1-9]\d*$")
            ports = re.findall(rf"(?m)^ +\d+ {FACTS.console} +[1-9]\d*$", text)
            self.assertEqual(len(ports), FACTS.console_lines, text)

            status, text = machine.run("stress 2", timeout=60)
            self.assertEqual(status, 0, text)
            self.assertRegex(text, r"(?m)^stress: errors=0$")

            status, text = machine.run("relay 1000")
            self.assertEqual(status, 0, text)
            self.assertIn("relay: rounds=1000 lost=0 duplicated=0", text)

            status, text = machine.run("heap 100")
            self.assertEqual(status, 0, text)
            self.assertRegex(text, r"(?m)^heap: passed=\d+ busy=\d+ refused=\d+ errors=0$")

            status, text = machine.run("peek 0x9f000000")
            self.assertEqual(status != 0, FACTS.has_bus_faults, text)
            status, text = machine.run("peek 0x100000000")
            self.assertNotEqual(status, 0, "there is no such address: " + text)

            commands = ("uptime", "stats", "timers", "cells", "locks", "rcu", "version", "top 1", "trace 20",
                        "shout 3", "help", "peek 0x20000000 4")
            for command in commands:
                status, text = machine.run(command)
                self.assertEqual(status, 0, f"{command}: {text}")
            machine.poweroff()

    def uptime(self, machine: Machine) -> float:
        status, text = machine.run("uptime")
        self.assertEqual(status, 0, text)
        found = re.search(r"\(([\d.]+) (s|ms)\)", text)
        self.assertIsNotNone(found, text)
        return float(found[1]) * (1 if found[2] == "s" else 0.001)

    def test_the_clock_neither_runs_ahead_nor_behind(self) -> None:
        """It may lag, where the emulator does; a turn of its counter told twice would be 0.67 s too much."""
        with self.boot(BOARD) as machine:
            began, first = time.monotonic(), self.uptime(machine)
            status, text = machine.run("stress 1 7 parking", timeout=60)
            self.assertEqual(status, 0, text)
            last, ended = self.uptime(machine), time.monotonic()
            self.assertGreaterEqual(last - first, 1.0)
            self.assertLess(last - first, ended - began + 0.1)

            # Nor does it count another clock than its board says, half as fast or less, while nothing holds it up.
            time.sleep(1)
            self.assertGreater(self.uptime(machine) - last, 0.5)
            machine.poweroff()

    def test_boot_arguments(self) -> None:
        with self.boot(BOARD, append="nonsense=1") as machine:
            self.assertIn("nonsense", machine.transcript)
            machine.poweroff()

    def test_faults(self) -> None:
        for kind, (words, function) in KINDS.items():
            with self.subTest(kind=kind):
                with self.boot(BOARD) as machine:
                    panic = machine.run_to_panic(f"fault {kind}", timeout=60)
                text = panic.text
                self.assertEqual(panic.status, EXIT_STATUS)
                self.assertEqual(text.count("=== END PANIC ==="), 1, text)
                self.assertRegex(text, rf"(?m)^core 0: {words}$")
                self.assertIn("thread: shell, priority 18", text)
                self.assertRegex(text, r"(?m)^xpsr 0x\w+ exc_return 0xf\w+ cfsr 0x\w+ hfsr 0x\w+ mmfar 0x\w+ bfar 0x")
                report = self.decode(text)
                self.assertIn(function, report)
                self.assertIn("break_this_core", report)
                if kind == "nested":
                    self.assertIn("on_interrupt", report)

    def test_panic(self) -> None:
        with self.boot(BOARD) as machine:
            panic = machine.run_to_panic("panic on purpose")
        self.assertRegex(panic.text, r"(?m)^core 0: asked for by the shell: on purpose$")
        self.assertIn("panic_with", self.decode(panic.text))


if __name__ == "__main__":
    main()
