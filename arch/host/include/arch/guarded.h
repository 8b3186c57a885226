// Reads that may fault: for looking at addresses from outside (`peek`) and at broken stacks.
#ifndef BATON_ARCH_HOST_GUARDED_H_
#define BATON_ARCH_HOST_GUARDED_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace baton::arch {

namespace internal {
/// By the kernel below, which says where it cannot read.
bool guarded_copy(void* to, std::uintptr_t from, std::size_t bytes) noexcept;
}  // namespace internal

/// The value at `address`; kFault where nothing is mapped.  Any context.
template <std::unsigned_integral T>
Result<T> guarded_read(std::uintptr_t address) noexcept {
  T value{};
  if (!internal::guarded_copy(&value, address, sizeof(value))) {
    return fail(Error::kFault);
  }
  return value;
}

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_GUARDED_H_
