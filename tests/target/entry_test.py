"""The other ways in: exception levels 3 and 2, another load address, another CPU, memory sizes,
a device tree on the Raspberry Pi, the second UART."""

import re
from pathlib import Path

from tools.qemu.board import find_board
from tools.qemu.testing import TargetTest, main


class EntryTest(TargetTest):
    def image(self, board: str, form: str) -> str:
        return str(find_board(Path("."), board).image_path(Path("."), form))

    def check(self, machine: object, cores: int, level: int) -> None:
        status, text = machine.run("cpus")
        self.assertEqual(status, 0, text)
        self.assertEqual(len(re.findall(rf"(?m)^cpu \d online .* entered at EL{level},", text)), cores, text)
        machine.poweroff()

    def test_virt_at_el2(self) -> None:
        for gic in (2, 3):
            with self.boot("virt", smp=4, gic=gic, machine_options=("virtualization=on",)) as machine:
                self.check(machine, 4, 2)

    def test_raspi_elf_lets_all_cores_in_at_el3(self) -> None:
        for board in ("raspi3b", "raspi4b"):
            with self.boot(board, form="elf") as machine:
                self.check(machine, 4, 3)

    def test_newest_cpu_and_fast_counter(self) -> None:
        with self.boot("virt", smp=4, gic=3, cpu="max") as machine:
            status, text = machine.run("timers")
            self.assertEqual(status, 0)
            self.assertIn("counter: 1000000000 Hz", text)
            self.check(machine, 4, 1)

    def test_small_and_odd_memory(self) -> None:
        for memory, mebibytes in (("128M", 128), ("385M", 385), ("3G", 3072)):
            with self.boot("virt", smp=2, memory=memory) as machine:
                status, text = machine.run("mem")
                self.assertEqual(status, 0)
                self.assertIn(f"total {mebibytes} MiB", text)
                machine.poweroff()

    def test_image_at_another_address_moves_itself(self) -> None:
        loader = f"loader,file={self.image('virt', 'img')},addr=0x40400000,cpu-num=0"
        with self.boot("virt", smp=2, kernel=False, qemu_args=("-device", loader)) as machine:
            self.check(machine, 2, 1)

    def test_mini_uart(self) -> None:
        for board in ("raspi3b", "raspi4b"):
            with self.boot(board, append="uart=mini", second_serial=True) as machine:
                self.assertIn("console mini-UART", machine.transcript)
                status, text = machine.run("shout 50")
                self.assertEqual(status, 0)
                self.assertEqual(len(re.findall(r"(?m)^shout: core \d (?:thread|handler) \d+ [a-zA-Z0-9]{62}$", text)), 400)
                machine.poweroff()


if __name__ == "__main__":
    main()
