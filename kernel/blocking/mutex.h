// `Mutex`: one thread at a time, with priority inheritance.  std::timed_mutex's names, so that
// std::scoped_lock and std::unique_lock take it; errors instead of exceptions.
//
//   constinit Mutex mutex;
//   int balance BATON_GUARDED_BY(mutex);
//   { const MutexGuard guard(mutex); ++balance; }
//
// Its word is the owner, with a bit that says that others wait:
//
//   0                  free                  lock: 0 -> me            unlock: me -> 0
//   owner              held, in peace        one compare-and-swap each; nothing else is touched
//   owner | kWaiters   others wait           by the priority graph, under its lock
//
// Where threads wait, the mutex goes from hand to hand to the most urgent of them; equals get it in
// the order in which they came, and who comes meanwhile queues up.  As long as it waits, the owner
// is as urgent as it is (kernel/blocking/priority_graph.h).
//
// Threads only, on any core.  Misuse that is found ends the program: locking a mutex that one
// holds, unlocking one that one does not hold, a deadlock, and in debug builds ending a thread that
// holds one, and use in a handler.
#ifndef BATON_KERNEL_BLOCKING_MUTEX_H_
#define BATON_KERNEL_BLOCKING_MUTEX_H_

#include <atomic>
#include <cstdint>

#include "arch/context.h"
#include "base/annotations.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/thread_mutexes.h"
#include "kernel/sched/wait_queue.h"
#include "sync/atomics.h"

namespace baton::kernel {

class BATON_CAPABILITY("mutex") Mutex {
 public:
  constexpr Mutex() = default;
  /// Free.
  ~Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  /// Until it is the caller's; a thread that was asked to stop waits, too.
  void lock() BATON_ACQUIRE() BATON_MAY_BLOCK {
    if (!try_enter()) lock_contended();
    note_locked();
  }
  [[nodiscard]] bool try_lock() BATON_TRY_ACQUIRE(true) BATON_MAY_BLOCK {
    check_thread();
    if (!try_enter()) return false;
    note_locked();
    return true;
  }
  void unlock() BATON_RELEASE() BATON_MAY_BLOCK {
    check_thread();
    note_unlocked();
    std::uintptr_t word = self();
    // Release pairs with the acquire in try_enter().  Relaxed on failure: the graph's lock orders.
    if (!word_.compare_exchange_strong(word, 0, std::memory_order_release,
                                       std::memory_order_relaxed)) {
      unlock_contended();
    }
  }

  // The analysis does not follow a Result: after a success, say assert_held().

  /// kStopped: the thread was asked to stop, and does not hold it.
  Result<void> lock_unless_stopped() BATON_MAY_BLOCK { return lock_by(kForever, true); }
  /// kTimedOut, kStopped: the caller does not hold it.
  Result<void> try_lock_for(Duration timeout) BATON_MAY_BLOCK;
  Result<void> try_lock_until(Instant deadline) BATON_MAY_BLOCK { return lock_by(deadline, true); }

  /// Whether the caller holds it.  Threads.
  bool is_mine() const {
    // Relaxed: if it is ours, we wrote that.
    return (word_.load(std::memory_order_relaxed) & ~kWaiters) == self();
  }
  /// Says to the analysis, and checks in debug builds, that the caller holds it.
  void assert_held() const __attribute__((assert_capability(this))) {
    BATON_NO_MISUSE(is_mine(), this, "a mutex is not held by who says so");
  }

 private:
  friend class RecursiveMutex;

  static constexpr std::uintptr_t kWaiters = 1;

  static std::uintptr_t self() { return reinterpret_cast<std::uintptr_t>(arch::thread_pointer()); }

  bool try_enter() {
    std::uintptr_t free = 0;
    // Acquire pairs with the release in unlock() and unlock_contended(); release pairs with the
    // acquire in enter_by(): who waits for us works on our thread object, and need not have seen us
    // start.  Relaxed on failure: not ours.
    return word_.compare_exchange_strong(free, self(), std::memory_order_acq_rel,
                                         std::memory_order_relaxed);
  }

  Result<void> lock_by(Deadline deadline, bool stoppable);
  void lock_contended();
  Result<void> enter_by(Deadline deadline, bool stoppable);
  void unlock_contended();

  // Debug builds.
  void check_thread() const {
    BATON_NO_MISUSE(!arch::in_interrupt(), this, "an interrupt handler uses a mutex");
  }
#ifdef NDEBUG
  void note_locked() {}
  void note_unlocked() {}
#else
  void note_locked();
  void note_unlocked();
#endif

  sync::Atomic<std::uintptr_t> word_{0};
  MutexNode node_;
};

/// Holds a mutex while it lives; the analysis knows.
template <class M>
class [[nodiscard]] BATON_SCOPED_CAPABILITY MutexGuard {
 public:
  explicit MutexGuard(M& mutex) BATON_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexGuard() BATON_RELEASE() { mutex_.unlock(); }
  MutexGuard(const MutexGuard&) = delete;
  MutexGuard& operator=(const MutexGuard&) = delete;

 private:
  M& mutex_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_MUTEX_H_
