"""The Raspberry Pi with a device tree, as its firmware passes one, and with a damaged one; `virt`
with a tree that is damaged, or that lacks what is needed."""

import struct
import tempfile
from pathlib import Path

from tests.target.flat_tree import Node, cells, flatten, strings
from tools.qemu.testing import TargetTest, main

MIB = 1 << 20


def raspi_tree(cpus: bool = True, uart: str = "arm,pl011") -> Node:
    root = Node("", {"#address-cells": cells(1), "#size-cells": cells(1), "model": strings("A tree of the test's"),
                     "compatible": strings("raspberrypi,4-model-b")})
    root.children.append(Node("chosen", {"stdout-path": strings("/serial@fe201000")}))
    root.children.append(Node("memory@0", {"device_type": strings("memory"), "reg": cells(0, 0x3C000000)}))
    root.children.append(Node("serial@fe201000", {"compatible": strings(uart), "reg": cells(0xFE201000, 0x1000)}))
    if cpus:
        node = Node("cpus", {"#address-cells": cells(1), "#size-cells": cells(0)})
        for number in range(3):  # one less than the board has: the tree is believed
            node.children.append(
                Node(f"cpu@{number}", {"device_type": strings("cpu"), "compatible": strings("arm,cortex-a72"),
                                       "reg": cells(number), "enable-method": strings("spin-table"),
                                       "cpu-release-addr": cells(0, 0xD8 + 8 * number)}))
        root.children.append(node)
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

    def test_raspi_tree_without_cores_has_four(self) -> None:
        blob = flatten(raspi_tree(cpus=False))
        for board in ("raspi3b", "raspi4b"):
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

    def check_virt_panics(self, blob: bytes, words: str) -> None:
        """Loads image and tree by hand: QEMU's own loader would repair or refuse the tree.  The image moves itself."""
        from tools.qemu.board import find_board

        image = find_board(Path("."), "virt").image_path(Path("."), "img")
        tree = self.write(blob)
        machine = self.boot(
            "virt", smp=1, kernel=False, wait=False,
            qemu_args=("-device", f"loader,file={image},addr=0x40400000,force-raw=on",
                       "-device", f"loader,file={tree},addr=0x48000000,force-raw=on",
                       # boot_entry with x0 = the tree: a stub of three instructions in front of the image.
                       "-device", "loader,addr=0x47000000,data=0xd2a90000,data-len=4",  # mov x0, #0x48000000
                       "-device", "loader,addr=0x47000004,data=0xd2a80801,data-len=4",  # mov x1, #0x40400000
                       "-device", "loader,addr=0x47000008,data=0xd61f0020,data-len=4",  # br x1
                       "-device", "loader,addr=0x47000000,cpu-num=0"),
        )
        panic = machine.wait_panic(60)
        self.assertNotEqual(panic.status, 0)
        self.assertRegex(panic.text, words)

    def test_virt_damaged_trees_end_in_one_clear_panic(self) -> None:
        whole = flatten(raspi_tree())
        self.check_virt_panics(b"not a tree at all" * 10, r"device tree at 0x48000000 not found; boot with")
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
