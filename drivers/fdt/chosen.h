// What the boot loader passes on: command line, console, initial RAM disk.  [DTSpec 3.6]
// Any context; linear in the tree's size.
#ifndef BATON_DRIVERS_FDT_CHOSEN_H_
#define BATON_DRIVERS_FDT_CHOSEN_H_

#include <string_view>

#include "base/result.h"
#include "drivers/fdt/fdt.h"
#include "drivers/fdt/range.h"

namespace baton::drivers::fdt {

/// The kernel's command line.  kNotFound: none.  kCorrupt: it has no end.
Result<std::string_view> bootargs(const Fdt& tree);

/// The console that the boot loader used.
struct StdoutPath {
  Node node;                 ///< its device
  std::string_view options;  ///< what follows the colon: "115200n8"; may be empty
};

/// "stdout-path", aliases resolved.  kNotFound: none.  kCorrupt: it names no node, or has no end.
Result<StdoutPath> stdout_path(const Fdt& tree);

/// Where the initial RAM disk lies.  kNotFound: there is none, or an empty one.  kCorrupt: one end
/// is missing, or the end lies before the start.
Result<Range> initrd(const Fdt& tree);

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_CHOSEN_H_
