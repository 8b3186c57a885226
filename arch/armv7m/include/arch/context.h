// A thread that does not run: what is saved of it, and how another is run in its place.
//
// The compiler saves what it needs at the switch, which tells it that every register is lost; so
// all that is left to save is the frame pointer and where to go on.  They go on the thread's stack
// as a frame record, and a context is the stack pointer to that record, with the guard that the MPU
// watches while the thread runs.  A switch is a call, in thread mode: no exception takes part.  A
// thread that uses FP registers has them on its stack, too (context.S).
#ifndef BATON_ARCH_ARMV7M_CONTEXT_H_
#define BATON_ARCH_ARMV7M_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/armv7m/image.h"
#include "arch/armv7m/layout.h"
#include "arch/contract/concepts.h"
#include "arch/contract/preempt_state.h"

namespace baton::arch {

/// [AAPCS32 6.2.1.2]
inline constexpr std::size_t kStackAlignment = 8;

/// At the bottom of every stack; what writes there faults.
inline constexpr std::size_t kGuardBytes = BATON_STACK_GUARD_SIZE;

/// The least that prepare() takes: the guard, a preemption, and the kernel's way from
/// on_preemption() to the switch.  What the thread itself calls comes on top.
inline constexpr std::size_t kMinStackBytes = 768 + 2 * kGuardBytes;

/// What a thread that does not run has saved; owned by whoever owns the thread.
class Context {
 public:
  /// Of the flow that runs now, on the stack it booted with: good as `from` at once.
  constexpr Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// The first switch to it calls entry(argument) on `stack`, interrupts masked.  `entry` never
  /// returns; a return is a failed assertion.  `stack` begins and ends where it likes; its first
  /// kGuardBytes that are a multiple of themselves are its guard, and from there on at least
  /// kMinStackBytes must be left.  Any context; not while the thread runs.
  void prepare(std::span<std::byte> stack, void (*entry)(void*), void* argument) noexcept;

  /// Saves the caller in `from` and goes on in `to`; returns when somebody switches back to `from`.
  /// Thread context, interrupts masked, as they are on return.
  [[gnu::always_inline]] static inline void switch_to(Context& from, Context& to) noexcept {
    register Context* save asm("r0") = &from;
    register const Context* load asm("r1") = &to;
    // No r7, which the frame pointer's user may not name as clobbered: it is in the record.
    asm volatile("bl armv7m_switch"
                 : "+r"(save), "+r"(load)
                 :
                 : "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                   "memory");
  }

  /// The thread is dead and off its stack.  There is nothing to give back; a switch to it faults.
  void release() noexcept { stack_pointer_ = 0; }

  /// Where its stack pointer was when it was switched out; backtrace() (arch/trap.h) begins there.
  /// Only while it does not run.
  std::uintptr_t stack_pointer() const noexcept { return stack_pointer_; }

 private:
  // Both are armv7m_switch's.
  std::uintptr_t stack_pointer_ = 0;
  const std::byte* guard_ = armv7m_thread_stack_start;
};

static_assert(sizeof(Context) == 8);
static_assert(contract::ThreadContext<Context>);

namespace internal {
// Of the flow that runs before there are threads.
inline constinit PreemptState before_threads{};
// There is one core, so a variable follows the thread: whoever switches writes it.
inline constinit void* current_thread_pointer = &before_threads;
}  // namespace internal

/// Any context; in a handler it is the interrupted thread's.
inline void* thread_pointer() noexcept { return internal::current_thread_pointer; }

/// Interrupts masked, where another thread begins to run.
inline void set_thread_pointer(void* pointer) noexcept {
  internal::current_thread_pointer = pointer;
}

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_CONTEXT_H_
