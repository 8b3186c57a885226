// The locks that the cells are measured beside, each with a Guard and a TryGuard: a queue lock
// needs a place in its caller's frame, which only a guard can give it.
#ifndef BATON_BENCH_CELLS_LOCKS_H_
#define BATON_BENCH_CELLS_LOCKS_H_

#include <spinlock/fas.h>
#include <spinlock/mcs.h>
#include <spinlock/ticket.h>

#include <atomic>
#include <mutex>

#include "absl/synchronization/mutex.h"
#include "bench/cells/waiting.h"

namespace baton::bench {

/// Guards of a lock that has lock(), try_lock() and unlock().
template <class Lock>
class LockGuard {
 public:
  explicit LockGuard(Lock& lock) : lock_(lock) { lock_.lock(); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;
  ~LockGuard() { lock_.unlock(); }

 private:
  Lock& lock_;
};

template <class Lock>
class TryLockGuard {
 public:
  explicit TryLockGuard(Lock& lock) : lock_(lock), owns_(lock.try_lock()) {}
  TryLockGuard(const TryLockGuard&) = delete;
  TryLockGuard& operator=(const TryLockGuard&) = delete;
  ~TryLockGuard() {
    if (owns_) lock_.unlock();
  }
  bool owns() const { return owns_; }

 private:
  Lock& lock_;
  bool owns_;
};

template <class Lock>
struct Guards {
  using Guard = LockGuard<Lock>;
  using TryGuard = TryLockGuard<Lock>;
};

class StdMutex : public Guards<StdMutex> {
 public:
  void lock() { mutex_.lock(); }
  bool try_lock() { return mutex_.try_lock(); }
  void unlock() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class AbslMutex : public Guards<AbslMutex> {
 public:
  void lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Lock(); }
  bool try_lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { return mutex_.TryLock(); }
  void unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Unlock(); }

 private:
  absl::Mutex mutex_;
};

/// A flag: one exchange in, one release store out.  While it is taken, waits a `Waiting` each time;
/// with `Test`, by looking until it is free, else by trying again.
template <class Waiting, bool Test>
class FlagLock : public Guards<FlagLock<Waiting, Test>> {
 public:
  void lock() {
    // Acquire pairs with the release in unlock().
    if (taken_.exchange(true, std::memory_order_acquire)) [[unlikely]]
      lock_contended();
  }
  bool try_lock() {
    // Acquire pairs with the release in unlock().
    return !taken_.exchange(true, std::memory_order_acquire);
  }
  void unlock() {
    // Release pairs with the acquire in lock(), lock_contended() and try_lock().
    taken_.store(false, std::memory_order_release);
  }

 private:
  [[gnu::noinline]] void lock_contended() {
    Waiting waiting;
    do {
      do {
        waiting.wait();
        // Relaxed: a guess, which the exchange confirms.
      } while (Test && taken_.load(std::memory_order_relaxed));
      // Acquire pairs with the release in unlock().
    } while (taken_.exchange(true, std::memory_order_acquire));
  }

  std::atomic<bool> taken_{false};
};

using Ttas = FlagLock<Pause, true>;
using TtasBackoff = FlagLock<Backoff, true>;
using TasBackoff = FlagLock<Backoff, false>;

/// Concurrency Kit's default lock.
class CkFas : public Guards<CkFas> {
 public:
  void lock() { ck_spinlock_fas_lock(&lock_); }
  bool try_lock() { return ck_spinlock_fas_trylock(&lock_); }
  void unlock() { ck_spinlock_fas_unlock(&lock_); }

 private:
  ck_spinlock_fas_t lock_ = CK_SPINLOCK_FAS_INITIALIZER;
};

/// The same with Concurrency Kit's exponential back-off.
class CkFasBackoff : public Guards<CkFasBackoff> {
 public:
  void lock() { ck_spinlock_fas_lock_eb(&lock_); }
  bool try_lock() { return ck_spinlock_fas_trylock(&lock_); }
  void unlock() { ck_spinlock_fas_unlock(&lock_); }

 private:
  ck_spinlock_fas_t lock_ = CK_SPINLOCK_FAS_INITIALIZER;
};

class CkTicket : public Guards<CkTicket> {
 public:
  void lock() { ck_spinlock_ticket_lock(&lock_); }
  bool try_lock() { return ck_spinlock_ticket_trylock(&lock_); }
  void unlock() { ck_spinlock_ticket_unlock(&lock_); }

 private:
  ck_spinlock_ticket_t lock_ = CK_SPINLOCK_TICKET_INITIALIZER;
};

class CkMcs {
 public:
  class Guard {
   public:
    explicit Guard(CkMcs& lock) : lock_(lock) { ck_spinlock_mcs_lock(&lock_.queue_, &place_); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() { ck_spinlock_mcs_unlock(&lock_.queue_, &place_); }

   private:
    CkMcs& lock_;
    ck_spinlock_mcs_context_t place_;
  };

  class TryGuard {
   public:
    explicit TryGuard(CkMcs& lock)
        : lock_(lock), owns_(ck_spinlock_mcs_trylock(&lock_.queue_, &place_)) {}
    TryGuard(const TryGuard&) = delete;
    TryGuard& operator=(const TryGuard&) = delete;
    ~TryGuard() {
      if (owns_) ck_spinlock_mcs_unlock(&lock_.queue_, &place_);
    }
    bool owns() const { return owns_; }

   private:
    CkMcs& lock_;
    ck_spinlock_mcs_context_t place_;
    bool owns_;
  };

 private:
  ck_spinlock_mcs_t queue_ = CK_SPINLOCK_MCS_INITIALIZER;
};

}  // namespace baton::bench

#endif  // BATON_BENCH_CELLS_LOCKS_H_
