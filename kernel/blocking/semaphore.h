// `Semaphore`: a number of units, which threads wait for and anybody gives. std::counting_semaphore
// with a limit, timeouts and stops.
//
//   constinit Semaphore received(0);
//   void on_receive(void*) BATON_IN_HANDLER { received.release(); }
//   ... received.acquire() ...
//
// One word says how many units there are, and whether threads wait; then there are none.  With
// nobody waiting, acquire and release are one compare-and-swap each.  Where threads wait, a unit
// goes from hand to hand: nobody who comes later can snatch it.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_SEMAPHORE_H_
#define BATON_KERNEL_BLOCKING_SEMAPHORE_H_

#include <atomic>
#include <cstdint>

#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"
#include "sync/atomics.h"

namespace baton::kernel {

class Semaphore {
 public:
  /// As many units as there can be.
  static constexpr std::uint32_t kMost = ~std::uint32_t{0} >> 1U;

  constexpr explicit Semaphore(std::uint32_t units, std::uint32_t limit = kMost)
      : word_(units << 1U), limit_(limit) {
    BATON_CHECK(units <= limit && limit <= kMost);
  }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// Takes a unit, if there is one.  Any context.
  [[nodiscard]] bool try_acquire() {
    // Relaxed: only a guess, which the compare-and-swap confirms.
    Word word = word_.load(std::memory_order_relaxed);
    while (word > kWaiters) {
      // Acquire pairs with the release in try_release(): what was done before.  Relaxed on failure:
      // a guess again.
      if (word_.compare_exchange_strong(word, word - kUnit, std::memory_order_acquire,
                                        std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  /// Takes a unit, once there is one.  kStopped: the thread was asked to stop first.
  Result<void> acquire() BATON_MAY_BLOCK { return acquire_by(kForever); }
  /// kTimedOut, kStopped: it has none.
  Result<void> try_acquire_for(Duration timeout) BATON_MAY_BLOCK;
  Result<void> try_acquire_until(Instant deadline) BATON_MAY_BLOCK { return acquire_by(deadline); }

  /// Gives units; as many of the waiting threads go on.  More than the limit is misuse, which ends
  /// the program.  Any context.
  void release(std::uint32_t units = 1) {
    BATON_CHECK(try_release(units) && "a semaphore gets more units than its limit");
  }
  /// False: it would have more than its limit; nothing is given.
  [[nodiscard]] bool try_release(std::uint32_t units = 1) {
    // Relaxed: only a guess, which the compare-and-swap confirms.
    Word word = word_.load(std::memory_order_relaxed);
    while ((word & kWaiters) == 0) {
      if (units > limit_ - (word >> 1U)) return false;
      // Release pairs with the acquire in try_acquire().  Relaxed on failure: a guess again.
      if (word_.compare_exchange_strong(word, word + units * kUnit, std::memory_order_release,
                                        std::memory_order_relaxed)) {
        return true;
      }
    }
    return release_to_waiters(units);
  }

  /// How many there are at about this moment.
  std::uint32_t units() const {
    // Relaxed: a number.
    return word_.load(std::memory_order_relaxed) >> 1U;
  }

 private:
  using Word = std::uint32_t;
  static constexpr Word kWaiters = 1;  // somebody may be in the queue; then there is no unit
  static constexpr Word kUnit = 2;

  Result<void> acquire_by(const Deadline& deadline) BATON_MAY_BLOCK;
  Result<void> acquire_here(const Deadline& deadline);
  bool release_to_waiters(std::uint32_t units);

  sync::Atomic<Word> word_;
  const std::uint32_t limit_;
  WaitQueue waiters_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_SEMAPHORE_H_
