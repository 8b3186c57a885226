// Division of 64-bit numbers, a bit at a time.
#ifndef BATON_BASE_FREESTANDING_DIVIDE_H_
#define BATON_BASE_FREESTANDING_DIVIDE_H_

#include <cstdint>

namespace baton::freestanding {

struct Division {
  std::uint64_t quotient = 0;
  std::uint64_t remainder = 0;
  friend bool operator==(const Division&, const Division&) = default;
};

/// Of anything by anything but 0; by 0 it answers some numbers.  64 steps, whatever the numbers.
constexpr Division divide(std::uint64_t number, std::uint64_t by) noexcept {
  constexpr unsigned kBits = 64;
  Division done;
  for (unsigned bit = 0; bit < kBits; ++bit) {
    // What a shift pushes out is more than any divisor.
    const bool more = done.remainder >> (kBits - 1) != 0;
    done.remainder = done.remainder << 1U | number >> (kBits - 1);
    number <<= 1U;
    done.quotient <<= 1U;
    if (more || done.remainder >= by) {
      done.remainder -= by;
      done.quotient |= 1U;
    }
  }
  return done;
}

}  // namespace baton::freestanding

#endif  // BATON_BASE_FREESTANDING_DIVIDE_H_
