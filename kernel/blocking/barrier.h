// `Barrier`: a number of threads meet, again and again.  std::barrier with timeouts and stops.
//
// Who gives up waiting takes its arrival back, and the others wait on for somebody in its place;
// but if the last of them has come meanwhile they have met, and it is told so.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_BARRIER_H_
#define BATON_KERNEL_BLOCKING_BARRIER_H_

#include <cstdint>

#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

class Barrier {
 public:
  constexpr explicit Barrier(std::uint32_t expected) : expected_(expected), missing_(expected) {
    BATON_CHECK(expected != 0);
  }
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  /// Waits until as many have come as are expected.  True in one of them: the one that came last.
  /// kStopped: the thread was asked to stop, and has not come.
  Result<bool> arrive_and_wait() BATON_MAY_BLOCK { return arrive_and_wait_by(kForever); }
  /// kTimedOut, kStopped: it has not come.
  Result<bool> arrive_and_wait_for(Duration timeout) BATON_MAY_BLOCK;
  Result<bool> arrive_and_wait_until(Instant deadline) BATON_MAY_BLOCK {
    return arrive_and_wait_by(deadline);
  }
  /// Comes only if nobody else is missing: then they have met.  False: it has not come.  Any
  /// context.
  [[nodiscard]] bool try_arrive();
  /// One less is expected, this time and from now on.  Not the last.  Any context.
  void arrive_and_drop();

  /// How often they have met.
  std::uint32_t phase() const;

 private:
  Result<bool> arrive_and_wait_by(Deadline deadline) BATON_MAY_BLOCK;
  // One has come; whether it was the last.
  bool arrive() BATON_REQUIRES(waiters_);

  mutable WaitQueue waiters_;
  std::uint32_t expected_ BATON_GUARDED_BY(waiters_);
  std::uint32_t missing_ BATON_GUARDED_BY(waiters_);
  std::uint32_t phase_ BATON_GUARDED_BY(waiters_) = 0;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_BARRIER_H_
