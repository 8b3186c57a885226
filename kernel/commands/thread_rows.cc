#include "kernel/commands/thread_rows.h"

#include <bit>

#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/thread_list.h"

namespace baton::kernel::commands {

void ThreadRows::add(const Thread& thread) {
  if (used_ == rows_.size()) {
    ++left_out_;
    return;
  }
  const bool idle = thread.stack_bytes() == 0;
  rows_[used_++] = {.id = &thread,
                    .name = thread.name(),
                    .state = to_string(thread.state()),
                    .priority = idle ? kIdlePriority : thread.priority().value(),
                    .inherits = thread.priority() > thread.base_priority(),
                    .core = thread.last_core(),
                    .affinity = thread.affinity() & CoreScheduler::active(),
                    .cpu_time = thread.cpu_time(),
                    .switches = thread.switches(),
                    .migrations = thread.migrations(),
                    .stack_used = idle ? 0 : thread.stack_high_water(),
                    .stack_bytes = thread.stack_bytes()};
}

void ThreadRows::take() {
  used_ = 0;
  left_out_ = 0;
  for (CoreMask left = CoreScheduler::active(); left != 0; left &= left - 1) {
    add(CoreScheduler::of(static_cast<unsigned>(std::countr_zero(left))).idle_thread());
  }
  thread_list().for_each([this](const Thread& thread) { add(thread); });
}

}  // namespace baton::kernel::commands
