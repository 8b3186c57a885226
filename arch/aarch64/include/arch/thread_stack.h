// Storage for a thread's stack, with a page below it that can be taken out of the address space.
//
//   constinit arch::ThreadStack<16384> stack;              // or in a pool
//   BATON_CHECK(arch::protect_guard(stack.guard()));       // once, or every time it is used
//   context.prepare(stack.bytes(), entry, argument);
//
// A thread that runs out of its stack then faults on the guard, and the dump says so.
#ifndef BATON_ARCH_AARCH64_THREAD_STACK_H_
#define BATON_ARCH_AARCH64_THREAD_STACK_H_

#include <array>
#include <cstddef>
#include <span>

#include "arch/context.h"
#include "arch/contract/concepts.h"
#include "arch/memory.h"
#include "base/result.h"

namespace baton::arch {

/// A guard page and `kBytes` of stack above it, in static storage.  Its guard, once protected,
/// stays so: the storage is good for stacks only.
template <std::size_t kBytes>
class alignas(kPageBytes) ThreadStack {
  static_assert(kBytes % kPageBytes == 0, "a stack is made of whole pages");
  static_assert(kBytes >= kMinStackBytes);

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
  std::array<std::byte, kBytes> stack_{};
};

static_assert(contract::StackStorage<ThreadStack<kPageBytes>>);

/// Takes `guard`, whole pages of the image's data, out of the address space, for every core.  What
/// is a guard already stays one.  Threads, on any core, while others run; what they are in the
/// middle of in those pages faults.  O(pages), with a message to every core's TLB for each.
/// kInvalidArgument: empty, not whole pages, or no address of the kernel's; kNotFound: not mapped;
/// kUnsupported: mapped in a larger block, as memory outside the image is.
Result<void> protect_guard(std::span<const std::byte> guard);

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_THREAD_STACK_H_
