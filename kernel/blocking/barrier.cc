#include "kernel/blocking/barrier.h"

#include "kernel/clock.h"

namespace baton::kernel {

bool Barrier::arrive() {
  if (--missing_ != 0) return false;
  missing_ = expected_;
  ++phase_;
  waiters_.wake_all();
  return true;
}

bool Barrier::try_arrive() {
  const WaitQueue::Guard guard(waiters_);
  return missing_ == 1 && arrive();
}

void Barrier::arrive_and_drop() {
  const WaitQueue::Guard guard(waiters_);
  BATON_CHECK(expected_ > 1 && "nobody is expected at a barrier any more");
  --expected_;
  arrive();
}

std::uint32_t Barrier::phase() const {
  const WaitQueue::Guard guard(waiters_);
  return phase_;
}

Result<bool> Barrier::arrive_and_wait_for(Duration timeout) {
  return arrive_and_wait_by(now() + timeout);
}

Result<bool> Barrier::arrive_and_wait_by(Deadline deadline) {
  check_may_block(this);
  Waiter me;
  std::uint32_t phase = 0;
  {
    const WaitQueue::Guard guard(waiters_);
    if (missing_ != 1 && !waiters_.add(me)) return fail(Error::kStopped);
    phase = phase_;
    if (arrive()) return true;
  }
  const Result<void> woken = waiters_.wait(me, deadline);
  if (woken) return false;
  const WaitQueue::Guard guard(waiters_);
  // The last may have come between the end of our wait and here.
  if (phase_ != phase) return false;
  ++missing_;
  return fail(woken.error());
}

}  // namespace baton::kernel
