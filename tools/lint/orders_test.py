#!/usr/bin/env python3
"""Tests of the memory-order check: what it must let pass, and above all what it must refuse."""

import unittest

from tools.lint import orders


def lines(text, names=frozenset()):
    return [number for number, _ in orders.check_text(text, names)]


class Explained(unittest.TestCase):
    def test_a_pair_above(self):
        self.assertEqual(lines("// Pairs with the load in take().\nx_.store(1, std::memory_order_release);\n"), [])

    def test_a_pair_on_the_line(self):
        self.assertEqual(lines("x_.store(1, std::memory_order_release);  // pairs with take()\n"), [])

    def test_a_pair_three_lines_above(self):
        self.assertEqual(lines("// pairs with take()\nint a;\nint b;\nx_.store(1, std::memory_order_release);\n"), [])

    def test_a_pair_four_lines_above_is_too_far(self):
        self.assertEqual(lines("// pairs with take()\nint a;\nint b;\nint c;\nx_.store(1, std::memory_order_release);\n"), [5])

    def test_a_long_block_counts_whole(self):
        text = "// Release pairs with take().\n" + "// More.\n" * 6 + "x_.store(1, std::memory_order_release);\n"
        self.assertEqual(lines(text), [])

    def test_a_comment_without_the_word_does_not_do(self):
        self.assertEqual(lines("// Because.\nx_.store(1, std::memory_order_release);\n"), [2])
        self.assertEqual(lines("// A repairs shop.\nx_.store(1, std::memory_order_release);\n"), [2])

    def test_the_word_in_code_does_not_do(self):
        self.assertEqual(lines('log("pairs");\nx_.store(1, std::memory_order_release);\n'), [2])
        self.assertEqual(lines("int pairs = 0;\nx_.store(1, std::memory_order_release);\n"), [2])

    def test_every_order_but_relaxed(self):
        for order in ("acquire", "release", "acq_rel", "seq_cst", "consume"):
            self.assertEqual(lines(f"x_.exchange(1, std::memory_order_{order});\n"), [1], order)
            self.assertEqual(lines(f"x_.exchange(1, std::memory_order::{order});\n"), [1], order)
        self.assertEqual(lines("__atomic_store_n(&x, 1, __ATOMIC_RELEASE);\n"), [1])

    def test_relaxed_says_why(self):
        self.assertEqual(lines("x_.load(std::memory_order_relaxed);\n"), [1])
        self.assertEqual(lines("// A hint only.\nx_.load(std::memory_order_relaxed);\n"), [])
        self.assertEqual(lines("//\nx_.load(std::memory_order_relaxed);\n"), [2])

    def test_a_run_shares_its_comment(self):
        run = "x_.store(1, std::memory_order_relaxed);\n" * 6
        self.assertEqual(lines("// Relaxed, all: nobody looks yet.\n" + run), [])
        self.assertEqual(lines("// Relaxed: nobody looks yet.\n" + run + "int a;\nint b;\nint c;\n" + run), list(range(11, 17)))

    def test_an_operation_over_lines(self):
        text = (
            "// pairs with take()\nwhile (!x_.compare_exchange_weak(\n    old, fresh,\n"
            "    std::memory_order_release,\n    std::memory_order_relaxed)) {\n}\n"
        )
        self.assertEqual(lines(text), [])
        self.assertEqual(lines(text.split("\n", 1)[1]), [1])

    def test_a_failure_order_needs_the_pair_too(self):
        text = "// A hint.\nx_.compare_exchange_strong(a, b, std::memory_order_relaxed, std::memory_order_acquire);\n"
        self.assertEqual(lines(text), [2])

    def test_fences_and_constants(self):
        self.assertEqual(lines("std::atomic_thread_fence(std::memory_order_seq_cst);\n"), [1])
        self.assertEqual(lines("std::atomic_signal_fence(std::memory_order_acq_rel);  // pairs with the handler's\n"), [])
        self.assertEqual(lines("constexpr auto kOrder = std::memory_order_release;\n"), [1])

    def test_comments_are_not_code(self):
        self.assertEqual(lines("// x_.store(1, std::memory_order_release)\n/* x_.load(); */\n"), [])

    def test_strings_are_not_code(self):
        self.assertEqual(lines("const char* a = \"x_.load()\";\nconst char* b = R\"(y_.load() \" )\";\nchar c = '\"';\n"), [])


class Defaulted(unittest.TestCase):
    def test_named_operations(self):
        for call in ("load()", "store(1)", "exchange(1)", "fetch_add(1)", "compare_exchange_weak(a, b)", "fetch_or(f(1, 2))"):
            self.assertEqual(lines(f"x_.{call};\n"), [1], call)
            self.assertEqual(lines(f"p->{call};\n"), [1], call)

    def test_an_order_handed_through(self):
        self.assertEqual(lines("return x_.load(order);\n"), [])

    def test_std_exchange_is_another_thing(self):
        self.assertEqual(lines("auto old = std::exchange(p, nullptr);\nitems.clear();\nbits.test(3);\n"), [])

    DECLARED = "std::atomic<int> n_{0};\nstd::atomic<bool> on_{false};\nstd::atomic<int> a_[4];\nstd::atomic_flag f_;\n"

    def test_operators(self):
        for use in (
            "++n_;",
            "n_++;",
            "n_ += 2;",
            "a_[i] |= 1;",
            "--p->n_;",
            "n_ = 3;",
            "return n_;",
            "if (on_) {}",
            "while (!on_) {}",
            "if (n_ == 3) {}",
        ):
            self.assertEqual(lines(self.DECLARED + use + "\n"), [5], use)

    def test_what_is_no_access(self):
        for use in ("f(&n_);", "std::atomic<int>& r = n_;", "x.n_.load(order);", "n_2 = 3;", "auto s = sizeof(n_);"):
            self.assertEqual(lines(self.DECLARED + use + "\n"), [], use)

    def test_names_of_the_header_count(self):
        self.assertEqual(lines("++n_;\n"), [])
        self.assertEqual(lines("++n_;\n", names={"n_"}), [1])

    def test_a_name_that_is_something_else_here_too_tells_nothing(self):
        self.assertEqual(lines("std::atomic<int> frame{0};\nconst Frame* frame = get();\nif (frame == nullptr) {}\n"), [])

    def test_policies(self):
        declared = "typename Atomics::template Atomic<std::uintptr_t> word_;\n"
        self.assertEqual(orders.atomic_names(declared), {"word_"})
        self.assertEqual(lines(declared + "++word_;\n"), [2])


if __name__ == "__main__":
    unittest.main()
