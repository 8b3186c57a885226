// `Event`: something has happened, or has not yet.
//
//   Reset::kManual   stays so, and all who wait go on, until reset(): a gate
//   Reset::kAuto     one of those who wait goes on, or the next to come, and it is so no more: a
//   bell
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_EVENT_H_
#define BATON_KERNEL_BLOCKING_EVENT_H_

#include <cstdint>

#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

enum class Reset : std::uint8_t { kAuto, kManual };

class Event {
 public:
  constexpr explicit Event(Reset reset, bool is_set = false) : reset_(reset), is_set_(is_set) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// It has happened.  Once more than once is once.  Any context.
  void set();
  /// It has not happened.  Any context.
  void reset();
  /// Whether it has happened; an auto event has not any more.  Any context.
  [[nodiscard]] bool try_wait();

  /// kStopped: the thread was asked to stop first.
  Result<void> wait() BATON_MAY_BLOCK { return wait_by(kForever); }
  /// kTimedOut, kStopped: it has not happened, for this thread.
  Result<void> wait_for(Duration timeout) BATON_MAY_BLOCK;
  Result<void> wait_until(Instant deadline) BATON_MAY_BLOCK { return wait_by(deadline); }
  /// Until it has happened: a thread that was asked to stop waits, too.
  void wait_in_any_case() BATON_MAY_BLOCK { BATON_CHECK(wait_by(kForever, false).has_value()); }

 private:
  Result<void> wait_by(Deadline deadline, bool stoppable = true) BATON_MAY_BLOCK;
  bool take() BATON_REQUIRES(waiters_);

  WaitQueue waiters_;
  const Reset reset_;
  bool is_set_ BATON_GUARDED_BY(waiters_);
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_EVENT_H_
