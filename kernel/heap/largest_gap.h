// The largest piece of memory that nobody has: RAM without what is taken.
//
// Any context; computed from its arguments alone.
#ifndef BATON_KERNEL_HEAP_LARGEST_GAP_H_
#define BATON_KERNEL_HEAP_LARGEST_GAP_H_

#include <algorithm>
#include <cstdint>
#include <span>

namespace baton::kernel {

struct MemoryGap {
  std::uint64_t begin = 0;
  std::uint64_t bytes = 0;  ///< 0: there is none
  friend constexpr bool operator==(const MemoryGap&, const MemoryGap&) = default;
};

/// Ranges are anything with `begin` and `bytes`; they may overlap and come in any order.  The gap
/// begins and ends at a multiple of `step`, a power of two.  O(taken²).
template <class Range>
constexpr MemoryGap largest_gap(std::span<const Range> ram, std::span<const Range> taken,
                                std::uint64_t step) {
  MemoryGap best;
  // A gap begins where RAM does or where something that is taken ends.
  const auto look_from = [&](const Range& within, std::uint64_t begin) {
    const std::uint64_t ram_end = within.begin + within.bytes;
    if (begin < within.begin || begin >= ram_end) return;
    std::uint64_t end = ram_end;
    for (const Range& range : taken) {
      if (range.begin + range.bytes <= begin || range.bytes == 0) continue;
      end = std::min(end, std::uint64_t{range.begin});
    }
    begin = (begin + step - 1) & ~(step - 1);
    end &= ~(step - 1);
    if (end > begin && end - begin > best.bytes) best = {.begin = begin, .bytes = end - begin};
  };
  for (const Range& within : ram) {
    look_from(within, within.begin);
    for (const Range& range : taken) look_from(within, range.begin + range.bytes);
  }
  return best;
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_HEAP_LARGEST_GAP_H_
