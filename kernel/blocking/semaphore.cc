#include "kernel/blocking/semaphore.h"

#include "kernel/clock.h"
#include "kernel/sched/one_core.h"
#include "sync/irqs_off.h"

namespace baton::kernel {

Result<void> Semaphore::try_acquire_for(Duration timeout) { return acquire_by(now() + timeout); }

Result<void> Semaphore::acquire_by(const Deadline& deadline) {
  check_may_block(this);
  if constexpr (kOneCore) return acquire_here(deadline);
  if (try_acquire()) return {};
  Waiter me;
  {
    const WaitQueue::Guard guard(waiters_);
    for (;;) {
      if (try_acquire()) return {};
      Word word = 0;
      // From here on whoever gives a unit comes for the lock, which we hold until we are in the
      // queue.  Relaxed: nothing goes with it; the lock orders.
      if (word_.compare_exchange_strong(word, kWaiters, std::memory_order_relaxed,
                                        std::memory_order_relaxed) ||
          word == kWaiters) {
        break;
      }
    }
    if (!waiters_.add(me)) return fail(Error::kStopped);
  }
  return waiters_.wait(me, deadline);
}

// On the only core: nobody else is there while interrupts are masked.
Result<void> Semaphore::acquire_here(const Deadline& deadline) {
  const sync::IrqsOff irqs_off;
  // Relaxed, both: see above.
  const Word word = word_.load(std::memory_order_relaxed);
  if (word > kWaiters) {
    word_.store(word - kUnit, std::memory_order_relaxed);
    return {};
  }
  Waiter me;
  // Relaxed: likewise.
  word_.store(kWaiters, std::memory_order_relaxed);
  return waiters_.wait_masked(me, deadline);
}

bool Semaphore::release_to_waiters(std::uint32_t units) {
  const WaitQueue::Guard guard(waiters_);
  // Relaxed: while threads wait, the word changes under the lock only.
  Word word = word_.load(std::memory_order_relaxed);
  if ((word & kWaiters) != 0) {
    if (units > limit_) return false;
    while (units != 0 && waiters_.wake_one()) --units;
    if (waiters_.empty()) {
      // Release pairs with the acquire in try_acquire().
      word_.store(units * kUnit, std::memory_order_release);
    }
    return true;
  }
  // The last of them has gone, and nobody else begins to wait before we give the lock back.
  do {
    if (units > limit_ - (word >> 1U)) return false;
    // Release pairs with the acquire in try_acquire().  Relaxed on failure: a guess again.
  } while (!word_.compare_exchange_weak(word, word + units * kUnit, std::memory_order_release,
                                        std::memory_order_relaxed));
  return true;
}

}  // namespace baton::kernel
