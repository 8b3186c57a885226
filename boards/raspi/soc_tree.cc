#include "boards/raspi/soc_tree.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "drivers/fdt/address.h"
#include "drivers/fdt/interrupts.h"
#include "drivers/intc/bcm2836/bcm2836.h"

namespace baton::board {
namespace {

namespace fdt = drivers::fdt;
using drivers::Bcm2836Interrupts;

void put_address(const fdt::Fdt& tree, fdt::Node node, std::size_t index, arch::PhysAddr& place) {
  if (const auto at = fdt::registers(tree, node, index)) {
    place = at->base;
  }
}

// [Linux Documentation/devicetree/bindings/interrupt-controller/brcm,bcm2835-armctrl-ic.yaml]
// Two cells: bank (0 basic, 1 and 2 the others) and bit.
std::optional<iface::IrqNumber> line_behind(const fdt::Interrupt& interrupt) {
  constexpr std::uint32_t kPerBank = 32;
  constexpr std::uint32_t kBasic = 8;
  if (interrupt.cell_count != 2 || interrupt.cells[0] > 2 || interrupt.cells[1] >= kPerBank) {
    return std::nullopt;
  }
  const auto [bank, bit] = std::pair(interrupt.cells[0], interrupt.cells[1]);
  if (bank == 0) {
    return bit < kBasic
               ? std::optional(static_cast<iface::IrqNumber>(Bcm2836Interrupts::kBasicBase + bit))
               : std::nullopt;
  }
  return static_cast<iface::IrqNumber>(Bcm2836Interrupts::kGpuBase + (bank - 1) * kPerBank + bit);
}

std::optional<iface::IrqNumber> line_of(const fdt::Fdt& tree, const fdt::Interrupt& interrupt) {
  if (tree.is_compatible(interrupt.controller, "arm,gic-400")) {
    if (const auto gic = fdt::gic_interrupt(interrupt)) {
      return static_cast<iface::IrqNumber>(gic->intid);
    }
    return std::nullopt;
  }
  if (tree.is_compatible(interrupt.controller, "brcm,bcm2836-armctrl-ic")) {
    return line_behind(interrupt);
  }
  // [Linux Documentation/devicetree/bindings/interrupt-controller/brcm,bcm2836-l1-intc.yaml]
  if (tree.is_compatible(interrupt.controller, "brcm,bcm2836-l1-intc") &&
      interrupt.cell_count != 0 && interrupt.cells[0] < Bcm2836Interrupts::kGpuBase) {
    return static_cast<iface::IrqNumber>(interrupt.cells[0]);
  }
  return std::nullopt;
}

void put_device(const fdt::Fdt& tree, std::string_view compatible, arch::PhysAddr& place,
                iface::IrqNumber& line) {
  const auto node = tree.find_compatible(compatible);
  if (!node) {
    return;
  }
  put_address(tree, *node, 0, place);
  if (const auto interrupt = fdt::interrupt(tree, *node)) {
    line = line_of(tree, *interrupt).value_or(line);
  }
}

void put_controller(const fdt::Fdt& tree, Soc& soc) {
  if (const auto gic = tree.find_compatible("arm,gic-400")) {
    soc.has_gic = true;
    put_address(tree, *gic, 0, soc.gic_distributor);
    put_address(tree, *gic, 1, soc.gic_cpu_interface);
  } else if (const auto local = tree.find_compatible("brcm,bcm2836-l1-intc")) {
    soc.has_gic = false;
    put_address(tree, *local, 0, soc.local_block);
    if (const auto behind = tree.find_compatible("brcm,bcm2836-armctrl-ic")) {
      put_address(tree, *behind, 0, soc.legacy_interrupts);
    }
  }
}

}  // namespace

Soc by_tree(Soc soc, const fdt::Fdt& tree) {
  put_controller(tree, soc);
  put_device(tree, "arm,pl011", soc.pl011, soc.pl011_irq);
  // The mini-UART is a part of the auxiliary block, 0x40 behind its beginning.
  constexpr arch::PhysAddr kMiniInAux = 0x40;
  arch::PhysAddr mini = soc.aux + kMiniInAux;
  put_device(tree, "brcm,bcm2835-aux-uart", mini, soc.aux_irq);
  soc.aux = mini - kMiniInAux;
  if (const auto timer = fdt::timer(tree)) {
    const std::optional<fdt::Interrupt> line = timer->virt;
    soc.timer_irq = line ? line_of(tree, *line).value_or(soc.timer_irq) : soc.timer_irq;
  }
  return soc;
}

}  // namespace baton::board
