"""Tests of how the decoder spells names and paths."""

from __future__ import annotations

import unittest

from tools.decode.symbolize import readable, source_path


class PlacesTest(unittest.TestCase):
    def test_paths_are_those_of_the_tree(self) -> None:
        for given, wanted in (
            ("kernel/start.cc", "kernel/start.cc"),
            ("./kernel/start.cc", "kernel/start.cc"),
            ("/x/sandbox/1/execroot/baton/kernel/start.cc", "kernel/start.cc"),
            ("/proc/self/cwd/./kernel/start.cc", "kernel/start.cc"),
            (
                "bazel-out/k8-fastbuild-ST-1/bin/arch/aarch64/_virtual_includes/aarch64/arch/irq.h",
                "arch/aarch64/include/arch/irq.h",
            ),
            ("/usr/lib/llvm-19/include/c++/v1/span", "/usr/lib/llvm-19/include/c++/v1/span"),
        ):
            self.assertEqual(source_path(given), wanted)

    def test_names_are_short(self) -> None:
        view = "std::__1::basic_string_view<char, std::__1::char_traits<char>>"
        self.assertEqual(
            readable(f"baton::(anonymous namespace)::f(std::__1::span<{view} const, 18446744073709551615ul>)"),
            "baton::f(std::span<std::string_view const>)",
        )


if __name__ == "__main__":
    unittest.main()
