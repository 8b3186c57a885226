#!/usr/bin/env python3
"""Tests of the layer check: what it must let pass, and above all what it must refuse."""

import pathlib
import tempfile
import unittest

from tools.lint import layers


def refused(path, included, test_files=()):
    """The rule that refuses an include; None if it passes."""
    found = layers.check_source(path, f'#include "{included}"\n', test_files)
    return found[0][1] if found else None


class Arrows(unittest.TestCase):
    ALLOWED = (
        ("base/format.cc", "base/result.h"),
        ("base/annotations.h", "absl/base/thread_annotations.h"),
        ("arch/aarch64/include/arch/irq.h", "arch/contract/concepts.h"),
        ("arch/aarch64/trap.cc", "arch/upcalls.h"),
        ("arch/aarch64/trap.cc", "arch/cpu.h"),
        ("arch/aarch64/trap.cc", "arch/aarch64/esr.h"),
        ("sync/take_cell.h", "arch/irq.h"),
        ("sync/take_cell.h", "base/assert.h"),
        ("drivers/iface/serial_port.h", "sync/owned.h"),
        ("drivers/uart/pl011/pl011.cc", "drivers/uart/pl011/pl011_regs.h"),
        ("drivers/uart/pl011/pl011.h", "drivers/iface/serial_port.h"),
        ("drivers/uart/pl011/pl011.h", "drivers/common/wait.h"),
        ("drivers/uart/pl011/pl011.h", "drivers/uart/baud.h"),
        ("drivers/fdt/fdt.cc", "libfdt.h"),
        ("kernel/irq.cc", "arch/upcalls.h"),
        ("kernel/irq.cc", "drivers/iface/interrupt_controller.h"),
        ("boards/virt/board.cc", "kernel/start.h"),
        ("boards/virt/board.cc", "drivers/uart/pl011/pl011.h"),
        ("boards/virt/board.cc", "boards/common/memory.h"),
        ("boards/some/board.cc", "boards/cortex_m/board.h"),
        ("boards/some/board.cc", "boards/soc/acme/soc.h"),
        ("boards/soc/acme/soc.cc", "boards/soc/acme/soc.h"),
        ("boards/soc/acme/soc.cc", "boards/cortex_m/description.h"),
        ("boards/cortex_m/description_nc.cc", "boards/cortex_m/description.h"),
        ("tests/model/cell_model.cc", "sync/take_cell.h"),
        ("sync/take_cell_test.cc", "gtest/gtest.h"),
        ("drivers/uart/pl011/fake_pl011.h", "arch/host/fake_bus.h"),
        ("drivers/uart/pl011/pl011_test.cc", "drivers/uart/pl011/fake_pl011.h"),
        ("bench/cells.cc", "benchmark/benchmark.h"),
        ("user/lib/console.h", "user/lib/syscall.h"),
    )
    REFUSED = (
        ("base/format.cc", "sync/owned.h", "base may include base"),
        ("base/format.cc", "arch/cpu.h", "base may include base"),
        ("arch/aarch64/trap.cc", "kernel/panic.h", "arch port may include"),
        ("arch/aarch64/trap.cc", "sync/owned.h", "arch port may include"),
        ("arch/aarch64/trap.cc", "arch/host/fiber.h", "no other port"),
        ("arch/contract/concepts.h", "arch/cpu.h", "arch contract may include"),
        ("sync/take_cell.h", "arch/aarch64/irq.h", "sync may include"),
        ("sync/take_cell.h", "arch/upcalls.h", "sync may include"),
        ("sync/take_cell.h", "kernel/thread.h", "sync may include"),
        ("sync/take_cell.h", "drivers/iface/serial_port.h", "sync may include"),
        ("drivers/iface/serial_port.h", "arch/cpu.h", "drivers iface may include"),
        ("drivers/iface/serial_port.h", "drivers/uart/pl011/pl011.h", "drivers iface may include"),
        ("drivers/common/wait.h", "drivers/uart/pl011/pl011.h", "drivers common may include"),
        ("drivers/uart/pl011/pl011.h", "kernel/console.h", "driver may include"),
        ("drivers/uart/pl011/pl011.h", "boards/virt/board.h", "driver may include"),
        ("boards/soc/acme/soc.cc", "boards/some/board.h", "soc may include"),
        ("boards/soc/acme/soc.cc", "boards/soc/other/soc.h", "no other chip"),
        ("boards/cortex_m/board.cc", "boards/soc/acme/soc.h", "boards common may include"),
        ("tests/target/some.cc", "boards/soc/acme/soc.h", "test may include"),
        ("drivers/uart/pl011/pl011.h", "drivers/intc/gic_v2/gic_v2.h", "no other driver"),
        ("drivers/uart/pl011/pl011.h", "drivers/uart/mini_uart/mini_uart.h", "no other driver"),
        ("drivers/uart/pl011/pl011.h", "arch/aarch64/layout.h", "driver may include"),
        ("kernel/console.cc", "drivers/uart/pl011/pl011.h", "kernel may include"),
        ("kernel/console.cc", "boards/virt/board.h", "kernel may include"),
        ("kernel/console.cc", "arch/contract/concepts.h", "kernel may include"),
        ("kernel/console.cc", "arch/aarch64/layout.h", "kernel may include"),
        ("kernel/console.cc", "tests/model/atomics.h", "only tests"),
        ("kernel/console.cc", "drivers/uart/pl011/fake_pl011.h", "only tests"),
        ("kernel/console.cc", "gtest/gtest.h", "gtest/gtest.h is for"),
        ("kernel/console.cc", "libfdt.h", "libfdt.h is for"),
        ("boards/virt/board.cc", "boards/raspi/board.h", "no other board"),
        ("boards/common/memory.h", "boards/virt/board.h", "boards common may include"),
        ("boards/virt/board.cc", "tests/model/atomics.h", "only tests"),
        ("tests/target/smoke.cc", "boards/virt/board.h", "test may include"),
        ("bench/cells.cc", "boards/virt/board.h", "bench may include"),
        ("sync/take_cell_test.cc", "benchmark/benchmark.h", "is for bench"),
        ("user/lib/console.h", "kernel/console.h", "user may include user"),
        ("kernel/console.cc", "tools/decode/elf.h", "is not for including"),
        ("kernel/console.cc", "console.h", "a path from the root"),
        ("kernel/console.cc", "../base/result.h", "a path from the root"),
        ("kernel/console.cc", "vendor/thing.h", "a path from the root"),
    )

    def test_allowed(self):
        for path, included in self.ALLOWED:
            self.assertIsNone(refused(path, included), (path, included))

    def test_refused(self):
        for path, included, rule in self.REFUSED:
            self.assertIn(rule, refused(path, included) or "passed", (path, included))

    def test_headers_and_assembly_are_no_exception(self):
        for path in ("sync/x.h", "sync/x.cc", "sync/x.S"):
            self.assertIn("sync may include", refused(path, "kernel/thread.h"))

    def test_angle_brackets_do_not_help(self):
        self.assertEqual(len(layers.check_source("sync/x.h", "#include <kernel/thread.h>\n")), 1)
        self.assertIn("with quotes", layers.check_source("kernel/x.h", "#include <sync/owned.h>\n")[0][1])
        self.assertEqual(layers.check_source("sync/x.h", "#include <atomic>\n#include <sys/types.h>\n"), [])
        self.assertEqual(len(layers.check_source("sync/x.h", "#include <urcu.h>\n")), 1)

    def test_spaces_do_not_help(self):
        self.assertEqual(len(layers.check_source("sync/x.h", '  #  include   "kernel/thread.h"\n')), 1)

    def test_line_and_words_of_a_violation(self):
        found = layers.check_source("sync/x.h", '\n\n#include "kernel/thread.h"\n')
        self.assertEqual(found[0][0], 3)
        self.assertEqual(
            found[0][1],
            "sync/x.h may not include kernel/thread.h (layer rule: sync may include sync, arch public, base)",
        )

    def test_testonly_files_are_known_from_build_files(self):
        build = 'cc_library(name = "screen", testonly = True, srcs = ["screen.cc"], hdrs = ["screen.h"])\n'
        known = layers.test_files_of("kernel/BUILD.bazel", build)
        self.assertEqual(known, {"kernel/screen.cc", "kernel/screen.h"})
        self.assertIsNone(refused("kernel/screen.cc", "gtest/gtest.h", known))
        self.assertIn("only tests", refused("kernel/shell.cc", "kernel/screen.h", known))

    def test_a_file_that_a_library_uses_too_is_not_testonly(self):
        build = 'cc_library(name = "a", srcs = ["a.cc"])\ncc_test(name = "t", srcs = ["t.cc", "a.cc"])\n'
        self.assertEqual(layers.test_files_of("kernel/BUILD.bazel", build), {"kernel/t.cc"})


class Architecture(unittest.TestCase):
    def test_conditions_are_refused_outside_arch(self):
        for line in (
            "#ifdef __aarch64__",
            "#if defined(__x86_64__) && 1",
            "#elif __ARM_ARCH == 7",
            "# if defined __riscv",
            "#ifndef __thumb__",
            "#elifdef __arm__",
        ):
            for path in ("kernel/x.cc", "sync/x.h", "drivers/uart/pl011/x.cc", "base/x.h", "boards/virt/x.cc", "tests/x.cc"):
                self.assertEqual(len(layers.check_source(path, line + "\n")), 1, (path, line))
            self.assertEqual(layers.check_source("arch/aarch64/x.cc", line + "\n"), [])

    def test_other_conditions_pass(self):
        self.assertEqual(layers.check_source("kernel/x.cc", "#ifdef NDEBUG\n// __aarch64__\n#endif\n"), [])


class Builds(unittest.TestCase):
    def refused(self, package, rule):
        return layers.check_build(f"{package}/BUILD.bazel", rule)

    def test_dependencies(self):
        self.assertEqual(self.refused("sync", 'cc_library(name = "a", deps = ["//arch", "//base:result", ":b"])'), [])
        found = self.refused("sync", 'cc_library(\n    name = "a",\n    deps = [\n        "//kernel:thread",\n    ],\n)')
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0][0], 4)
        self.assertIn("sync/BUILD.bazel may not depend on //kernel:thread", found[0][1])

    def test_dependencies_in_a_select_or_a_sum(self):
        rule = 'cc_library(name = "a", deps = [":b"] + select({"//x:y": ["//boards/virt"], "//conditions:default": []}))'
        self.assertEqual(len(self.refused("drivers/uart/pl011", rule)), 1)

    def test_a_test_may_use_what_is_for_tests(self):
        rule = '{}(name = "a", deps = ["//arch/host:fake_bus", "@com_google_googletest//:gtest_main"])'
        self.assertEqual(self.refused("drivers/uart/pl011", rule.format("baton_test")), [])
        self.assertEqual(len(self.refused("drivers/uart/pl011", rule.format("cc_library"))), 1)

    def test_an_image_may_link_a_board(self):
        self.assertEqual(self.refused("tests/target", 'kernel_image(name = "a", deps = ["//boards/virt"])'), [])
        self.assertEqual(len(self.refused("tests/target", 'cc_library(name = "a", deps = ["//boards/virt"])')), 1)

    def test_architecture_is_not_selected(self):
        rule = 'cc_library(name = "a", srcs = select({"//bazel/platforms:is_aarch64": ["a.cc"]}))'
        self.assertEqual(len(self.refused("kernel", rule)), 1)
        self.assertEqual(self.refused("arch", rule), [])
        deps = 'cc_library(name = "a", deps = select({"//bazel/platforms:is_armv7m": []}))'
        self.assertEqual(len(self.refused("sync", deps)), 1)

    def test_hosted_or_not_may_be_selected(self):
        for key in ("is_bare", "is_opt"):
            rule = 'cc_library(name = "a", deps = select({"//bazel/platforms:%s": [], "//conditions:default": [":b"]}))' % key
            self.assertEqual(self.refused("sync", rule), [])

    def test_a_file_that_cannot_be_read_is_said(self):
        self.assertIn("cannot be read", self.refused("kernel", "cc_library(")[0][1])


class Tree(unittest.TestCase):
    def test_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in {
                "WORKSPACE": "",
                "sync/a.h": '#include "base/b.h"\n',
                "sync/BUILD.bazel": 'cc_library(name = "a", hdrs = ["a.h"], deps = ["//kernel"])\n',
                "bazel/third_party/rules/WORKSPACE": "",
                "bazel/third_party/rules/x.cc": '#include "kernel/x.h"\n',
                "stray/a.h": "",
                ".git/a.h": '#include "x.h"\n',
            }.items():
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            found = layers.check_tree(root)
        self.assertEqual(len(found), 2, found)
        self.assertTrue(found[0].startswith("sync/BUILD.bazel:1: "))
        self.assertTrue(found[1].startswith("stray/a.h:1: stray is no layer"))


if __name__ == "__main__":
    unittest.main()
