// How a core hands threads on (placement.h says to whom).
#include <utility>

#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"

namespace baton::kernel {

// This core is parked: what waits here goes elsewhere.  Not the thread that runs: should_switch()
// sees to that.
void CoreScheduler::clear_out(const IrqsOff& irqs_off) {
  const Thread* const unsettled = &current();
  for (;;) {
    Thread* const found = ready_.find_movable(kIdlePriority, [unsettled](const Thread& thread) {
      return &thread != unsettled && !belongs_on(thread, self());
    });
    if (found == nullptr) return;
    send(*found, place(*found), irqs_off);
  }
}

// Where a thread is to go that this core has.
unsigned CoreScheduler::place(const Thread& thread) {
  const unsigned last = thread.last_core();
  if (thread.timeout_armed_) return last;
  return Between::place(thread, last, started());
}

// What has become ready finds a place.  Not at work: the thread that is being left may be in the
// queue.  It is spread at the end of that.
void CoreScheduler::spread(const IrqsOff& irqs_off) {
  if (at_work_) {
    say_waiting();
  } else {
    Between::spread(irqs_off);
  }
}

// Something is to run here instead of what does, which must stay.  Meanwhile others may run what
// this core cannot yet.
void CoreScheduler::spread_beside_one_that_stays(const IrqsOff& irqs_off) {
  const Thread& me = current();
  if (&me != &idle_ && ready_.top() > running_) keep(me);
  spread(irqs_off);
}

// The thread that runs here: whether it may be taken off.
bool CoreScheduler::may_leave(const Thread& thread) const {
  // Relaxed: this core's thread, or the one that was interrupted.
  return thread.preempt_.off.load(std::memory_order_relaxed) == 0;
}

// It is asked for, and must not be taken off; when it may be, this core is to look.
void CoreScheduler::tell_when_it_may_leave() {
  // Relaxed: as above.
  current().preempt_.wanted.store(true, std::memory_order_relaxed);
}

// Sends a message, and interrupts the core for it.
void CoreScheduler::deliver(unsigned core, CoreMessage& message) {
  counts_.sent.add();
  if (!of(core).mailbox_.send(message)) return;
  counts_.kicks.add();
  sched_hooks::interrupt_cores(CoreMask{1} << core);
}

// The thread is on its way.
void CoreScheduler::give(Held<Thread> thread, unsigned core, const IrqsOff& /*irqs_off*/) {
  Thread& out = std::move(thread).pass_on();
  out.set_state(ThreadState::kMoving);
  counts_.departures.add();
  // The thread is the other core's from here on.
  deliver(core, out.arrival_);
}

// One that waits here.
void CoreScheduler::send(Thread& thread, unsigned core, const IrqsOff& irqs_off) {
  Held<Thread> out = dequeue(thread);
  out->control_.leave();
  give(std::move(out), core, irqs_off);
}

}  // namespace baton::kernel
