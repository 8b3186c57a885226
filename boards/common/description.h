// What a board finds out about its machine, collected in fixed storage: the tables that
// kernel::Machine points to.
//
// Filled in by the boot core while it boots, read only afterwards.
#ifndef BATON_BOARDS_COMMON_DESCRIPTION_H_
#define BATON_BOARDS_COMMON_DESCRIPTION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "arch/cores.h"
#include "base/result.h"
#include "kernel/machine.h"

namespace baton::board {

/// Entries of T up to a fixed number.
template <class T, std::size_t N>
class Table {
 public:
  /// kFull: there is no room, and nothing was added.
  Result<void> add(const T& entry) {
    if (count_ == N) {
      return fail(Error::kFull);
    }
    entries_[count_++] = entry;
    return {};
  }
  void clear() { count_ = 0; }
  bool full() const { return count_ == N; }
  std::span<const T> all() const { return std::span(entries_).first(count_); }

 private:
  std::array<T, N> entries_{};
  std::size_t count_ = 0;
};

struct Description {
  Table<kernel::MemoryRange, 8> ram;
  Table<kernel::MemoryRange, 16> reserved;
  Table<kernel::CoreDescription, arch::kMaxCores> cores;
  std::size_t cores_left_out = 0;  ///< that the machine has beyond arch::kMaxCores
  std::string_view boot_arguments;
  std::string_view source;  ///< where this comes from: "device tree", "ATAGs", ...
};

/// Maps every range of RAM of `description`, but for pages that must not be touched, and copies the
/// tables into `machine`.  Errors as arch::map().
Result<void> adopt(const Description& description, kernel::Machine& machine);

}  // namespace baton::board

#endif  // BATON_BOARDS_COMMON_DESCRIPTION_H_
