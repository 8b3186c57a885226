// For images in which no thread locks a mutex: nobody waits for one, or inherits a priority.
#include "kernel/sched/hooks.h"

namespace baton::kernel::sched_hooks {

void on_priority_changed(Thread& /*thread*/) {}
void on_mutex_wait_over(Thread& /*thread*/) {}

}  // namespace baton::kernel::sched_hooks
