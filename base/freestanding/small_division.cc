// What the compiler calls for a division of 64-bit numbers on a core that has none, small.
//
// The name and what it does are the compiler's (its runtime library's); __aeabi_uldivmod, which is
// called from code, comes here. [RTABI32 4.3.1]
#include <cstdint>

#include "base/freestanding/divide.h"

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the compiler's name
extern "C" std::uint64_t __udivmoddi4(std::uint64_t number, std::uint64_t by,
                                      std::uint64_t* remainder);

[[gnu::used]] std::uint64_t __udivmoddi4(std::uint64_t number, std::uint64_t by,
                                         std::uint64_t* remainder) {
  const baton::freestanding::Division done = baton::freestanding::divide(number, by);
  if (remainder != nullptr) *remainder = done.remainder;
  return done.quotient;
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
