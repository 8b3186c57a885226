// Bit fields, powers of two and alignment.  Any context; constexpr; no state.
#ifndef BATON_BASE_BITS_H_
#define BATON_BASE_BITS_H_

#include <concepts>
#include <cstdint>
#include <limits>

namespace baton {

/// Bits Hi..Lo set, the rest clear.  Hi and Lo count from 0 and are inclusive.
template <std::unsigned_integral T, unsigned Hi, unsigned Lo>
constexpr T bit_mask() {
  static_assert(Lo <= Hi && Hi < std::numeric_limits<T>::digits);
  constexpr unsigned kWidth = Hi - Lo + 1;
  if constexpr (kWidth == std::numeric_limits<T>::digits) {
    return std::numeric_limits<T>::max();
  } else {
    return static_cast<T>(static_cast<T>((T{1} << kWidth) - 1U) << Lo);
  }
}

/// The field Hi..Lo of `word`, shifted down.
template <unsigned Hi, unsigned Lo, std::unsigned_integral T>
constexpr T get_bits(T word) {
  return static_cast<T>((word & bit_mask<T, Hi, Lo>()) >> Lo);
}

/// `word` with its field Hi..Lo replaced by the low bits of `value`.
template <unsigned Hi, unsigned Lo, std::unsigned_integral T>
constexpr T with_bits(T word, T value) {
  constexpr T kMask = bit_mask<T, Hi, Lo>();
  return static_cast<T>((word & static_cast<T>(~kMask)) | (static_cast<T>(value << Lo) & kMask));
}

template <std::unsigned_integral T>
constexpr bool is_aligned(T value, T alignment) {
  return (value & (alignment - 1)) == 0;
}

/// `value` rounded down to a multiple of `alignment`, a power of two.
template <std::unsigned_integral T>
constexpr T align_down(T value, T alignment) {
  return static_cast<T>(value & ~(alignment - 1));
}

/// `value` rounded up to a multiple of `alignment`, a power of two.  The caller rules out overflow.
template <std::unsigned_integral T>
constexpr T align_up(T value, T alignment) {
  return align_down<T>(static_cast<T>(value + alignment - 1), alignment);
}

}  // namespace baton

#endif  // BATON_BASE_BITS_H_
