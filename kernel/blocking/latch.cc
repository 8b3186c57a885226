#include "kernel/blocking/latch.h"

#include "base/assert.h"
#include "kernel/clock.h"

namespace baton::kernel {

void Latch::count_down(std::uint32_t n) {
  const WaitQueue::Guard guard(waiters_);
  BATON_CHECK(n <= left_ && "a latch is counted down below zero");
  left_ -= n;
  if (left_ == 0) waiters_.wake_all();
}

bool Latch::try_wait() const {
  const WaitQueue::Guard guard(waiters_);
  return left_ == 0;
}

Result<void> Latch::wait_for(Duration timeout) { return wait_by(now() + timeout); }

Result<void> Latch::wait_by(Deadline deadline) {
  check_may_block(this);
  Waiter me;
  {
    const WaitQueue::Guard guard(waiters_);
    if (left_ == 0) return {};
    if (!waiters_.add(me)) return fail(Error::kStopped);
  }
  return waiters_.wait(me, deadline);
}

}  // namespace baton::kernel
