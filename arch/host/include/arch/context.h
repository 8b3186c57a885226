// A kernel thread on the host: a fiber.  The sanitizers are told of every switch.
//
// ThreadSanitizer sees each fiber as a thread.  A switch orders what its core did before it before
// what the core does after it, in whichever fiber, because that is what happens: a core executes
// its instructions one after the other.  It orders nothing between cores.  So whoever hands a
// context to another core without release and acquire has a data race on the context, and it is
// reported.
#ifndef BATON_ARCH_HOST_CONTEXT_H_
#define BATON_ARCH_HOST_CONTEXT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/contract/concepts.h"
#include "arch/hosted_cpu.h"

namespace baton::arch {

inline constexpr std::size_t kStackAlignment = 16;

/// Interrupts are taken on it too, under the sanitizers in frames several times their size, and
/// what a test says of a failure is put together on it.
inline constexpr std::size_t kMinStackBytes = std::size_t{64} * 1024;

namespace internal {
class FlowSwitch;

/// The PreemptState of whoever plays the core, which is its thread pointer from now on.
void* boot_thread_pointer() noexcept;
}  // namespace internal

/// What a thread that does not run has saved; owned by whoever owns the thread.
class Context {
 public:
  /// Of the flow that runs now: good as `from` at once.
  constexpr Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// The first switch to it calls entry(argument) on `stack`, interrupts masked.  `entry` never
  /// returns; a return is a failed assertion.  Any context; not while the thread runs.
  void prepare(std::span<std::byte> stack, void (*entry)(void*), void* argument) noexcept;

  /// Saves the caller in `from` and goes on in `to`; returns when somebody switches back to `from`,
  /// maybe on another core.  Thread context, interrupts masked, as they are on return.
  ///
  /// A switch to a context whose thread still runs, or is only being switched out, ends the run:
  /// somebody made the thread reachable before it was saved.
  static void switch_to(Context& from, Context& to) noexcept;

  /// The thread is dead and off its stack: what the sanitizers keep of it is given back.
  void release() noexcept;

  /// Where its stack pointer was when it was switched out.  Only while it does not run.
  std::uintptr_t stack_pointer() const noexcept {
    return reinterpret_cast<std::uintptr_t>(stack_pointer_);
  }

 private:
  friend class internal::FlowSwitch;

  void* stack_pointer_ = nullptr;
  void (*entry_)(void*) = nullptr;
  void* argument_ = nullptr;
  // Relaxed: says whether somebody broke the rule; who keeps it needs no order from it.
  std::atomic<bool> saved_{false};
  // ThreadSanitizer's name for the fiber, and whether prepare() made it.
  [[maybe_unused]] void* fiber_ = nullptr;
  [[maybe_unused]] bool owns_fiber_ = false;
  // AddressSanitizer's: where the frames are that may outlive their function, and the stack.
  [[maybe_unused]] void* fake_stack_ = nullptr;
  [[maybe_unused]] bool owns_stack_ = false;
  const void* stack_bottom_ = nullptr;
  std::size_t stack_bytes_ = 0;
};

static_assert(contract::ThreadContext<Context>);

/// The thread pointer: a word that follows the thread from core to core.  Reading it is one step.
/// Until it is set it points at a PreemptState of the core's.  Any context; in a handler it is the
/// interrupted thread's.
inline void* thread_pointer() noexcept {
  const std::uint64_t pointer = internal::read_thread_pointer();
  return pointer != 0 ? reinterpret_cast<void*>(pointer) : internal::boot_thread_pointer();
}

/// Interrupts masked, just before switch_to() to the thread whose pointer it is.
inline void set_thread_pointer(void* pointer) noexcept { internal::write_thread_pointer(pointer); }

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_CONTEXT_H_
