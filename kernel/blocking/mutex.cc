#include "kernel/blocking/mutex.h"

#include "kernel/blocking/priority_graph.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/thread.h"
#include "sync/misuse.h"

namespace baton::kernel {
namespace {

Thread* thread_at(std::uintptr_t word) { return reinterpret_cast<Thread*>(word); }

}  // namespace

Result<void> Mutex::try_lock_for(Duration timeout) { return lock_by(now() + timeout, true); }

Result<void> Mutex::lock_by(Deadline deadline, bool stoppable) {
  if (!try_enter()) {
    const Result<void> entered = enter_by(deadline, stoppable);
    if (!entered) return entered;
  }
  note_locked();
  return {};
}

// Neither stopped nor timed out, it cannot fail.
void Mutex::lock_contended() { BATON_CHECK(enter_by(kForever, false).has_value()); }

Result<void> Mutex::enter_by(Deadline deadline, bool stoppable) {
  check_may_block(this);
  MutexWaiter me(this_thread::get(), !deadline && !stoppable);
  {
    const PriorityGraph::Guard guard;
    std::uintptr_t word = 0;
    for (;;) {
      // Relaxed: only a guess, which a compare-and-swap confirms, or which the lock keeps.
      word = word_.load(std::memory_order_relaxed);
      if (word == 0) {
        if (try_enter()) return {};
        continue;
      }
      BATON_NEVER_MISUSE((word & ~kWaiters) != self(), this,
                         "a thread locks a mutex that it holds already");
      // From here on its owner comes for the graph's lock to unlock it.  Acquire pairs with the
      // release in try_enter(): the owner's thread object.  Who finds the mark set has that from
      // the graph's lock, which its setter held.  Relaxed on failure: looks again.
      if ((word & kWaiters) != 0 ||
          word_.compare_exchange_strong(word, word | kWaiters, std::memory_order_acquire,
                                        std::memory_order_relaxed)) {
        break;
      }
    }
    if (!PriorityGraph::begin_wait(node_, me, *thread_at(word & ~kWaiters), stoppable, guard)) {
      return fail(Error::kStopped);
    }
  }
  return PriorityGraph::wait(node_, me, deadline);
}

void Mutex::unlock_contended() {
  const PriorityGraph::Guard guard;
  // Relaxed: ours.
  BATON_NEVER_MISUSE(word_.load(std::memory_order_relaxed) == (self() | kWaiters), this,
                     "a thread unlocks a mutex that it does not hold");
  std::uintptr_t word = 0;
  if (Thread* const next = PriorityGraph::hand_over(node_, guard)) {
    word = reinterpret_cast<std::uintptr_t>(next);
    if (!node_.waiters.empty()) word |= kWaiters;
  }
  // Release pairs with the acquire in try_enter().  Who was given the mutex comes for the lock
  // before it goes on.
  word_.store(word, std::memory_order_release);
}

#ifndef NDEBUG
void Mutex::note_locked() { PriorityGraph::held_by(this_thread::get()).push_back(node_); }

void Mutex::note_unlocked() {
  BATON_NO_MISUSE(is_mine(), this, "a thread unlocks a mutex that it does not hold");
  PriorityGraph::held_by(this_thread::get()).erase(node_);
}
#endif

}  // namespace baton::kernel
