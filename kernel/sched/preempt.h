// When a thread may be taken off its core: `PreemptOff`, and the points at which what was put off
// is made up for.
#ifndef BATON_KERNEL_SCHED_PREEMPT_H_
#define BATON_KERNEL_SCHED_PREEMPT_H_

#include <atomic>

#include "arch/preempt.h"

namespace baton::kernel {

/// If a more urgent thread became ready meanwhile, it runs before this returns.  Where interrupts
/// are masked, or preemption is off, it runs once they are not.  In a handler nothing is done: its
/// end is such a point.  Any context.
inline void preempt_point();

namespace internal {
// Somebody more urgent is ready.
void preempt_wanted();
}  // namespace internal

inline void preempt_point() {
  // Relaxed: the thread's own; a handler finds its end in any case.
  if (arch::preempt_state().wanted.load(std::memory_order_relaxed)) internal::preempt_wanted();
}

/// As the first member of a guard: a preempt_point() after the guard's other members have ended.
struct PreemptPoint {
  PreemptPoint() = default;
  ~PreemptPoint() { preempt_point(); }
  PreemptPoint(const PreemptPoint&) = delete;
  PreemptPoint& operator=(const PreemptPoint&) = delete;
};

/// The thread stays on its core and is not preempted; interrupts are taken.  The token of whatever
/// is one core's.  It must not block meanwhile.  Nests.  Threads.
class [[nodiscard]] PreemptOff {
 public:
  PreemptOff() noexcept { arch::preempt_disable(); }
  ~PreemptOff() { arch::preempt_enable(); }
  PreemptOff(const PreemptOff&) = delete;
  PreemptOff& operator=(const PreemptOff&) = delete;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_PREEMPT_H_
