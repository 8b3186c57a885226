"""Tests of tools/decode: dumps are found and read whatever a serial line and a logger did to them."""

from __future__ import annotations

import random
import unittest

from tests.cli.decode_case import DecodeTest
from tools.decode.dump import find_dumps


class NoiseTest(DecodeTest):
    def test_carriage_returns(self) -> None:
        self.check(self.dump.replace("\n", "\r\n"))
        self.check(self.dump.replace("\n", "\r"))
        self.check(self.dump.replace("\n", "\r\r\n"))

    def test_terminal_sequences(self) -> None:
        self.check(self.dump.replace("\n", "\x1b[0m\x1b[K\r\n\x1b[1;31m"))
        self.check("\x1b]0;title\x07" + self.dump.replace("0x", "\x1b[7m0x"))

    def test_stray_bytes(self) -> None:
        chooser = random.Random(3)
        noise = [b"\x00", b"\xff", b"\xfe\x80", b"\x07", b"\x1f", b"\x7f"]
        for _ in range(20):
            data = bytearray()
            for byte in self.dump.encode():
                if chooser.random() < 0.1:
                    data += chooser.choice(noise)
                data.append(byte)
            self.check(bytes(data))

    def test_text_around_and_between(self) -> None:
        self.check("baton> fault null\nhalf a line" + self.dump + "\nreset\nbaton> ")
        lines = self.dump.split("\n")
        for position in range(1, len(lines) - 1):
            self.check("\n".join([*lines[:position], "[ 12.345] usb: unrelated 0xdeadbeef", *lines[position:]]))

    def test_prefixes(self) -> None:
        for prefix in (
            "[12:00:01.123] ",
            "[    3.141592] ",
            "> ",
            ">> > ",
            "  | ",
            "2024-05-01T12:00:01.5Z ",
            "2024-05-01 12:00:01,500 ",
            "12:00:01 ",
            "<6>",
            "<6>[    3.1] ",
            "ttyUSB0: ",
            "[2024-05-01 12:00:01] ttyUSB0: ",
        ):
            with self.subTest(prefix):
                text = "".join(prefix + line + "\n" for line in self.dump.splitlines())
                self.check(text)
                self.assertNotIn(prefix + "core", self.report(text))

    def test_end_not_captured(self) -> None:
        report = self.report(self.dump[: self.dump.index("cores:")])
        self.assertIn("#1   start  kernel/inspect.cc:9", report)
        self.assertIn("the dump is cut off", report)

    def test_begin_not_captured(self) -> None:
        report = self.report(self.dump[self.dump.index("build-id") :])
        self.assertIn("#1   start  kernel/inspect.cc:9", report)
        self.assertIn("the dump is cut off", report)

    def test_marks_not_captured(self) -> None:
        report = self.report(self.dump[self.dump.index("build-id") : self.dump.index("cores:")])
        self.assertIn("#1   start  kernel/inspect.cc:9", report)

    def test_any_damage_is_survived(self) -> None:
        chooser = random.Random(4)
        for _ in range(300):
            data = bytearray(self.dump.encode())
            for _ in range(chooser.randrange(40)):
                data[chooser.randrange(len(data))] = chooser.randrange(256)
            find_dumps(bytes(data[chooser.randrange(50) :]))


del DecodeTest  # Its subclasses are the tests.


if __name__ == "__main__":
    unittest.main()
