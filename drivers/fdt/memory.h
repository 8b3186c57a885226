// Which memory the machine has, and which of it is already in use.
//
// What may be given out is `memory` less `reserved`; the entries of the latter may overlap, and
// may lie outside of memory.  Any context; linear in the tree's size times the storage's.
#ifndef BATON_DRIVERS_FDT_MEMORY_H_
#define BATON_DRIVERS_FDT_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "drivers/fdt/fdt.h"
#include "drivers/fdt/range.h"

namespace baton::drivers::fdt {

/// All memory, from every enabled memory node [DTSpec 3.4]: ascending, touching ranges made one.
/// Returns the part of `out` in use.  kNotFound: the tree tells of none.  kFull: `out` is too small
/// (it then holds a part).  kUnsupported, kCorrupt: see `Registers`.
Result<std::span<Range>> memory(const Fdt& tree, std::span<Range> out);

/// Memory that must not be given out.
struct Reserved {
  enum class By : std::uint8_t {
    kReserveList,  ///< the tree's own list [DTSpec 5.3]: the stub of page 0, mostly
    kNode,         ///< a node below /reserved-memory [DTSpec 3.5]
    kTree,         ///< the device tree itself
    kInitrd,       ///< the initial RAM disk
  };
  Range range;
  By by = By::kReserveList;
  bool no_map = false;  ///< must not even be mapped: a speculative access could be an error

  friend constexpr bool operator==(const Reserved&, const Reserved&) = default;
};

/// Everything that is reserved at a fixed place, in the order of `By`.  Nodes of /reserved-memory
/// that leave the place to the kernel are not listed.  `tree_address` is the physical address at
/// which the tree lies.  Returns the part of `out` in use.  kFull: `out` is too small.  kCorrupt,
/// kUnsupported, kFault: an entry cannot be understood, so that giving out memory would be a
/// gamble.
Result<std::span<Reserved>> reserved(const Fdt& tree, std::uint64_t tree_address,
                                     std::span<Reserved> out);

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_MEMORY_H_
