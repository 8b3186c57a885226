#include "kernel/sched/this_thread.h"

#include "arch/context.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/preempt.h"

namespace baton::kernel::this_thread {

Thread& get() {
  // A PreemptState is the first thing in a Thread.
  return *reinterpret_cast<Thread*>(arch::thread_pointer());
}

// yield() is in core_scheduler.cc.

Result<void> sleep_until(Instant when) {
  // In no queue: only the timer or a stop ends it.
  Thread& me = get();
  return me.sleep(when);
}

void exit() { get().end(); }

Result<void> sleep_for(Duration duration) { return sleep_until(now() + duration); }

bool stop_requested() { return get().stop_requested(); }

}  // namespace baton::kernel::this_thread
