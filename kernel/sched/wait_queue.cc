#include "kernel/sched/wait_queue.h"

#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/thread.h"

namespace baton::kernel {

Waiter::Waiter() : thread(this_thread::get()) {}

bool WaitQueue::add(Waiter& me, bool stoppable) {
  if (!me.thread.control_.announce(stoppable)) return false;
  list_.push_back(me);
  return true;
}

Result<void> WaitQueue::wait(Waiter& me, Deadline deadline) {
  Thread& thread = me.thread;
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::park(deadline, irqs_off);
  }
  // Whoever woke us is through with the queue when we have had its lock; and if nobody did, we are
  // still in it.
  const Guard guard(*this);
  if (me.hook.is_linked()) list_.erase(me);
  return thread.wait_result();
}

int WaitQueue::urgency_of(const Thread& thread) { return thread.priority().value(); }

bool WaitQueue::notify(Thread& thread) { return thread.wake(WakeReason::kNotified); }

}  // namespace baton::kernel
