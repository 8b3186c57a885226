#!/usr/bin/env python3
"""Stands in for QEMU with Baton inside: answers --version, then plays the serial console on stdin and stdout.

What it does wrong is chosen by the kernel's boot arguments, `-append 'boot=hang'`, and by the
commands typed at its shell. It knows nothing of the runner, so that the runner's tests test it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

PANIC = """\
=== BATON PANIC ===
core 2: data abort, read of address 0x0 (null)
build-id: {build_id}
pc {pc} lr {pc} sp 0xffffff8000200000
x0 0x0 x1 0x1
backtrace:
  #0 {pc}
=== END PANIC ===
"""


class FakeMachine:
    def __init__(self, arguments: list[str]) -> None:
        text = arguments[arguments.index("-append") + 1] if "-append" in arguments else ""
        self.boot = dict(word.split("=", 1) for word in text.split() if "=" in word)
        self.mode = self.boot.get("boot", "")
        self.terminal = "mon:stdio" in arguments
        self.status = 0
        self.typed = 0

    def write(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(1, data) :]

    def print(self, text: str) -> None:
        self.write(text.replace("\n", "\r\n"))

    def key(self) -> str:
        while True:
            data = os.read(0, 1)
            if not data:
                # A serial port knows no end of input: the machine runs on.
                time.sleep(1000)
            if self.terminal and data == b"\x01":
                if os.read(0, 1) == b"x":
                    self.print("\nQEMU: Terminated\n")
                    sys.exit(0)
                continue
            self.typed += 1
            if self.mode == "lossy" and self.typed % 3 == 0:
                continue
            return data.decode("latin-1")

    def start(self) -> None:
        if self.mode == "die":
            print("qemu-system-fake: something is wrong with the machine", file=sys.stderr)
            sys.exit(7)
        if self.mode == "slow":
            for character in "Baton, slowly":
                self.write(character)
                time.sleep(0.02)
            self.write("\r\n")
        if self.mode == "hang":
            self.write("starting core 3")
            if "pid_file" in self.boot:
                Path(self.boot["pid_file"]).write_text(str(os.getpid()), encoding="ascii")
            time.sleep(1000)
        if self.mode == "garbage":
            self.write(bytes(range(256)) * 4 + b"\xff\xfe\x1b[999;999H\x1b]0;title\x07\r\n")
        if self.mode == "panic":
            self.panic()
        if self.mode == "quoted-prompt":
            self.print("the prompt looks like baton> \nbaton> is awaited, or baton(1)> ")
            time.sleep(0.2)
            self.print("to come\n")
        self.print("Baton on a fake board\nboot: prompt after 12.345 ms (machine counter)\n")
        while True:
            self.prompt()
            line = self.read_line()
            self.status = self.command(line)

    def prompt(self) -> None:
        self.write("baton> " if self.status == 0 else f"baton({self.status})> ")

    def read_line(self) -> str:
        line = ""
        while True:
            key = self.key()
            if key == "\r":
                if self.mode != "rows" or self.column(line) != 0:
                    self.write("\r\n")
                return line
            line += key
            if self.mode == "no-echo":
                continue
            if self.mode == "redraw":
                # As a line editor does it: back to the left, all again, clear what is behind.
                self.write("\r\x1b[0m")
                self.prompt()
                self.write(f"{line}\x1b[K\x1b[1D\x1b[1C")
            else:
                self.write(key)
                if self.mode == "rows" and self.column(line) == 0:
                    self.write("\r\n")

    def column(self, line: str) -> int:
        """Of the cursor behind `line`, on a screen whose rows the line editor ends after 79 characters."""
        prompt = "baton> " if self.status == 0 else f"baton({self.status})> "
        return (len(prompt) + len(line)) % 79

    def command(self, line: str) -> int:
        name, _, rest = line.strip().partition(" ")
        action = getattr(self, "do_" + name.replace("-", "_"), None)
        if not name:
            return 0
        if action is None:
            self.print(f"{name}: unknown command; try help\n")
            return 127
        return action(rest) or 0

    def panic(self) -> None:
        build_id = self.boot.get("build_id", "0" * 40)
        text = PANIC.format(build_id=build_id, pc=self.boot.get("pc", "0x80000"))
        if self.mode == "panic-cut":
            self.print(text[: text.index("backtrace")])
            time.sleep(1000)
        self.print(text)
        if self.mode == "panic-stays":
            time.sleep(1000)
        sys.exit(0 if self.mode == "panic-status-0" else 3)

    def do_ok(self, _: str) -> None:
        self.print("fine\n")

    def do_silent(self, _: str) -> None:
        pass

    def do_echo(self, rest: str) -> None:
        self.print(rest + "\n")

    def do_fail(self, rest: str) -> int:
        self.print("it did not work\n")
        return int(rest or 1)

    def do_hang(self, _: str) -> None:
        self.write("working")
        time.sleep(1000)

    def do_panic(self, _: str) -> None:
        self.print("half a li")
        self.print("ne of other output\n")
        self.panic()

    def do_die(self, rest: str) -> None:
        sys.exit(int(rest or 0))

    def do_flood(self, rest: str) -> None:
        for number in range(int(rest)):
            self.print(f"flood line {number} with some more text to make it longer\n")

    def do_long_line(self, rest: str) -> None:
        self.write("x" * int(rest))
        self.write("\r\n")

    def do_forever(self, _: str) -> None:
        while True:
            self.print("and on and on\n" * 100)

    def do_garbage(self, _: str) -> None:
        self.write(bytes(range(256)) * 16 + b"\r\n")

    def do_slowly(self, rest: str) -> None:
        for character in rest + "\r\n":
            self.write(character)
            time.sleep(0.03)

    def do_false_prompt(self, rest: str) -> int:
        # Long enough for any reader to take it for the real one.
        self.write("baton> ")
        time.sleep(float(rest or 0.5))
        self.write("\r\n")
        return 1

    def do_quoted_prompts(self, _: str) -> None:
        self.print("baton> \nsay baton(5)> \nbaton> baton> \n")

    def do_chatter(self, _: str) -> None:
        """A line from another core comes while the prompt already stands; the shell draws its prompt again."""
        self.print("first\n")
        self.prompt()
        time.sleep(0.02)
        self.write("\r\x1b[Kcore 1: something happened\r\n")

    def do_reboot(self, _: str) -> None:
        self.print("resetting\n")
        os.execv(sys.executable, [sys.executable, *sys.argv])

    def do_poweroff(self, _: str) -> None:
        if self.mode == "stays-on":
            time.sleep(1000)
        self.print("powering off\n")
        sys.exit(9 if self.mode == "off-status-9" else 0)


def main() -> None:
    if "--version" in sys.argv:
        print("QEMU emulator version 10.0.2 (fake)")
        return
    FakeMachine(sys.argv[1:]).start()


if __name__ == "__main__":
    main()
