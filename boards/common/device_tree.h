// A machine's description out of its device tree.
#ifndef BATON_BOARDS_COMMON_DEVICE_TREE_H_
#define BATON_BOARDS_COMMON_DEVICE_TREE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "boards/common/description.h"
#include "drivers/fdt/fdt.h"

namespace baton::board {

/// What became of looking for a tree.
struct FoundTree {
  std::optional<drivers::fdt::Fdt> tree;
  /// Why there is none although something like one is there: in words, to be printed.
  std::string_view damage;
};

/// Maps and checks the tree at physical address `at`, if there is one.  The tree is used where it
/// lies.
FoundTree find_tree(std::uint64_t at);

/// Memory and reserved memory.  kCorrupt: the tree has no memory.
Result<void> describe_memory(const drivers::fdt::Fdt& tree, std::uint64_t tree_address,
                             Description& description);

/// Cores.  The one that runs becomes index 0, the others follow in the tree's order.  kNotFound:
/// the tree has none; kCorrupt: this one is not among them.
Result<void> describe_cores(const drivers::fdt::Fdt& tree, Description& description);

}  // namespace baton::board

#endif  // BATON_BOARDS_COMMON_DEVICE_TREE_H_
