// Storage for a thread's stack.
//
//   constinit arch::ThreadStack<1024> stack;               // or in a pool
//   BATON_CHECK(arch::protect_guard(stack.guard()));       // once, or every time it is used
//   context.prepare(stack.bytes(), entry, argument);
//
// The guard is the lowest part of what prepare() gets, and the MPU watches the running thread's
// only; so nothing has to be done for it in advance, on this port.
#ifndef BATON_ARCH_ARMV7M_THREAD_STACK_H_
#define BATON_ARCH_ARMV7M_THREAD_STACK_H_

#include <array>
#include <cstddef>
#include <span>

#include "arch/context.h"
#include "arch/contract/concepts.h"
#include "base/result.h"

namespace baton::arch {

/// `kBytes` of stack, in static storage, guard included.
template <std::size_t kBytes>
class alignas(kGuardBytes) ThreadStack {
  static_assert(kBytes % kStackAlignment == 0);
  static_assert(kBytes >= kMinStackBytes);

 public:
  constexpr ThreadStack() = default;
  ThreadStack(const ThreadStack&) = delete;
  ThreadStack& operator=(const ThreadStack&) = delete;

  /// For Context::prepare().
  constexpr std::span<std::byte> bytes() { return stack_; }
  /// For protect_guard().
  constexpr std::span<const std::byte> guard() const {
    return std::span(stack_).first(kGuardBytes);
  }

 private:
  std::array<std::byte, kBytes> stack_{};
};

static_assert(contract::StackStorage<ThreadStack<kMinStackBytes>>);

/// The MPU guards it whenever its thread runs.  kInvalidArgument: no region of the MPU's.
inline Result<void> protect_guard(std::span<const std::byte> guard) {
  if (guard.size() != kGuardBytes ||
      reinterpret_cast<std::uintptr_t>(guard.data()) % kGuardBytes != 0) {
    return fail(Error::kInvalidArgument);
  }
  return {};
}

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_THREAD_STACK_H_
