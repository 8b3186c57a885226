// `RecursiveMutex`: a Mutex that its owner may lock again; free when it was unlocked as often.
//
// Threads only, on any core; otherwise as Mutex.
#ifndef BATON_KERNEL_BLOCKING_RECURSIVE_MUTEX_H_
#define BATON_KERNEL_BLOCKING_RECURSIVE_MUTEX_H_

#include <cstdint>

#include "base/annotations.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/blocking/mutex.h"
#include "kernel/sched/may_block.h"
#include "sync/misuse.h"

namespace baton::kernel {

class BATON_CAPABILITY("mutex") RecursiveMutex {
 public:
  constexpr RecursiveMutex() = default;
  RecursiveMutex(const RecursiveMutex&) = delete;
  RecursiveMutex& operator=(const RecursiveMutex&) = delete;

  // The analysis sees the class, not the mutex inside it.

  void lock() BATON_ACQUIRE() BATON_MAY_BLOCK BATON_NO_THREAD_SAFETY_ANALYSIS {
    if (!again()) mutex_.lock();
  }
  [[nodiscard]] bool try_lock()
      BATON_TRY_ACQUIRE(true) BATON_MAY_BLOCK BATON_NO_THREAD_SAFETY_ANALYSIS {
    return again() || mutex_.try_lock();
  }
  void unlock() BATON_RELEASE() BATON_MAY_BLOCK BATON_NO_THREAD_SAFETY_ANALYSIS {
    BATON_NEVER_MISUSE(mutex_.is_mine(), this, "a thread unlocks a mutex that it does not hold");
    if (more_ != 0) {
      --more_;
    } else {
      mutex_.unlock();
    }
  }

  /// As Mutex's.
  Result<void> lock_unless_stopped() BATON_MAY_BLOCK {
    if (again()) return {};
    return mutex_.lock_unless_stopped();
  }
  Result<void> try_lock_for(Duration timeout) BATON_MAY_BLOCK {
    if (again()) return {};
    return mutex_.try_lock_for(timeout);
  }
  Result<void> try_lock_until(Instant deadline) BATON_MAY_BLOCK {
    if (again()) return {};
    return mutex_.try_lock_until(deadline);
  }
  bool is_mine() const { return mutex_.is_mine(); }
  void assert_held() const __attribute__((assert_capability(this))) {
    BATON_NO_MISUSE(is_mine(), this, "a mutex is not held by who says so");
  }

 private:
  bool again() {
    if (!mutex_.is_mine()) return false;
    BATON_CHECK(++more_ != 0 && "a recursive mutex is locked too often");
    return true;
  }

  Mutex mutex_;
  std::uint32_t more_ = 0;  // the owner's: times that it was locked again
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_RECURSIVE_MUTEX_H_
