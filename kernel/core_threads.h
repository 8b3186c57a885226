// The threads that every core has for itself: `rcu/N` runs RCU callbacks (kernel/rcu.h), `call/N`
// what other cores ask for (kernel/cross_call.h).  And the idle loop, for when there is no thread.
#ifndef BATON_KERNEL_CORE_THREADS_H_
#define BATON_KERNEL_CORE_THREADS_H_

namespace baton::kernel {

/// Starts those of core `core`, which takes threads.  A thread, or the boot flow, of any core.
void start_core_threads(unsigned core);

/// The one of them that runs calls.  Likewise, once.
void start_call_thread(unsigned core);

/// What a core does that has no thread to run.  The flow that adopt() made the idle thread.
[[noreturn]] void idle();

}  // namespace baton::kernel

#endif  // BATON_KERNEL_CORE_THREADS_H_
