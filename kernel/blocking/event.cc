#include "kernel/blocking/event.h"

#include "kernel/clock.h"

namespace baton::kernel {

bool Event::take() {
  if (!is_set_) return false;
  if (reset_ == Reset::kAuto) is_set_ = false;
  return true;
}

void Event::set() {
  const WaitQueue::Guard guard(waiters_);
  if (reset_ == Reset::kManual) {
    is_set_ = true;
    waiters_.wake_all();
  } else if (!waiters_.wake_one()) {
    is_set_ = true;
  }
}

void Event::reset() {
  const WaitQueue::Guard guard(waiters_);
  is_set_ = false;
}

bool Event::try_wait() {
  const WaitQueue::Guard guard(waiters_);
  return take();
}

Result<void> Event::wait_for(Duration timeout) { return wait_by(now() + timeout); }

Result<void> Event::wait_by(Deadline deadline, bool stoppable) {
  check_may_block(this);
  Waiter me;
  {
    const WaitQueue::Guard guard(waiters_);
    if (take()) return {};
    if (!waiters_.add(me, stoppable)) return fail(Error::kStopped);
  }
  return waiters_.wait(me, deadline);
}

}  // namespace baton::kernel
