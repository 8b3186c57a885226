// From one thread to another where the machine has one core (kernel/sched/one_core.cc).
//
// The scheduler's own, in the way of every switch.
#ifndef BATON_KERNEL_SCHED_ONE_CORE_SWITCH_H_
#define BATON_KERNEL_SCHED_ONE_CORE_SWITCH_H_

#include "arch/context.h"
#include "base/assert.h"
#include "kernel/records.h"
#include "kernel/sched/core_scheduler.h"
#include "sync/irqs_off.h"

namespace baton::kernel {

// `me` is settled.
inline void CoreScheduler::switch_here(Thread& me, Thread& next, Fate fate) {
  // Turns of equals are all that the time is needed for without records.  Relaxed, both: numbers.
  if (kKeepsRecords || (me.has_slice_.load(std::memory_order_relaxed) |
                        next.has_slice_.load(std::memory_order_relaxed)) != 0) {
    account_here(me, fate, next);
  }
  arch::set_thread_pointer(&next);
  arch::Context::switch_to(me.context_, next.context_);
}

inline void CoreScheduler::yield_here() {
  const IrqsOff irqs_off;
  Thread& me = all_[0].current();
  // Relaxed: the thread's own.
  if (me.preempt_.wanted.load(std::memory_order_relaxed)) [[unlikely]] {
    all_[0].yield_slowly_here(me);
    return;
  }
  Thread& next = Rings::next(me);
  if (&next == &me) return;
  all_[0].ready_rings_.take_turns(me, next);
  all_[0].switch_here(me, next, Fate::kYields);
}

// park_here(), of a thread that has parked.
inline void CoreScheduler::leave_parked_here(Thread& me, const Deadline& deadline) {
  CoreScheduler& core = all_[0];
  // Relaxed: the thread's own.
  BATON_CHECK(me.preempt_.off.load(std::memory_order_relaxed) == 0 &&
              "a thread waits while it must not be preempted");
  BATON_CHECK(me.queued_priority != 0 && "the idle thread waits");
  if (deadline) core.arm_timeout_here(me, *deadline);
  me.set_state(ThreadState::kWaiting);
  // One that is suspended is out of it already.
  if (me.queue_hook.is_linked()) core.ready_rings_.erase(me);
  core.switch_here(me, core.ready_rings_.first(), Fate::kParks);
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_ONE_CORE_SWITCH_H_
