// `Completion<T>`: a value that somebody will have later, for one thread that waits: how a driver's
// request ends.
//
//   Completion<Bytes> done;                      // on the caller's stack
//   driver.read(block, [&done](Bytes n) BATON_IN_HANDLER { ... done.complete(n) ... });
//   const Result<Bytes> read = done.wait();
//
// It ends with a value or with an error, once; taking the outcome makes it ready for the next time.
// Whoever completes it is through with it when wait() returns, so it may live on the waiter's
// stack; a waiter that gives up early (timeout, stop) must first see to it that nobody will
// complete it.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_COMPLETION_H_
#define BATON_KERNEL_BLOCKING_COMPLETION_H_

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

template <class T = void>
class Completion {
 public:
  using Outcome = Result<T>;

  constexpr Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  /// Ends it with this.  False: it has ended already, and nobody has taken the outcome; `value` is
  /// as it was.  Any context.
  template <class... Value>
    requires(std::is_void_v<T> ? sizeof...(Value) == 0 : std::constructible_from<T, Value && ...>)
  [[nodiscard]] bool complete(Value&&... value) {
    return end(std::in_place, std::forward<Value>(value)...);
  }
  /// Ends it with an error.  False: as above.
  [[nodiscard]] bool fail(Error error) { return end(baton::fail(error)); }

  /// The outcome, which is the caller's from here on.  kEmpty: it has not ended.  Any context.
  Outcome try_wait() {
    const WaitQueue::Guard guard(waiters_);
    if (!outcome_) return baton::fail(Error::kEmpty);
    return take();
  }
  /// kStopped: the thread was asked to stop first; else as it ended.
  Outcome wait() BATON_MAY_BLOCK { return wait_by(kForever); }
  /// kTimedOut, kStopped: it has not ended; else as it ended.
  Outcome wait_for(Duration timeout) BATON_MAY_BLOCK { return wait_by(now() + timeout); }
  Outcome wait_until(Instant deadline) BATON_MAY_BLOCK { return wait_by(deadline); }

 private:
  using Slot = std::optional<Outcome>;

  template <class... Value>
  bool end(Value&&... value) {
    const WaitQueue::Guard guard(waiters_);
    if (outcome_) return false;
    Waiter* woken = nullptr;
    if (waiters_.wake_one_if([](const Waiter&) { return true; },
                             [&woken](Waiter& waiter) { woken = &waiter; })) {
      // It comes back from its wait when it has had the lock.
      static_cast<Slot*>(woken->object)->emplace(std::forward<Value>(value)...);
    } else {
      outcome_.emplace(std::forward<Value>(value)...);
    }
    return true;
  }

  Outcome take() BATON_REQUIRES(waiters_) {
    BATON_ASSERT(outcome_.has_value());
    Outcome outcome = std::move(*outcome_);
    outcome_.reset();
    return outcome;
  }

  Outcome wait_by(Deadline deadline) BATON_MAY_BLOCK {
    check_may_block(this);
    Slot given;
    Waiter me;
    me.object = &given;
    {
      const WaitQueue::Guard guard(waiters_);
      if (outcome_) return take();
      if (!waiters_.add(me)) return baton::fail(Error::kStopped);
    }
    const Result<void> woken = waiters_.wait(me, deadline);
    if (!woken) return baton::fail(woken.error());
    BATON_ASSERT(given.has_value());
    return std::move(*given);
  }

  WaitQueue waiters_;
  Slot outcome_ BATON_GUARDED_BY(waiters_);
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_COMPLETION_H_
