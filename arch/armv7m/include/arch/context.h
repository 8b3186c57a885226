// The thread pointer.                                      [ARMv7-M has no register for it]
#ifndef BATON_ARCH_ARMV7M_CONTEXT_H_
#define BATON_ARCH_ARMV7M_CONTEXT_H_

#include "arch/contract/preempt_state.h"

namespace baton::arch {

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
