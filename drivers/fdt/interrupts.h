// Which interrupts a device raises, and at which controller.  [DTSpec 2.4]  Any context; linear in
// the tree's size per level of inheritance.
#ifndef BATON_DRIVERS_FDT_INTERRUPTS_H_
#define BATON_DRIVERS_FDT_INTERRUPTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "drivers/fdt/fdt.h"

namespace baton::drivers::fdt {

/// An interrupt in the words of its controller, which alone knows what the cells mean.
struct Interrupt {
  Node controller;
  std::array<std::uint32_t, 4> cells = {};
  std::uint8_t cell_count = 0;  ///< 1 to 4

  std::span<const std::uint32_t> specifier() const { return std::span(cells).first(cell_count); }
  friend constexpr bool operator==(const Interrupt&, const Interrupt&) = default;
};

/// Interrupt `index` (0 to 31) of `node`, from "interrupts-extended" or else "interrupts".
/// kNotFound: the node has none, or none of that index.  kUnsupported: it goes through an interrupt
/// map, or its controller wants more than 4 cells.  kCorrupt: its controller does not exist, or the
/// list is not made of whole entries.
Result<Interrupt> interrupt(const Fdt& tree, Node node, std::size_t index = 0);

/// The controller that `node`'s "interrupts" are for: its own "interrupt-parent", or what it
/// inherits.  kNotFound, kCorrupt.
Result<Node> interrupt_parent(const Fdt& tree, Node node);

enum class Trigger : std::uint8_t {
  kUnspecified,
  kRisingEdge,
  kFallingEdge,
  kHighLevel,
  kLowLevel
};

/// An interrupt of a GIC.  [DT-GIC interrupt-cells]
struct GicInterrupt {
  std::uint32_t intid = 0;  ///< 16 to 31: each core's own (PPI); 32 to 1019: shared (SPI)
  Trigger trigger = Trigger::kUnspecified;

  bool is_private() const { return intid < 32; }
  friend constexpr bool operator==(const GicInterrupt&, const GicInterrupt&) = default;
};

/// `interrupt` as its controller, a GIC, understands it.  kUnsupported: not 3 (or 4) cells, or one
/// of GICv3's extended ranges.  kCorrupt: no such number, or no such trigger.
Result<GicInterrupt> gic_interrupt(const Interrupt& interrupt);

/// The cores' timers.
struct Timer {
  Node node;
  std::optional<Interrupt> secure;      ///< EL1 physical, for the secure world
  std::optional<Interrupt> physical;    ///< EL1 physical (CNTP)
  std::optional<Interrupt> virt;        ///< EL1 virtual (CNTV)
  std::optional<Interrupt> hypervisor;  ///< EL2 physical (CNTHP)
  /// Hz, where firmware forgot to set CNTFRQ_EL0; else read that register.
  std::optional<std::uint32_t> frequency;
};

/// kNotFound: no node of an Arm generic timer.  An interrupt that cannot be read is left empty.
Result<Timer> timer(const Fdt& tree);

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_INTERRUPTS_H_
