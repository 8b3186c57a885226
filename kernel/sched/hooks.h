// What the scheduler asks of the kernel around it.  Declared here, defined in kernel/ (and, for
// tests that bring their own surroundings, by those): the linker closes the circle.
#ifndef BATON_KERNEL_SCHED_HOOKS_H_
#define BATON_KERNEL_SCHED_HOOKS_H_

#include "kernel/sched/priority.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
class Thread;
}  // namespace baton::kernel

namespace baton::kernel::sched_hooks {

/// Interrupts the cores of `mask`, the caller's own among them if named; what was written before is
/// seen by their handlers, which end with CoreScheduler::on_interrupt_end().  Any context.
void interrupt_cores(CoreMask mask);

/// This core has changed from one thread to another, or could have: it reads nothing that RCU
/// protects.  May be left out where `sync::CoreDomain::Watch` says that nobody is concerned.
/// Thread context, interrupts masked.
void on_context_switch(const sync::IrqsOff& irqs_off);

/// The thread's own priority is another one: those who inherit it are to be told
/// (kernel/blocking/priority_graph.h).  Any context, no spin lock held.
void on_priority_changed(Thread& thread);

/// The thread, which the caller holds, does not wait for a mutex any more, its deadline having come
/// or a stop: nobody is to inherit from it.  Any context, no spin lock held.
void on_mutex_wait_over(Thread& thread);

}  // namespace baton::kernel::sched_hooks

#endif  // BATON_KERNEL_SCHED_HOOKS_H_
