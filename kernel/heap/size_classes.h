// Which list of a heap a free block belongs to: the two levels of TLSF.
//
// The first level goes by powers of two, the second divides each in 16 equal steps; below
// `kLinear` there is one list per grain.  Everything is a few shifts: no list is ever walked to
// find a fit.  [TLSF 3]
//
// Any context; computed from its arguments alone.
#ifndef BATON_KERNEL_HEAP_SIZE_CLASSES_H_
#define BATON_KERNEL_HEAP_SIZE_CLASSES_H_

#include <bit>
#include <cstddef>

namespace baton::kernel {

/// A list of free blocks: of sizes from smallest_of() up to the next list's smallest.
struct SizeClass {
  unsigned level = 0;
  unsigned list = 0;
  friend constexpr bool operator==(const SizeClass&, const SizeClass&) = default;
};

/// For blocks whose sizes are multiples of `kGrain`.
template <std::size_t kGrain>
struct SizeClasses {
  static_assert(std::has_single_bit(kGrain));
  static constexpr unsigned kLists = 16;
  static constexpr std::size_t kLinear = kGrain * kLists;

  static constexpr unsigned log2(std::size_t bytes) {
    return static_cast<unsigned>(std::bit_width(bytes)) - 1;
  }

  /// The list that a block of `bytes` is kept in.
  static constexpr SizeClass of(std::size_t bytes) {
    if (bytes < kLinear) return {.level = 0, .list = static_cast<unsigned>(bytes / kGrain)};
    const unsigned power = log2(bytes);
    return {.level = power - log2(kLinear) + 1,
            .list = static_cast<unsigned>(bytes >> (power - log2(kLists))) % kLists};
  }

  /// The size of the smallest block that a list may hold.
  static constexpr std::size_t smallest_of(SizeClass list) {
    if (list.level == 0) return list.list * kGrain;
    return (std::size_t{kLists} + list.list) * kGrain << (list.level - 1);
  }

  /// `bytes`, or a little more: so that each block of the list it falls in is large enough.  At
  /// most 1/16 more.
  static constexpr std::size_t rounded_up(std::size_t bytes) {
    if (bytes < kLinear) return bytes;
    const std::size_t step = std::size_t{1} << (log2(bytes) - log2(kLists));
    return (bytes + step - 1) & ~(step - 1);
  }
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_HEAP_SIZE_CLASSES_H_
