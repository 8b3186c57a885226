// What the thread pointer points at: whether the thread may be preempted now.
//
// Every port has `thread_pointer()` (arch/context.h), one word that follows the thread from core to
// core.  Until there are threads it points at a PreemptState of the core's; the kernel's thread
// objects begin with one.  So code below the kernel, such as an RCU read section, can keep the
// thread on its core without knowing what a thread is.
#ifndef BATON_ARCH_PREEMPT_H_
#define BATON_ARCH_PREEMPT_H_

#include <atomic>
#include <cstdint>

#include "arch/context.h"
#include "arch/contract/preempt_state.h"
#include "arch/upcalls.h"

namespace baton::arch {

/// Of the running thread; in a handler, of the one that it interrupted.
inline PreemptState& preempt_state() noexcept {
  return *static_cast<PreemptState*>(thread_pointer());
}

/// The thread stays on its core, and runs on, until the matching enable.  Nests.  Threads.
inline void preempt_disable() noexcept {
  std::atomic<std::uint32_t>& off = preempt_state().off;
  // Relaxed, both: the thread's own; handlers leave it as it was.
  off.store(off.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  // Pairs with the fence in preempt_enable() of a thread that ran before on this core: the compiler
  // moves nothing out of the section.
  std::atomic_signal_fence(std::memory_order_acquire);
}

/// The end of the outermost is where a more urgent thread, which could not preempt meanwhile, runs.
inline void preempt_enable() noexcept {
  // Pairs with the fence in preempt_disable(), likewise.
  std::atomic_signal_fence(std::memory_order_release);
  PreemptState& state = preempt_state();
  // Relaxed, all: see above.
  const std::uint32_t left = state.off.load(std::memory_order_relaxed) - 1;
  state.off.store(left, std::memory_order_relaxed);
  // Pairs with nothing on another core: a handler that comes before the store sets `wanted`, and
  // the compiler must not have looked at it earlier.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (left == 0 && state.wanted.load(std::memory_order_relaxed)) on_preemption_allowed();
}

}  // namespace baton::arch

#endif  // BATON_ARCH_PREEMPT_H_
