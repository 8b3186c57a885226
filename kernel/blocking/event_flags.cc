#include "kernel/blocking/event_flags.h"

#include "kernel/clock.h"

namespace baton::kernel {

// What one thread waits for; on its stack, and Waiter::object points to it.
struct EventFlags::Request {
  Flags flags;
  Want want;
  Then then;
  Flags seen = 0;

  bool suits(Flags now) const {
    const Flags here = flags & now;
    return want == Want::kAll ? here == flags : here != 0;
  }
  // Returns what is left of `now`.
  Flags take(Flags now) {
    seen = flags & now;
    return then == Then::kClear ? now & ~seen : now;
  }
  static Request& of(const Waiter& waiter) { return *static_cast<Request*>(waiter.object); }
};

void EventFlags::set(Flags flags) {
  const WaitQueue::Guard guard(waiters_);
  flags_ |= flags;
  Flags left = flags_;
  while (waiters_.wake_one_if(
      [&left](const Waiter& waiter) { return Request::of(waiter).suits(left); },
      [&left](Waiter& waiter) { left = Request::of(waiter).take(left); })) {
  }
  flags_ = left;
}

EventFlags::Flags EventFlags::clear(Flags flags) {
  const WaitQueue::Guard guard(waiters_);
  const Flags before = flags_ & flags;
  flags_ &= ~flags;
  return before;
}

EventFlags::Flags EventFlags::value() const {
  const WaitQueue::Guard guard(waiters_);
  return flags_;
}

Result<EventFlags::Flags> EventFlags::try_wait(Flags flags, Want want, Then then) {
  Request request{.flags = flags, .want = want, .then = then};
  if (flags == 0) return fail(Error::kInvalidArgument);
  const WaitQueue::Guard guard(waiters_);
  if (!request.suits(flags_)) return fail(Error::kEmpty);
  flags_ = request.take(flags_);
  return request.seen;
}

Result<EventFlags::Flags> EventFlags::wait_for(Flags flags, Want want, Then then,
                                               Duration timeout) {
  return wait_by(flags, want, then, now() + timeout);
}

Result<EventFlags::Flags> EventFlags::wait_by(Flags flags, Want want, Then then,
                                              Deadline deadline) {
  check_may_block(this);
  if (flags == 0) return fail(Error::kInvalidArgument);
  Request request{.flags = flags, .want = want, .then = then};
  Waiter me;
  me.object = &request;
  {
    const WaitQueue::Guard guard(waiters_);
    if (request.suits(flags_)) {
      flags_ = request.take(flags_);
      return request.seen;
    }
    if (!waiters_.add(me)) return fail(Error::kStopped);
  }
  const Result<void> woken = waiters_.wait(me, deadline);
  if (!woken) return fail(woken.error());
  return request.seen;
}

}  // namespace baton::kernel
