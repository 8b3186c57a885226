// A thread that does not run: what is saved of it, and how another is run in its place.
//
// The compiler saves what it needs at the switch, which tells it that every register is lost; so
// all that is left to save is the frame pointer and where to go on.  They go on the thread's stack
// as a frame record, and a context is the stack pointer to that record.  A thread which uses FP
// registers has them there too, above the record (context.S); the others pay one test.
#ifndef BATON_ARCH_AARCH64_CONTEXT_H_
#define BATON_ARCH_AARCH64_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/contract/concepts.h"

namespace baton::arch {

/// [AAPCS64 6.4.5.2]
inline constexpr std::size_t kStackAlignment = 16;

/// The least that prepare() takes: a preemption with FP registers (736 bytes) and the kernel's way
/// from on_preemption() to the switch.  What the thread itself calls comes on top.
inline constexpr std::size_t kMinStackBytes = 2048;

/// What a thread that does not run has saved; owned by whoever owns the thread.
class Context {
 public:
  /// Of the flow that runs now: good as `from` at once.
  constexpr Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// The first switch to it calls entry(argument) on `stack`, interrupts masked.  `entry` never
  /// returns; a return is a failed assertion.  `stack` begins and ends where it likes; at least
  /// kMinStackBytes must be left between multiples of kStackAlignment.  Any context; not while the
  /// thread runs.
  void prepare(std::span<std::byte> stack, void (*entry)(void*), void* argument) noexcept;

  /// Saves the caller in `from` and goes on in `to`; returns when somebody switches back to `from`,
  /// maybe on another core.  Thread context, interrupts masked, as they are on return.
  ///
  /// The stores here are plain.  They are complete for another core once this core, in `to`, has
  /// handed `from` on with a release operation, which pairs with the acquire by which the other
  /// core gets it; `from` must not be reachable for others before that.
  [[gnu::always_inline]] static inline void switch_to(Context& from, Context& to) noexcept {
    register std::uintptr_t* save asm("x0") = &from.stack_pointer_;
    register const std::uintptr_t* load asm("x1") = &to.stack_pointer_;
    // No x29, which the frame pointer's user may not name as clobbered: it is in the record.
    asm volatile(
        "adr  x9, 1f\n"
        "mrs  x10, cpacr_el1\n"
        "cbz  x10, 2f\n"
        "bl   aarch64_save_fp\n"
        "2:\n"
        "stp  x29, x9, [sp, #-16]!\n"
        "mov  x10, sp\n"
        "str  x10, [x0]\n"
        "ldr  x10, [x1]\n"
        "mov  sp, x10\n"
        "ldp  x29, x9, [sp], #16\n"
        "br   x9\n"
        "1:\n"
        : "+r"(save), "+r"(load)
        :
        : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
          "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28",
          "x30", "cc", "memory");
  }

  /// The thread is dead and off its stack.  There is nothing to give back; a switch to it faults.
  void release() noexcept { stack_pointer_ = 0; }

  /// Where its stack pointer was when it was switched out; backtrace() (arch/trap.h) begins there.
  /// Only while it does not run.
  std::uintptr_t stack_pointer() const noexcept { return stack_pointer_; }

 private:
  std::uintptr_t stack_pointer_ = 0;
};

static_assert(contract::ThreadContext<Context>);

/// The thread pointer: a word that follows the thread from core to core.  Reading it is one step,
/// so that a thread which migrates in between still reads its own.  Any context; in a handler it is
/// the interrupted thread's.
inline void* thread_pointer() noexcept {
  void* pointer = nullptr;
  asm volatile("mrs %0, tpidr_el0" : "=r"(pointer));
  return pointer;
}

/// Interrupts masked, just before switch_to() to the thread whose pointer it is.
inline void set_thread_pointer(void* pointer) noexcept {
  asm volatile("msr tpidr_el0, %0" ::"r"(pointer) : "memory");
}

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_CONTEXT_H_
