// Reads that may fault: for looking at addresses from outside (`peek`) and at broken stacks.
#ifndef BATON_ARCH_ARMV7M_GUARDED_H_
#define BATON_ARCH_ARMV7M_GUARDED_H_

#include <concepts>
#include <cstdint>

#include "base/result.h"

namespace baton::arch {

namespace internal {
/// `bytes`: 1, 2 or 4.  Not where `ok` is false.
struct Loaded {
  std::uint32_t value;
  std::uint32_t ok;
};
Loaded guarded_load(std::uintptr_t address, unsigned bytes) noexcept;
}  // namespace internal

/// The value at `address`; kFault where reading it faults (the MPU forbids it, nothing answers, or
/// it is not aligned).  Any context; inside a HardFault, where no other fault is survived, only
/// what belongs to the image is read.  Eight bytes are read as two words.  Reading a device
/// register may have effects: the caller's affair.
template <std::unsigned_integral T>
Result<T> guarded_read(std::uintptr_t address) noexcept {
  if constexpr (sizeof(T) == 8) {
    const Result<std::uint32_t> low = guarded_read<std::uint32_t>(address);
    const Result<std::uint32_t> high = guarded_read<std::uint32_t>(address + 4);
    if (!low || !high) return fail(Error::kFault);
    return *low | std::uint64_t{*high} << 32U;
  } else {
    const internal::Loaded loaded = internal::guarded_load(address, sizeof(T));
    if (loaded.ok == 0) return fail(Error::kFault);
    return static_cast<T>(loaded.value);
  }
}

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_GUARDED_H_
