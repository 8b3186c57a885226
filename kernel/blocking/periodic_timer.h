// `PeriodicTimer`: a thread that does something every so often.
//
//   PeriodicTimer every(Duration::milliseconds(10));
//   while (every.wait()) sample();
//
// Due times are counted from the beginning, so that they do not drift.  The thread that made it.
#ifndef BATON_KERNEL_BLOCKING_PERIODIC_TIMER_H_
#define BATON_KERNEL_BLOCKING_PERIODIC_TIMER_H_

#include <cstdint>

#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {

class PeriodicTimer {
 public:
  /// The first period begins now.
  explicit PeriodicTimer(Duration period) : period_(period), due_(now() + period) {
    BATON_CHECK(period != Duration());
  }

  /// Until the end of the period.  How many ends were missed before, as the thread came late; it
  /// then goes on with the period in which it is.  kStopped: the thread was asked to stop.
  Result<std::uint64_t> wait() BATON_MAY_BLOCK {
    const Result<void> slept = this_thread::sleep_until(due_);
    if (!slept) return fail(slept.error());
    const std::uint64_t missed = (now() - due_).count_ns() / period_.count_ns();
    due_ = due_ + Duration::nanoseconds((missed + 1) * period_.count_ns());
    return missed;
  }
  /// When the period ends.
  Instant due() const { return due_; }

 private:
  Duration period_;
  Instant due_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_PERIODIC_TIMER_H_
