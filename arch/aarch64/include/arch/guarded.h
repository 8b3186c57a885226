// Reads that may fault: for looking at addresses from outside (`peek`) and at broken stacks.
#ifndef BATON_ARCH_AARCH64_GUARDED_H_
#define BATON_ARCH_AARCH64_GUARDED_H_

#include <concepts>
#include <cstdint>

#include "base/result.h"

namespace baton::arch {

/// Where a guarded access went wrong, the access itself did nothing.
namespace internal {
struct Loaded {
  std::uint64_t value;
  std::uint64_t ok;
};
extern "C" {
Loaded aarch64_guarded_load8(std::uintptr_t address);
Loaded aarch64_guarded_load16(std::uintptr_t address);
Loaded aarch64_guarded_load32(std::uintptr_t address);
Loaded aarch64_guarded_load64(std::uintptr_t address);
}
}  // namespace internal

/// The value at `address`; kFault where reading it faults (not mapped, misaligned device, no device
/// answers).  Any context.  Reading a device register may have effects: the caller's affair.
template <std::unsigned_integral T>
Result<T> guarded_read(std::uintptr_t address) noexcept {
  internal::Loaded loaded{};
  if constexpr (sizeof(T) == 1) {
    loaded = internal::aarch64_guarded_load8(address);
  } else if constexpr (sizeof(T) == 2) {
    loaded = internal::aarch64_guarded_load16(address);
  } else if constexpr (sizeof(T) == 4) {
    loaded = internal::aarch64_guarded_load32(address);
  } else {
    loaded = internal::aarch64_guarded_load64(address);
  }
  if (loaded.ok == 0) {
    return fail(Error::kFault);
  }
  return static_cast<T>(loaded.value);
}

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_GUARDED_H_
