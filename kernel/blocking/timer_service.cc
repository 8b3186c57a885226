#include "kernel/blocking/timer_service.h"

#include "kernel/clock.h"
#include "sync/misuse.h"

namespace baton::kernel {

void TimerService::wake(Who who) {
  while (waiters_.wake_one_if([who](const Waiter& waiter) { return waiter.want == who; },
                              [](Waiter&) {})) {
  }
}

void TimerService::start(ServiceTimer& timer, Instant due, Duration period) {
  const WaitQueue::Guard guard(waiters_);
  if (timer.hook_.is_linked()) started_.erase(timer);
  timer.due_ = due;
  timer.period_ = period;
  timer.number_ = ++starts_;
  timer.missed_ = 0;
  started_.insert(timer);
  if (started_.top() == &timer) wake(kServer);
}

bool TimerService::cancel(ServiceTimer& timer) {
  const WaitQueue::Guard guard(waiters_);
  if (!timer.hook_.is_linked()) return false;
  // If it was the first, the server finds out when it would have been due.
  started_.erase(timer);
  return true;
}

Result<bool> TimerService::cancel_and_wait_for(ServiceTimer& timer, Duration timeout) {
  return cancel_and_wait_by(timer, now() + timeout);
}

Result<bool> TimerService::cancel_and_wait_by(ServiceTimer& timer, Deadline deadline) {
  check_may_block(this);
  bool cancelled = false;
  for (;;) {
    Waiter me;
    me.want = kCanceller;
    {
      const WaitQueue::Guard guard(waiters_);
      if (timer.hook_.is_linked()) {
        // Also if its function has started it again meanwhile.
        started_.erase(timer);
        cancelled = true;
      }
      if (running_ != &timer) return cancelled;
      BATON_NEVER_MISUSE(server_ != &me.thread, &timer, "a timer's function waits for its own end");
      // A thread that was asked to stop waits for this, too.
      static_cast<void>(waiters_.add(me, /*stoppable=*/false));
    }
    if (const Result<void> woken = waiters_.wait(me, deadline); !woken) return fail(woken.error());
  }
}

std::uint64_t TimerService::missed(const ServiceTimer& timer) const {
  const WaitQueue::Guard guard(waiters_);
  return timer.missed_;
}

// The first, if it is due; a periodic one is started again.
ServiceTimer* TimerService::take_due(Instant at) {
  ServiceTimer* const timer = started_.top();
  if (timer == nullptr || timer->due_ > at) return nullptr;
  started_.erase(*timer);
  if (const std::uint64_t period = timer->period_.count_ns(); period != 0) {
    const std::uint64_t missed = (at - timer->due_).count_ns() / period;
    timer->missed_ += missed;
    timer->due_ = timer->due_ + Duration::nanoseconds((missed + 1) * period);
    timer->number_ = ++starts_;
    started_.insert(*timer);
  }
  return timer;
}

Result<void> TimerService::run() {
  check_may_block(this);
  for (;;) {
    Waiter me;
    me.want = kServer;
    ServiceTimer::Function function = nullptr;
    void* argument = nullptr;
    Deadline deadline = kForever;
    {
      const WaitQueue::Guard guard(waiters_);
      BATON_NEVER_MISUSE(server_ == nullptr || server_ == &me.thread, this,
                         "two threads run one timer service");
      server_ = &me.thread;
      if (running_ != nullptr) {
        running_ = nullptr;
        wake(kCanceller);
      }
      if (stopping_) {
        stopping_ = false;
        server_ = nullptr;
        return {};
      }
      if (ServiceTimer* const timer = take_due(now())) {
        running_ = timer;
        function = timer->function_;
        argument = timer->argument_;
      } else {
        if (const ServiceTimer* const next = started_.top()) deadline = next->due_;
        if (!waiters_.add(me)) {
          server_ = nullptr;
          return fail(Error::kStopped);
        }
      }
    }
    if (function != nullptr) {
      function(argument);
      continue;
    }
    const Result<void> woken = waiters_.wait(me, deadline);
    if (!woken && woken.error() == Error::kStopped) {
      const WaitQueue::Guard guard(waiters_);
      server_ = nullptr;
      return woken;
    }
  }
}

void TimerService::stop() {
  const WaitQueue::Guard guard(waiters_);
  stopping_ = true;
  wake(kServer);
}

}  // namespace baton::kernel
