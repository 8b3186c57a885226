// `ConditionVariable`: threads that hold a mutex wait until something that it guards is so.
//
//   std::unique_lock lock(mutex);                      // or MutexGuard, and the mutex itself:
//   while (queue.empty()) changed.wait(lock);          // changed.wait(mutex)
//
// The thread is in the queue before the mutex is unlocked, so a notify in between is not lost. When
// wait() returns the mutex is locked again, however the wait ended.  There are no spurious
// wake-ups, but what was notified may be over by then, as others had the mutex meanwhile: hence the
// loop, or the form with a predicate.  notify needs no mutex, and may be called by handlers.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_CONDITION_VARIABLE_H_
#define BATON_KERNEL_BLOCKING_CONDITION_VARIABLE_H_

#include "base/annotations.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/blocking/mutex.h"
#include "kernel/clock.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

class ConditionVariable {
 public:
  constexpr ConditionVariable() = default;
  ConditionVariable(const ConditionVariable&) = delete;
  ConditionVariable& operator=(const ConditionVariable&) = delete;

  /// One of those who wait, the most urgent, goes on.  Any context.
  void notify_one() {
    const WaitQueue::Guard guard(waiters_);
    static_cast<void>(waiters_.wake_one());
  }
  /// All who wait go on.  Any context.
  void notify_all() {
    const WaitQueue::Guard guard(waiters_);
    static_cast<void>(waiters_.wake_all());
  }

  // `lock`: a Mutex, or a std::unique_lock of one; the caller's.  It is unlocked while the thread
  // waits.  With a predicate: until it holds, looked at with the mutex locked.

  /// kStopped: the thread was asked to stop.
  template <class Lock>
  Result<void> wait(Lock& lock) BATON_MAY_BLOCK {
    return wait_by(lock, kForever);
  }
  template <class Lock, class Predicate>
  Result<void> wait(Lock& lock, Predicate holds) BATON_MAY_BLOCK {
    return wait_by(lock, kForever, holds);
  }
  /// kTimedOut, kStopped: nobody has notified it; the predicate does not hold.
  template <class Lock>
  Result<void> wait_for(Lock& lock, Duration timeout) BATON_MAY_BLOCK {
    return wait_by(lock, now() + timeout);
  }
  template <class Lock, class Predicate>
  Result<void> wait_for(Lock& lock, Duration timeout, Predicate holds) BATON_MAY_BLOCK {
    return wait_by(lock, now() + timeout, holds);
  }
  template <class Lock>
  Result<void> wait_until(Lock& lock, Instant deadline) BATON_MAY_BLOCK {
    return wait_by(lock, deadline);
  }
  template <class Lock, class Predicate>
  Result<void> wait_until(Lock& lock, Instant deadline, Predicate holds) BATON_MAY_BLOCK {
    return wait_by(lock, deadline, holds);
  }

 private:
  // The analysis does not follow a lock that is given back and taken again inside.
  template <class Lock>
  Result<void> wait_by(Lock& lock,
                       Deadline deadline) BATON_MAY_BLOCK BATON_NO_THREAD_SAFETY_ANALYSIS {
    check_may_block(this);
    Waiter me;
    {
      const WaitQueue::Guard guard(waiters_);
      if (!waiters_.add(me)) return fail(Error::kStopped);
    }
    // From here to wait() the thread may be woken, or preempted, but it does not block: unlocking
    // never does.
    lock.unlock();
    const Result<void> woken = waiters_.wait(me, deadline);
    lock.lock();
    return woken;
  }

  template <class Lock, class Predicate>
  Result<void> wait_by(Lock& lock, Deadline deadline, Predicate& holds) BATON_MAY_BLOCK {
    while (!holds()) {
      const Result<void> woken = wait_by(lock, deadline);
      if (woken) continue;
      if (holds()) break;
      return woken;
    }
    return {};
  }

  WaitQueue waiters_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_CONDITION_VARIABLE_H_
