// `WaitQueue`: the threads that wait for something, and the lock that makes looking and waiting one
// step.  What every blocking object is built on.
//
//   Result<void> Semaphore::acquire_until(Deadline deadline) {
//     Waiter me;
//     {
//       WaitQueue::Guard guard(waiters_);
//       if (units_ != 0) { --units_; return {}; }
//       if (!waiters_.add(me)) return fail(Error::kStopped);
//     }
//     return waiters_.wait(me, deadline);          // who released has given us the unit
//   }
//   void Semaphore::release() {
//     WaitQueue::Guard guard(waiters_);
//     if (!waiters_.wake_one()) ++units_;
//   }
//
// Whoever wakes a thread has won it against its timeout: exactly one of the two happens, and
// wake_one() goes on to the next waiter when it comes too late.  Woken are the most urgent first,
// as urgent as they are at that moment, and equals in the order in which they came.
//
// The guard masks interrupts, so handlers may wake; switching to a more urgent thread that was
// woken waits for the guard's end.
#ifndef BATON_KERNEL_SCHED_WAIT_QUEUE_H_
#define BATON_KERNEL_SCHED_WAIT_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/annotations.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/lock_ranks.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/priority.h"
#include "kernel/sched/thread_control.h"
#include "sync/irqs_off.h"
#include "sync/list.h"
#include "sync/spin_lock.h"

namespace baton::kernel {

class Thread;

/// Until when a call waits: for ever, or up to a point in time.  An Instant that has passed: not at
/// all.
using Deadline = std::optional<Instant>;
inline constexpr Deadline kForever = std::nullopt;

/// One thread's place in a queue, on that thread's stack.
struct Waiter {
  Waiter();
  /// Not while in a queue.
  ~Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  sync::ListHook<> hook;
  Thread& thread;          ///< the one that made it
  void* object = nullptr;  ///< what passes between waker and waiter, under the lock
  std::uint32_t want = 0;  ///< likewise
};

class BATON_CAPABILITY("wait queue") WaitQueue {
 public:
  constexpr WaitQueue() = default;
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  /// Holds the queue's lock, interrupts masked.  When it ends, the core switches to a more urgent
  /// thread that was woken meanwhile, if the caller is a thread that may be preempted.
  class [[nodiscard]] BATON_SCOPED_CAPABILITY Guard {
   public:
    // The analysis knows the queue, not the lock inside it.
    explicit Guard(WaitQueue& queue) BATON_ACQUIRE(queue) BATON_NO_THREAD_SAFETY_ANALYSIS
        : queue_(queue) {
      queue_.lock_.lock();
    }
    ~Guard() BATON_RELEASE() BATON_NO_THREAD_SAFETY_ANALYSIS { queue_.lock_.unlock(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    const sync::IrqsOff& irqs_off() const BATON_LIFETIMEBOUND { return irqs_off_; }

   private:
    // Last what comes first: the lock, then interrupts, then other threads.
    PreemptPoint preempt_point_;
    sync::IrqsOff irqs_off_;
    WaitQueue& queue_;
  };

  /// The calling thread is in the queue from here on.  False: it was asked to stop, and is not.
  [[nodiscard]] bool add(Waiter& me, bool stoppable = true) BATON_REQUIRES(this);
  /// After add(), the lock given back: until somebody wakes the thread, or the deadline.  Whoever
  /// woke it is through with the queue when this returns.  Threads that may block.  kTimedOut,
  /// kStopped: nobody woke it, and nobody will.
  Result<void> wait(Waiter& me, const Deadline& deadline) BATON_EXCLUDES(this);

  /// On the only core, add() and wait() in one: the caller has masked interrupts, and they are when
  /// this returns.
  Result<void> wait_masked(Waiter& me, const Deadline& deadline, bool stoppable = true);

  /// Wakes the most urgent waiter for which `suits(waiter)` holds, and calls `give(waiter)` for the
  /// one that was woken: it does not return from wait() before the lock is given back.  False:
  /// there is none.  O(waiters).
  template <class Suits, class Give>
  bool wake_one_if(Suits&& suits, Give&& give) BATON_REQUIRES(this) {
    while (Waiter* const waiter = most_urgent(suits)) {
      list_.erase(*waiter);
      if (notify(waiter->thread)) {
        give(*waiter);
        return true;
      }
      // Its timeout came first: it finds itself out of the queue.
    }
    return false;
  }
  bool wake_one() BATON_REQUIRES(this);
  /// Wakes all; how many.
  unsigned wake_all() BATON_REQUIRES(this) {
    unsigned woken = 0;
    while (wake_one()) ++woken;
    return woken;
  }

  bool empty() const BATON_REQUIRES(this) { return list_.empty(); }
  /// Threads in the queue, about: for people.
  std::size_t size() const BATON_REQUIRES(this) { return list_.size(); }

 private:
  template <class Suits>
  Waiter* most_urgent(Suits&& suits) {
    Waiter* best = nullptr;
    int urgency = kIdlePriority;
    for (Waiter& waiter : list_) {
      const int its = urgency_of(waiter.thread);
      if (its > urgency && suits(waiter)) {
        best = &waiter;
        urgency = its;
      }
    }
    return best;
  }
  static int urgency_of(const Thread& thread);
  static bool notify(Thread& thread);

  sync::MaskedSpinLock<Rank::kWaitQueue> lock_;
  sync::RefList<Waiter, &Waiter::hook> list_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_WAIT_QUEUE_H_
