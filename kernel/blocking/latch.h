// `Latch`: opens once a number of things have happened, and stays open.  std::latch with timeouts
// and stops.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_LATCH_H_
#define BATON_KERNEL_BLOCKING_LATCH_H_

#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

class Latch {
 public:
  constexpr explicit Latch(std::uint32_t expected) : left_(expected) {}
  Latch(const Latch&) = delete;
  Latch& operator=(const Latch&) = delete;

  /// `n` of them have happened.  More than were expected is misuse, which ends the program.  Any
  /// context.
  void count_down(std::uint32_t n = 1);
  /// Whether it is open.  Any context.
  [[nodiscard]] bool try_wait() const;

  /// kStopped: the thread was asked to stop first.
  Result<void> wait() BATON_MAY_BLOCK { return wait_by(kForever); }
  /// kTimedOut, kStopped: it was not open.
  Result<void> wait_for(Duration timeout) BATON_MAY_BLOCK;
  Result<void> wait_until(Instant deadline) BATON_MAY_BLOCK { return wait_by(deadline); }
  /// Counts down, in any case, and waits.
  Result<void> arrive_and_wait(std::uint32_t n = 1) BATON_MAY_BLOCK {
    count_down(n);
    return wait();
  }
  Result<void> arrive_and_wait_for(Duration timeout, std::uint32_t n = 1) BATON_MAY_BLOCK {
    count_down(n);
    return wait_for(timeout);
  }
  Result<void> arrive_and_wait_until(Instant deadline, std::uint32_t n = 1) BATON_MAY_BLOCK {
    count_down(n);
    return wait_until(deadline);
  }

 private:
  Result<void> wait_by(Deadline deadline) BATON_MAY_BLOCK;

  mutable WaitQueue waiters_;
  std::uint32_t left_ BATON_GUARDED_BY(waiters_);
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_LATCH_H_
