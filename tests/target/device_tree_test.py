"""The Raspberry Pi with a device tree, as its firmware passes one, and with a damaged one; `virt`
with a tree that is damaged, or that lacks what is needed."""

import struct
import tempfile
from pathlib import Path

from tests.target.flat_tree import Node, cells, flatten, strings
from tools.qemu.errors import TimedOut
from tools.qemu.testing import TargetTest, main

MIB = 1 << 20


def raspi_tree(cpus: bool = True, uart: int = 0xFE201000) -> Node:
    root = Node("", {"#address-cells": cells(1), "#size-cells": cells(1), "model": strings("A tree of the test's"),
                     "compatible": strings("raspberrypi,4-model-b")})
    root.children.append(Node("chosen", {"stdout-path": strings(f"/serial@{uart:x}")}))
    root.children.append(Node("memory@0", {"device_type": strings("memory"), "reg": cells(0, 0x3C000000)}))
    root.children.append(Node(f"serial@{uart:x}", {"compatible": strings("arm,pl011"), "reg": cells(uart, 0x1000)}))
    if cpus:
        node = Node("cpus", {"#address-cells": cells(1), "#size-cells": cells(0)})
        for number in range(3):  # one less than the board has: the tree is believed
            node.children.append(
                Node(f"cpu@{number}", {"device_type": strings("cpu"), "compatible": strings("arm,cortex-a72"),
                                       "reg": cells(number), "enable-method": strings("spin-table"),
                                       "cpu-release-addr": cells(0, 0xD8 + 8 * number)}))
        root.children.append(node)
    return root


def bus_tree(board: str, console: str, uart_line: int | None = None) -> Node:
    """Controllers and UARTs behind a bus with addresses of its own, as the real boards' trees have them."""
    four = board == "raspi4b"
    root = raspi_tree()
    root.children = [child for child in root.children if not child.name.startswith("serial")]
    root.children[0].properties["stdout-path"] = strings(f"/soc/{console}:115200n8")
    ranges = (0x7E000000, 0xFE000000, 0x01800000, 0x40000000, 0xFF800000, 0x00800000) if four else (
        0x7E000000, 0x3F000000, 0x01000000, 0x40000000, 0x40000000, 0x00001000)
    soc = Node("soc", {"compatible": strings("simple-bus"), "#address-cells": cells(1), "#size-cells": cells(1),
                       "ranges": cells(*ranges)})
    controller = {"interrupt-controller": b"", "phandle": cells(1)}
    pl011_line, aux_line = ((0, 121, 4), (0, 93, 4)) if four else ((2, 25), (1, 29))
    if uart_line is not None:
        pl011_line = (pl011_line[0], uart_line, *pl011_line[2:])
    if four:
        soc.children.append(Node("interrupt-controller@40041000", controller | {
            "compatible": strings("arm,gic-400"), "#interrupt-cells": cells(3),
            "reg": cells(0x40041000, 0x1000, 0x40042000, 0x2000)}))
    else:
        soc.children.append(Node("local_intc@40000000", {
            "compatible": strings("brcm,bcm2836-l1-intc"), "#interrupt-cells": cells(2), "interrupt-controller": b"",
            "phandle": cells(2), "reg": cells(0x40000000, 0x100)}))
        soc.children.append(Node("interrupt-controller@7e00b200", controller | {
            "compatible": strings("brcm,bcm2836-armctrl-ic"), "#interrupt-cells": cells(2),
            "reg": cells(0x7E00B200, 0x200)}))
    for name, compatible, at, line in (("serial@7e201000", "arm,pl011", 0x7E201000, pl011_line),
                                       ("serial@7e215040", "brcm,bcm2835-aux-uart", 0x7E215040, aux_line)):
        soc.children.append(Node(name, {"compatible": strings(compatible), "reg": cells(at, 0x40),
                                        "interrupt-parent": cells(1), "interrupts": cells(*line)}))
    root.children.append(soc)
    lines = ((1, 13, 8, 1, 14, 8, 1, 11, 8, 1, 10, 8), 1) if four else ((0, 4, 1, 4, 3, 4, 2, 4), 2)
    root.children.append(Node("timer", {"compatible": strings("arm,armv8-timer", "arm,armv7-timer"),
                                        "interrupt-parent": cells(lines[1]), "interrupts": cells(*lines[0])}))
    return root


class DeviceTreeTest(TargetTest):
    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, blob: bytes) -> str:
        path = self.folder / "tree.dtb"
        path.write_bytes(blob)
        return str(path)

    def test_raspi_by_its_tree(self) -> None:
        blob = flatten(raspi_tree())
        with self.boot("raspi4b", append="jitter=5", qemu_args=("-dtb", self.write(blob))) as machine:
            self.assertIn("3 of 3 cores online", machine.transcript)
            status, text = machine.run("mem")
            self.assertEqual(status, 0)
            self.assertIn("physical, from device tree:", text)
            self.assertIn("total 960 MiB", text)
            status, text = machine.run("relay 1000")
            self.assertEqual(status, 0, text)
            machine.poweroff()

    def test_raspi_cores_that_do_not_come(self) -> None:
        """Nobody looks at the word that is to release core 1; core 2's cannot be written. At boot and by `start`, that is told, and the rest goes on."""
        tree = raspi_tree()
        for core, word in zip(tree.children[-1].children[1:], (0x1000, 0xE9)):
            core.properties["cpu-release-addr"] = cells(0, word)
        for late in ("", " late=0x6"):
            with self.boot("raspi4b", append="patience=50" + late, qemu_args=("-dtb", self.write(flatten(tree)))) as machine:
                self.assertIn("1 of 3 cores online", machine.transcript)
                self.assertEqual("core 1: did not come up within 50.000 ms; going on without it" in machine.transcript, not late)
                self.assertEqual("core 2: could not be started: address not accessible" in machine.transcript, not late)
                self.start_again(machine, bool(late))
                status, text = machine.run("relay 1000")
                self.assertEqual(status, 0, text)
                machine.poweroff()

    def start_again(self, machine, late: bool) -> None:
        for core, words in (
            *(((1, "cpu 1 has not come within 50.000 ms; if it does, it is used"), (2, "cpu 2 could not be started: address not accessible")) if late else ()),
            (1, "cpu 1 was told to start before: it is failed"),
            (2, "cpu 2 was told to start before: it is failed"),
        ):
            status, text = machine.run(f"start {core}")
            self.assertIn(words, text)
            self.assertEqual(status, 1)
        status, text = machine.run("cpus")
        self.assertEqual(status, 0)
        self.assertRegex(text, r"(?m)^cpu 1 failed")
        self.assertRegex(text, r"(?m)^cpu 2 failed")

    def test_raspi_devices_by_their_nodes(self) -> None:
        for board, lines in (("raspi4b", {"PL011": 153, "mini-UART": 125, "timer": 27}),
                             ("raspi3b", {"PL011": 89, "mini-UART": 61, "timer": 3})):
            for name, node in (("PL011", "serial@7e201000"), ("mini-UART", "serial@7e215040")):
                with self.subTest(board=board, console=name):
                    tree = self.write(flatten(bus_tree(board, node)))
                    with self.boot(board, qemu_args=("-dtb", tree), second_serial=name != "PL011") as machine:
                        self.assertIn(f"console {name} (from device tree)", machine.transcript)
                        status, text = machine.run("irqs")
                        self.assertEqual(status, 0)
                        self.assertRegex(text, rf"(?m)^ *{lines[name]} {name}")
                        self.assertRegex(text, rf"(?m)^ *{lines['timer']} timer")
                        machine.poweroff()

    def test_raspi_tree_is_believed_even_where_it_is_wrong(self) -> None:
        """A tree with another interrupt line for the UART: typing is not heard, which shows whose word counts."""
        tree = self.write(flatten(bus_tree("raspi4b", "serial@7e201000", uart_line=100)))
        with self.boot("raspi4b", qemu_args=("-dtb", tree)) as machine:
            machine.send_raw(b"cpus\r")
            with self.assertRaises(TimedOut):
                machine.wait_for("cpu 0 online", timeout=3)

    def test_raspi_tree_without_cores_has_four(self) -> None:
        for board, uart in (("raspi3b", 0x3F201000), ("raspi4b", 0xFE201000)):
            blob = flatten(raspi_tree(cpus=False, uart=uart))
            with self.boot(board, qemu_args=("-dtb", self.write(blob))) as machine:
                self.assertIn("4 of 4 cores online", machine.transcript)
                machine.poweroff()

    def test_raspi_damaged_tree_is_told_and_done_without(self) -> None:
        blob = bytearray(flatten(raspi_tree()))
        # A property whose name lies outside the strings: QEMU passes it on, and every look at it would overrun.
        at = blob.index(strings("spin-table")) - 4
        blob[at:at + 4] = struct.pack(">I", 0x00FFFFF0)
        with self.boot("raspi4b", qemu_args=("-dtb", self.write(bytes(blob)))) as machine:
            self.assertRegex(machine.transcript, r"(?m)^device tree at 0x\w+ damaged: .+; going on without it$")
            self.assertIn("4 of 4 cores online", machine.transcript)
            machine.poweroff()

    def check_virt_panics(self, blob: bytes, words: str, loaded: int = 0x40400000) -> None:
        """Loads image and tree by hand: QEMU's own loader would repair or refuse the tree.  The image moves itself, from an address
        that is a multiple of 64 KiB."""
        from tools.qemu.board import find_board

        image = find_board(Path("."), "virt").image_path(Path("."), "img")
        tree = self.write(blob)
        machine = self.boot(
            "virt", smp=1, kernel=False, wait=False,
            qemu_args=("-device", f"loader,file={image},addr={loaded:#x},force-raw=on",
                       "-device", f"loader,file={tree},addr=0x48000000,force-raw=on",
                       # boot_entry with x0 = the tree: a stub of three instructions in front of the image.
                       "-device", "loader,addr=0x47000000,data=0xd2a90000,data-len=4",  # mov x0, #0x48000000
                       "-device", f"loader,addr=0x47000004,data={0xD2A00001 | loaded >> 11:#x},data-len=4",  # mov x1, #loaded
                       "-device", "loader,addr=0x47000008,data=0xd61f0020,data-len=4",  # br x1
                       "-device", "loader,addr=0x47000000,cpu-num=0"),
        )
        panic = machine.wait_panic(60)
        self.assertNotEqual(panic.status, 0)
        self.assertRegex(panic.text, words)

    def test_virt_damaged_trees_end_in_one_clear_panic(self) -> None:
        whole = flatten(raspi_tree())
        no_tree = b"not a tree at all" * 10
        self.check_virt_panics(no_tree, r"device tree at 0x48000000 not found; boot with")
        # It lies over where it is to be, and the code that moves it is written over on the way.
        self.check_virt_panics(no_tree, r"device tree at 0x48000000 not found; boot with", loaded=0x40100000)
        self.check_virt_panics(whole[:8] + cells(0xFFFFFF00) + whole[12:], r"device tree at 0x48000000 damaged: .+; boot with")
        self.check_virt_panics(whole[:4] + cells(len(whole) - 9) + whole[8:], r"device tree at 0x48000000 damaged: .+; boot with")
        self.check_virt_panics(flatten(Node("")), r"the device tree's UART: not found; boot with")

    def test_virt_tree_without_memory_or_cores(self) -> None:
        root = Node("", {"#address-cells": cells(2), "#size-cells": cells(2)})
        root.children.append(Node("pl011@9000000", {"compatible": strings("arm,pl011"), "reg": cells(0, 0x09000000, 0, 0x1000)}))
        self.check_virt_panics(flatten(root), r"the device tree's memory: .+; boot with")
        root.children.append(Node("memory@40000000", {"device_type": strings("memory"), "reg": cells(0, 0x40000000, 0, 0x40000000)}))
        self.check_virt_panics(flatten(root), r"the device tree's cores: .+; boot with")


if __name__ == "__main__":
    main()
