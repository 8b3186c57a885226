#include "kernel/sched/wait_queue.h"

#include <iterator>

#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/one_core_switch.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/thread.h"

namespace baton::kernel {

Waiter::Waiter() : thread(this_thread::get()) {}

bool WaitQueue::add(Waiter& me, bool stoppable) {
  if (!me.thread.control_.announce(stoppable)) return false;
  list_.push_back(me);
  return true;
}

bool WaitQueue::wake_one() {
  if (!list_.empty() && std::next(list_.begin()) == list_.end()) {
    Waiter& only = *list_.begin();
    list_.erase(only);
    return notify(only.thread);
  }
  while (Waiter* const waiter = most_urgent([](const Waiter&) { return true; })) {
    list_.erase(*waiter);
    if (notify(waiter->thread)) return true;
    // Its timeout came first: it finds itself out of the queue.
  }
  return false;
}

Result<void> WaitQueue::wait(Waiter& me, const Deadline& deadline) {
  Thread& thread = me.thread;
  {
    const sync::IrqsOff irqs_off;
    if constexpr (kOneCore) {
      CoreScheduler::park_here(thread, deadline);
    } else {
      CoreScheduler::park(deadline, irqs_off);
    }
  }
  if constexpr (kOneCore) {
    // Whoever woke us was through with the queue when a thread could run.
    if (!me.hook.is_linked()) return thread.wait_result();
  }
  // Whoever woke us is through with the queue when we have had its lock; and if nobody did, we are
  // still in it.
  const Guard guard(*this);
  if (me.hook.is_linked()) list_.erase(me);
  return thread.wait_result();
}

Result<void> WaitQueue::wait_masked(Waiter& me, const Deadline& deadline, bool stoppable) {
  if constexpr (kOneCore) {
    Thread& thread = me.thread;
    if (!thread.control_.announce_parked_here(stoppable)) return fail(Error::kStopped);
    list_.push_back(me);
    CoreScheduler::leave_parked_here(thread, deadline);
    if (thread.control_.reason() == WakeReason::kNotified) return {};
    // Whoever came too late to wake it has taken it out.
    if (me.hook.is_linked()) list_.erase(me);
    return thread.wait_result();
  } else {
    __builtin_unreachable();
  }
}

int WaitQueue::urgency_of(const Thread& thread) { return thread.urgency(); }

// The caller has a guard, which masks interrupts.
bool WaitQueue::notify(Thread& thread) {
  if constexpr (kOneCore) return CoreScheduler::wake_here(thread, WakeReason::kNotified);
  return thread.wake(WakeReason::kNotified);
}

}  // namespace baton::kernel
