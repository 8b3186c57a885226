"""Each way to break the kernel, on the boot core and on another: the dump says what happened, where,
on which core, stops the others, and decodes to the function that did it."""

import re

from tools.qemu.testing import TargetTest, main

# What the first line says, and which function the decoder finds at the fault.
KINDS = {
    "null": (r"write to 0x0000000000000000: translation fault .* it is the null page", "store_word"),
    "guard": (r"write to 0x\w+: translation fault .* guard below a thread's stack: the stack overflowed",
              "use_up_the_stack"),
    "undef": (r"undefined instruction", "cause_fault"),
    "exec": (r"instruction fetch from 0x\w+: permission fault .* it is kernel data", "cause_fault"),
    "write-text": (r"write to 0x\w+: permission fault .* it is kernel text", "store_word"),
    "unaligned-device": (r"read from 0x\w+: alignment fault .* it is device registers", "load_word"),
    "locked": (r"write to 0x0000000000000000: translation fault .* it is the null page", "store_word"),
    "nested": (r"write to 0x\w+: translation fault .* guard below the handler stack of core {core}: "
               r"the stack overflowed; inside a handler", "use_up_the_stack"),
}
EXIT_STATUS = 3


class FaultTest(TargetTest):
    def check(self, board: str, cores: int, kind: str, core: int, **options: object) -> None:
        words, function = KINDS[kind]
        with self.boot(board, **options) as machine:
            panic = machine.run_to_panic(f"fault {kind} {core}", timeout=60)
        text = panic.text
        self.assertEqual(panic.status, EXIT_STATUS)
        self.assertEqual(text.count("=== BATON PANIC ==="), 1, text)
        self.assertEqual(text.count("=== END PANIC ==="), 1, text)
        self.assertRegex(text, rf"(?m)^core {core}: {words.format(core=core)}", text)
        self.assertIn(f"registers of core {core}:", text)
        for other in range(cores):
            if other != core:
                self.assertRegex(text, rf"(?m)^core {other}: stopped in a (thread|handler): pc 0x")
        self.assertRegex(text, r"(?m)^  console\.transmit: ")
        self.assertEqual(len(re.findall(r"(?m)^backtrace:\n  #0 0x", text)), cores, text)
        self.assertEqual(len(re.findall(r"(?m)^  thread: ", text)), cores, text)
        context = "a handler" if kind == "nested" else "a thread"
        self.assertRegex(text, rf"(?m)^  fault: busy, held by core {core} in {context} from 0x\w+")
        self.assertLess(text.index("registers of core"), text.index("backtrace:"))
        self.assertLess(text.index("backtrace:"), text.index("cells:"))
        self.assertLess(text.index("cells:"), text.index("locks:"))
        held = re.findall(r"(?m)^  core (\d): (spin lock|mutex) 0x\w+, (.*)$", text[text.index("locks:") :])
        report = self.decode(text)
        self.assertIn(function, report)
        self.assertIn("baton::arch::cause_fault", report)
        self.assertRegex(report, r"fault\.cc:\d+")
        # The way there: a timer's handler or a command on the boot core, a cross-call on another.
        caller = "on_interrupt" if kind == "nested" else "break_this_core"
        self.assertIn(caller, report)
        if kind != "locked":
            self.assertEqual(held, [], text)
            self.assertIn("locks:\n  none is held\n", text)
            return
        self.assertEqual([lock[:2] for lock in held], [(str(core), "spin lock"), (str(core), "mutex")], text)
        self.assertRegex(held[0][2], r"^rank 20 \(wait queue\), taken from 0x\w+$")
        self.assertRegex(held[1][2], r"^of thread (shell|call/\d)$")
        self.assertIn("fault_with_locks", report)
        for variable in ("fault_queue", "fault_mutex"):
            self.assertRegex(report, rf"{variable}\b")

    def check_all(self, board: str, cores: int, **options: object) -> None:
        for kind in KINDS:
            for core in (0, cores - 1):
                with self.subTest(board=board, kind=kind, core=core):
                    self.check(board, cores, kind, core, **options)

    def test_raspi4b(self) -> None:
        self.check_all("raspi4b", 4)

    def test_raspi3b(self) -> None:
        self.check_all("raspi3b", 4)

    def test_virt(self) -> None:
        self.check_all("virt", 3, smp=3, gic=3)

    def test_one_core_alone(self) -> None:
        with self.boot("virt", smp=1) as machine:
            panic = machine.run_to_panic("fault null", timeout=60)
        self.assertEqual(panic.status, EXIT_STATUS)
        self.assertNotRegex(panic.text, r"(?m)^core [1-7]:")

    def test_panic_command(self) -> None:
        with self.boot("virt", smp=2) as machine:
            panic = machine.run_to_panic("panic on purpose", timeout=60)
        self.assertEqual(panic.status, EXIT_STATUS)
        self.assertRegex(panic.text, r"(?m)^core 0: asked for by the shell: on purpose$")
        self.assertIn("baton::kernel::commands::panic", self.decode(panic.text))

    def test_bad_kind_and_core_are_refused(self) -> None:
        with self.boot("virt", smp=2) as machine:
            for command, words in (("fault nosuch", "there is no fault 'nosuch'"), ("fault null 7", "CORE"),
                                   ("fault null x", "CORE"), ("fault", "usage")):
                status, text = machine.run(command)
                self.assertEqual(status, 1, command)
                self.assertIn(words, text)
            machine.poweroff()


if __name__ == "__main__":
    main()
