// What a thread does to itself, with std::this_thread's names.
//
// What gives the CPU up is for threads only, interrupts unmasked, preemption on, and not in an RCU
// read section: it does not compile in a handler, and a debug build names who does it elsewhere.
#ifndef BATON_KERNEL_SCHED_THIS_THREAD_H_
#define BATON_KERNEL_SCHED_THIS_THREAD_H_

#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/thread.h"

namespace baton::kernel::this_thread {

/// The running thread; in a handler, the one that it interrupted.  Any context.
Thread& get();

/// Its equals get their turn.
void yield() BATON_MAY_BLOCK;

/// kStopped: it was asked to stop.
Result<void> sleep_until(Instant when) BATON_MAY_BLOCK;
Result<void> sleep_for(Duration duration) BATON_MAY_BLOCK;

/// Ends the thread, as returning from its entry function does.  Objects on its stack are not
/// destroyed.  It holds no mutex.
[[noreturn]] void exit() BATON_MAY_BLOCK;

/// Whether it was asked to stop.
bool stop_requested();

}  // namespace baton::kernel::this_thread

#endif  // BATON_KERNEL_SCHED_THIS_THREAD_H_
