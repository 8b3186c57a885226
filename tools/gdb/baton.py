"""Baton's commands and printers for gdb; loaded by `./baton debug`, or by `source tools/gdb/baton.py`.

  baton-cores   one line per core: program counter, exception level (or handler), where it is, what the kernel thinks of it
  baton-cells   one line per registered cell: its state, and in debug builds who is inside
  print CELL    the same for any cell
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import gdb
import gdb.printing

sys.path.insert(0, str(Path(__file__).absolute().parents[2]))

from tools.decode.symbolize import readable, source_path  # noqa: E402

_MODES = {0: "EL0t", 4: "EL1t", 5: "EL1h", 8: "EL2t", 9: "EL2h", 12: "EL3t", 13: "EL3h"}
_WIDTH = 64

# sync/atomic_take_cell.h, sync/combining_cell.h and sync/holder.h.
_TAKE_EMPTY, _TAKE_BUSY = 0, 1
_COMBINING_INSIDE, _COMBINING_CLOSED = 1, 2
_HOLDER_INTERRUPT, _HOLDER_CORE_SHIFT = 2, 2


def _where(pc: int) -> str:
    """Function and source line of an address, as far as the symbols know them."""
    block = gdb.block_for_pc(pc)
    while block is not None and block.function is None:
        block = block.superblock
    line = gdb.find_pc_line(pc)
    if block is not None:
        name = readable(str(block.function))
    else:
        # Assembly has no blocks, but labels.
        answer = gdb.execute(f"info symbol {pc:#x}", to_string=True).strip()
        name = "??" if answer.startswith("No symbol") else answer.split(" in section")[0]
    if line.symtab is None or not line.line:
        return name
    return f"{name}  {source_path(line.symtab.filename)}:{line.line}"


def _plain(value: gdb.Value) -> gdb.Value:
    """What is inside a std::atomic of libc++ or a wrapper with one member called value_."""
    fields = {field.name for field in value.type.strip_typedefs().fields()}
    if "value_" in fields:
        inner = value["value_"]
        return _plain(inner) if inner.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT else inner
    return value["__a_"]["__a_value"]


def _exception_level(frame: gdb.Frame) -> str:
    """Such as EL1h; on a Cortex-M whether it is in a thread, or which exception it handles."""
    try:
        exception = int(frame.read_register("xpsr")) & 0x1FF
        return f"exception {exception}" if exception else "thread"
    except ValueError:
        pass
    try:
        return _MODES.get(int(frame.read_register("cpsr")) & 0xF, "?")
    except (ValueError, gdb.error):
        return "?"


def _kernel_state(core: int) -> str:
    """Such as "online"; empty when the image has no table of cores."""
    try:
        state = gdb.parse_and_eval(f"baton::kernel::cores.__elems_[{core}].state")
        return str(_plain(state)).rpartition("::k")[2].lower()
    except gdb.error:
        return ""


class BatonCores(gdb.Command):
    """baton-cores: one line per core."""

    def __init__(self) -> None:
        super().__init__("baton-cores", gdb.COMMAND_STATUS)

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        chosen = gdb.selected_thread()
        if chosen is None:
            raise gdb.GdbError("no machine; `target remote` first")
        try:
            for thread in sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num):
                thread.switch()
                frame = gdb.newest_frame()
                pc = int(frame.read_register("pc")) & ((1 << _WIDTH) - 1)
                mark = "*" if thread.num == chosen.num else " "
                core = thread.num - 1  # QEMU numbers its cores from 0, gdb its threads from 1.
                parts = [f"{mark} core {core}", f"pc {pc:#018x}", f"{_exception_level(frame):<4}"]
                print("  ".join(part for part in (*parts, _kernel_state(core), _where(pc)) if part))
        finally:
            chosen.switch()


class CellPrinter:
    """A cell's state in words."""

    def __init__(self, cell: gdb.Value) -> None:
        self._cell = cell

    def to_string(self) -> str:
        word = int(_plain(self._cell["word_"]))
        combining = self._cell.type.strip_typedefs().name.startswith("baton::sync::CombiningCell<")
        if combining and word & _COMBINING_CLOSED:
            return "empty"
        if combining and not word & _COMBINING_INSIDE:
            return "full"
        if not combining and word == _TAKE_EMPTY:
            return "empty"
        if not combining and word != _TAKE_BUSY:
            return f"full, object at {word:#x}"
        return "busy" + self._holder()

    def _holder(self) -> str:
        try:
            who = int(_plain(self._cell["holder_"]["mark_"]))
            address = int(_plain(self._cell["holder_"]["address_"]))
        except (gdb.error, KeyError):
            return ""  # A release build does not keep it.
        if who == 0:
            return ""
        context = "a handler" if who & _HOLDER_INTERRUPT else "a thread"
        # The call stands before the address that it returns to.
        return f", held by core {who >> _HOLDER_CORE_SHIFT} in {context} from {_where(address - 1)}"


class BatonCells(gdb.Command):
    """baton-cells: one line per registered cell."""

    # The entry's function knows the cell's type, and its name tells it.
    _TYPE = re.compile(r"BasicCellEntry<(baton::sync::\w+<.*?>) ?>\(char const\*")

    def __init__(self) -> None:
        super().__init__("baton-cells", gdb.COMMAND_STATUS)

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        entry = _plain(gdb.parse_and_eval("baton::sync::internal::cell_registry.newest_"))
        rows = []
        while int(entry) != 0:
            rows.append((entry["name_"].string(), self._state(entry)))
            entry = _plain(entry["next_"])
        width = max((len(name) for name, _ in rows), default=0)
        for name, state in reversed(rows):
            print(f"{name:<{width}}  {state}")

    def _state(self, entry: gdb.Value) -> str:
        function = gdb.execute(f"info symbol {int(entry['report_']):#x}", to_string=True)
        found = self._TYPE.search(function)
        if not found:
            return f"at {int(entry['cell_']):#x}, of a type that its symbol does not tell"
        cell = entry["cell_"].cast(gdb.lookup_type(found[1]).pointer()).dereference()
        return CellPrinter(cell).to_string()


def _printers() -> gdb.printing.RegexpCollectionPrettyPrinter:
    printers = gdb.printing.RegexpCollectionPrettyPrinter("baton")
    cells = "^baton::sync::(?:Take|IrqTake|AtomicTake|Combining)Cell<.*>$"
    printers.add_printer("cell", cells, CellPrinter)
    return printers


gdb.printing.register_pretty_printer(None, _printers(), replace=True)
BatonCores()
BatonCells()
