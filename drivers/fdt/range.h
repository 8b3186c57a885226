// A range of physical addresses, and keeping several of them in order.  Any context; no state.
#ifndef BATON_DRIVERS_FDT_RANGE_H_
#define BATON_DRIVERS_FDT_RANGE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace baton::drivers::fdt {

/// `size` bytes from `base` on.  Whatever this folder's queries return has size > 0, and an end
/// that does not wrap.
struct Range {
  std::uint64_t base = 0;
  std::uint64_t size = 0;

  constexpr std::uint64_t end() const { return base + size; }
  friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// Whether the range holds something and ends at or below `limit`.
constexpr bool fits(const Range& range, std::uint64_t limit) {
  return range.size != 0 && range.base <= limit && range.size <= limit - range.base;
}

/// The highest end that addresses of `cells` (1 or 2) cells can express.
constexpr std::uint64_t limit_of(std::uint32_t cells) {
  return cells == 1 ? std::uint64_t{1} << 32U : std::numeric_limits<std::uint64_t>::max();
}

/// Put `range` among the first `used` of `storage`, which are sorted, apart and never touching;
/// they stay so, and `used` follows.  False when there is no room.  Linear in `used`.
constexpr bool merge_into(std::span<Range> storage, std::size_t& used, Range range) {
  const auto ranges = storage.first(used);
  // [first, last) overlap or touch the new one, and become one with it.
  const auto first =
      std::ranges::find_if(ranges, [&](const Range& each) { return each.end() >= range.base; });
  const auto last =
      std::find_if(first, ranges.end(), [&](const Range& each) { return each.base > range.end(); });
  if (first == last) {
    if (used == storage.size()) return false;
    const auto at = first - ranges.begin();
    std::move_backward(storage.begin() + at, storage.begin() + static_cast<std::ptrdiff_t>(used),
                       storage.begin() + static_cast<std::ptrdiff_t>(used) + 1);
    storage[static_cast<std::size_t>(at)] = range;
    ++used;
    return true;
  }
  const std::uint64_t base = std::min(range.base, first->base);
  const std::uint64_t end = std::max(range.end(), (last - 1)->end());
  *first = {.base = base, .size = end - base};
  const auto removed = last - (first + 1);
  std::move(last, ranges.end(), first + 1);
  used -= static_cast<std::size_t>(removed);
  return true;
}

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_RANGE_H_
