// Where a device's registers are: "reg", translated from its bus's addresses to the CPU's.
//
// Each bus between the device and the root says in "ranges" where its addresses appear one level
// up [DTSpec 2.3.8]; on a Raspberry Pi 4 that turns 0x7e201000 into 0xfe201000.  Any context.
#ifndef BATON_DRIVERS_FDT_ADDRESS_H_
#define BATON_DRIVERS_FDT_ADDRESS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "drivers/fdt/fdt.h"
#include "drivers/fdt/range.h"

namespace baton::drivers::fdt {

/// How many cells an address and a size have among the children of a node.  [DTSpec 2.3.5]
struct CellCounts {
  std::uint32_t address = 2;
  std::uint32_t size = 1;
};

/// What `parent` says about its children, or what holds where it says nothing.  kUnsupported: not
/// 1 or 2 cells of address (PCI has 3), or more than 2 of size.  kCorrupt.
Result<CellCounts> cell_counts(const Fdt& tree, Node parent);

/// The "reg" of one node, entry by entry.
class Registers {
 public:
  /// kNotFound: no "reg", or no such node.  kUnsupported: see `cell_counts`, or sizes of no cells
  /// (the entries are no addresses of memory then).  kCorrupt: "reg" is not made of whole entries.
  /// Linear in the tree's size.
  static Result<Registers> of(const Fdt& tree, Node node);
  /// The same for the last node of a way that the caller knows already; linear in that node's size.
  static Result<Registers> of(const Fdt& tree, const Ancestry& way);

  std::size_t count() const { return reg_.size() / stride(); }

  /// Entry `index` in addresses of the node's own bus.  kOutOfRange: no such entry.  kEmpty: its
  /// size is 0.  kCorrupt: it wraps around.
  Result<Range> on_bus(std::size_t index) const;

  /// Entry `index` in the CPU's addresses.  As `on_bus`, and kFault: a bus on the way passes no
  /// access on, or not all of this range.  Linear in the "ranges" of the buses on the way.
  Result<Range> at(std::size_t index) const;

 private:
  Registers(const Fdt& tree, const Ancestry& way, std::span<const std::byte> reg, CellCounts cells)
      : tree_(tree), way_(way), reg_(reg), cells_(cells) {}
  std::size_t stride() const;

  Fdt tree_;
  Ancestry way_;
  std::span<const std::byte> reg_;
  CellCounts cells_;
};

/// Entry `index` of `node`'s "reg" in the CPU's addresses; errors as in `Registers`.
Result<Range> registers(const Fdt& tree, Node node, std::size_t index = 0);

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_ADDRESS_H_
