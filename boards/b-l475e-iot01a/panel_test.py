"""The LED and the button of b-l475e-iot01a: `led` switches the pin, and a press interrupts. QEMU's test protocol is the
finger, and looks at the LED."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from tools.qemu.testing import TargetTest, main

LED_PORT, LED_PIN = 0x4800_0400, 14  # [UM2153]
LEVELS = 0x10  # [RM0351 8.5.5]
BUTTON = "/machine/soc/gpioc unnamed-gpio-in 13"


class Pins:
    """What is outside of the chip."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._answers = self._socket.makefile("r", encoding="ascii")

    def close(self) -> None:
        self._answers.close()
        self._socket.close()

    def press(self) -> None:
        self._ask(f"set_irq_in {BUTTON} 0")

    def release(self) -> None:
        self._ask(f"set_irq_in {BUTTON} 1")

    def led(self) -> bool:
        return bool(int(self._ask(f"readl {LED_PORT + LEVELS:#x}"), 0) >> LED_PIN & 1)

    def _ask(self, words: str) -> str:
        self._socket.sendall(words.encode("ascii") + b"\n")
        status, *values = self._answers.readline().split()
        if status != "OK":
            raise AssertionError(f"{words}: {status} {values}")
        return values[0] if values else ""


class PanelTest(TargetTest):
    def test_led_and_button(self) -> None:
        with tempfile.TemporaryDirectory(prefix="panel-") as folder:
            path = Path(folder) / "qtest"
            arguments = ("-accel", "tcg", "-qtest", f"unix:{path},server=on,wait=off", "-qtest-log", "none")
            with self.boot("b-l475e-iot01a", qemu_args=arguments) as machine:
                pins = Pins(path)
                self.addCleanup(pins.close)
                pins.release()

                self.assertFalse(pins.led(), "off, as the console works")
                for word, lit in (("on", True), ("off", False)):
                    self.assertEqual(machine.run(f"led {word}").status, 0)
                    self.assertEqual(pins.led(), lit)
                self.assertNotEqual(machine.run("led green").status, 0)

                self.assertEqual(machine.run("button"), (0, "up, pressed 0 times"))
                pins.press()
                self.assertEqual(machine.run("button"), (0, "down, pressed 1 times"))
                pins.release()
                self.assertEqual(machine.run("button"), (0, "up, pressed 1 times"))
                self.assertRegex(machine.run("irqs").text, r"(?m)^ +56 button +1$")

                status, text = machine.run("button 1")
                self.assertEqual((status, text), (1, "button: nobody pressed it"), "what was before does not count")
                machine.send_raw(b"button 30\r")
                machine.idle(0.5)
                pins.press()
                machine.wait_for(r"pressed after [\d.]+ m?s")
                machine.poweroff()


if __name__ == "__main__":
    main()
