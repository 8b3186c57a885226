// `PriorityGraph`: who waits for whose mutex, and what priority each thread inherits by that.
//
// A thread that holds mutexes is as urgent as the most urgent that waits for any of them; that
// one's urgency is what it inherits itself included, so it goes along chains of any length, over
// cores. It is kept at every step: when a wait begins, ends by a hand-over, a timeout or a stop,
// and when a thread in a chain is given another priority.
//
//   a waits for M, which b holds         MutexNode M, in b's `contended`, a in M's `waiters`
//   b waits for N, which c holds         MutexNode N, in c's `contended`, b in N's `waiters`
//   => c inherits max(b, a)
//
// All of it is under one spin lock, because a change may go through any number of mutexes and
// threads; only mutexes that somebody has to wait for ever take it.  A step costs O(waiters of the
// mutex + contended mutexes of its owner), a change as many steps as the chain has members for
// which it makes a difference.
//
// For Mutex (kernel/blocking/mutex.h), and the scheduler.
#ifndef BATON_KERNEL_BLOCKING_PRIORITY_GRAPH_H_
#define BATON_KERNEL_BLOCKING_PRIORITY_GRAPH_H_

#include "base/annotations.h"
#include "base/result.h"
#include "kernel/sched/lock_ranks.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/thread_mutexes.h"
#include "kernel/sched/wait_queue.h"
#include "sync/irqs_off.h"
#include "sync/list.h"
#include "sync/spin_lock.h"

namespace baton::kernel {

class PriorityGraph {
 public:
  using Lock = sync::MaskedSpinLock<Rank::kPriorityGraph>;
  static constinit Lock lock;

  /// Holds the graph's lock, interrupts masked; then a preempt_point().
  class [[nodiscard]] BATON_SCOPED_CAPABILITY Guard {
   public:
    Guard() BATON_ACQUIRE(PriorityGraph::lock) { PriorityGraph::lock.lock(); }
    ~Guard() BATON_RELEASE() { PriorityGraph::lock.unlock(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    const sync::IrqsOff& irqs_off() const BATON_LIFETIMEBOUND { return irqs_off_; }

   private:
    PreemptPoint preempt_point_;
    sync::IrqsOff irqs_off_;
  };

  /// The calling thread waits for the mutex from here on, which `owner` holds.  False: it was asked
  /// to stop, and does not.  A wait that could never end, because in the end it is for the caller
  /// itself, is misuse, which ends the program.
  [[nodiscard]] static bool begin_wait(MutexNode& mutex, MutexWaiter& me, Thread& owner,
                                       bool stoppable, const Guard& guard) BATON_REQUIRES(lock);
  /// After begin_wait(), the lock given back: until the mutex is the caller's, or else.
  static Result<void> wait(MutexNode& mutex, MutexWaiter& me, Deadline deadline)
      BATON_EXCLUDES(lock);
  /// Its owner, who calls, gives it to the most urgent waiter, which is returned, or null: there is
  /// none any more.  The new owner goes on when the lock is given back.
  static Thread* hand_over(MutexNode& mutex, const Guard& guard) BATON_REQUIRES(lock);

  /// The thread's own priority has been changed.  Any context.
  static void on_priority_changed(Thread& thread) BATON_EXCLUDES(lock);
  /// The thread waits no longer, though nobody gave it the mutex.  Any context.
  static void on_wait_over(Thread& thread) BATON_EXCLUDES(lock);

#ifndef NDEBUG
  using HeldMutexes = sync::RefList<MutexNode, &MutexNode::held_hook>;
  /// All that the thread holds, contended or not; the thread's own.
  static HeldMutexes& held_by(Thread& thread BATON_LIFETIMEBOUND);
#endif

 private:
  static void leave(MutexNode& mutex, MutexWaiter& waiter, const Guard& guard) BATON_REQUIRES(lock);
  static int top_of(const MutexNode& mutex) BATON_REQUIRES(lock);
  static MutexWaiter& most_urgent(MutexNode& mutex) BATON_REQUIRES(lock);
  static void inherit(Thread& first, const sync::IrqsOff& irqs_off) BATON_REQUIRES(lock);
  static void look_again(MutexNode& mutex, const sync::IrqsOff& irqs_off) BATON_REQUIRES(lock);
  static bool waits_for_ever_for(const Thread& first, const Thread& last) BATON_REQUIRES(lock);
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_PRIORITY_GRAPH_H_
