// How fast a device's input clock runs.  Any context; linear in the tree's size.
#ifndef BATON_DRIVERS_FDT_CLOCKS_H_
#define BATON_DRIVERS_FDT_CLOCKS_H_

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "drivers/fdt/fdt.h"

namespace baton::drivers::fdt {

/// Hz of entry `index` (0 to 31) of `device`'s "clocks".  kNotFound: it lists no such clock.
/// kUnsupported: the clock is no fixed one (ask whoever drives it: on a Raspberry Pi the
/// firmware's mailbox).  kCorrupt: the clock does not exist, or states no frequency.
Result<std::uint32_t> clock_frequency(const Fdt& tree, Node device, std::size_t index = 0);

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_CLOCKS_H_
