// Storage for a thread's stack, with a page below it that can be made inaccessible.
//
//   constinit arch::ThreadStack<16384> stack;              // or in a pool
//   BATON_CHECK(arch::protect_guard(stack.guard()));       // once, or every time it is used
//   context.prepare(stack.bytes(), entry, argument);
//
// A thread that runs out of its stack then ends the process with a segmentation fault.
#ifndef BATON_ARCH_HOST_THREAD_STACK_H_
#define BATON_ARCH_HOST_THREAD_STACK_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "arch/context.h"
#include "arch/contract/concepts.h"
#include "arch/memory.h"
#include "base/result.h"

namespace baton::arch {

/// A guard page and at least `kBytes` of stack above it, in static storage: a program whose stacks
/// fit a board gets what the host needs (kMinStackBytes).
template <std::size_t kBytes>
class alignas(kPageBytes) ThreadStack {
  static_assert(kBytes % kPageBytes == 0, "a stack is made of whole pages");

 public:
  constexpr ThreadStack() = default;
  ThreadStack(const ThreadStack&) = delete;
  ThreadStack& operator=(const ThreadStack&) = delete;

  /// For Context::prepare().
  constexpr std::span<std::byte> bytes() { return stack_; }
  /// For protect_guard().
  constexpr std::span<const std::byte> guard() const { return guard_; }

 private:
  std::array<std::byte, kPageBytes> guard_{};
  std::array<std::byte, std::max(kBytes, kMinStackBytes)> stack_{};
};

static_assert(contract::StackStorage<ThreadStack<kPageBytes>>);

/// Makes `guard`, whole pages, inaccessible.  What is a guard already stays one.
/// kInvalidArgument: empty or not whole pages; kNotFound: not mapped.
Result<void> protect_guard(std::span<const std::byte> guard);

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_THREAD_STACK_H_
