// Checks of debug builds around spin locks: ranks, and interrupts; and who holds which, for people.
// Empty in release builds.
#ifndef BATON_SYNC_LOCK_RANK_H_
#define BATON_SYNC_LOCK_RANK_H_

#include <atomic>
#include <bit>
#include <cstdint>

#ifndef NDEBUG
#include "arch/cpu.h"
#include "arch/irq.h"
#endif
#include "sync/misuse.h"

namespace baton::sync {

/// Ranks there are: 0 to 63.
inline constexpr unsigned kLockRanks = 64;

/// A spin lock that a core holds, for people.
struct HeldLock {
  unsigned rank = 0;
  const void* lock = nullptr;
  const void* return_address = nullptr;  ///< in the function that took it
};

/// What a lock has when nobody checks.
class UncheckedRanks {
 public:
  constexpr void about_to_lock(const void* /*lock*/, unsigned /*rank*/) {}
  constexpr void locked(const void* /*lock*/, unsigned /*rank*/) {}
  constexpr void unlocked(unsigned /*rank*/) {}
  /// Whether anybody keeps a record of what is held.
  static constexpr bool known() { return false; }
  template <class Visit>
  static constexpr void for_each_held(unsigned /*core*/, Visit&& /*visit*/) {}
};

#ifdef NDEBUG

using LockRanks = UncheckedRanks;

#else

namespace internal {

/// What one core holds, by rank.
struct HeldLocks {
  std::atomic<std::uint64_t> ranks{0};
  std::atomic<const void*> locks[kLockRanks]{};
  std::atomic<const void*> from[kLockRanks]{};
};

}  // namespace internal

/// Part of one lock; which ranks a core holds is kept per core, in a hosted program per thread.
class LockRanks {
 public:
  static constexpr bool known() { return true; }

  /// Before the lock is waited for, as afterwards may never come.
  void about_to_lock(const void* lock, unsigned rank) {
    // Relaxed: this core's own.
    const std::uint64_t held = held_here().ranks.load(std::memory_order_relaxed);
    BATON_NO_MISUSE(held >> rank == 0, lock,
                    "a spin lock is waited for while one of the same or a higher rank is held");
    const std::uint8_t now = arch::in_interrupt()        ? kInInterrupt
                             : arch::LocalIrq::enabled() ? kInterruptible
                                                         : std::uint8_t{0};
    // Relaxed: for the check only.
    const std::uint8_t all = used_.fetch_or(now, std::memory_order_relaxed) | now;
    BATON_NO_MISUSE(
        all != (kInInterrupt | kInterruptible), lock,
        "a spin lock is taken by interrupt handlers, and by threads with interrupts on");
  }
  /// Records the place that calls it.
  [[gnu::noinline]] void locked(const void* lock, unsigned rank) {
    internal::HeldLocks& held = held_here();
    // Relaxed, all: this core's own, and people look; a handler gives back what it takes.
    held.locks[rank].store(lock, std::memory_order_relaxed);
    held.from[rank].store(__builtin_return_address(0), std::memory_order_relaxed);
    held.ranks.fetch_or(std::uint64_t{1} << rank, std::memory_order_relaxed);
  }
  void unlocked(unsigned rank) {
    // Relaxed: as above.
    held_here().ranks.fetch_and(~(std::uint64_t{1} << rank), std::memory_order_relaxed);
  }

  /// Calls visit(const HeldLock&) for each that a core of the machine holds at about this moment,
  /// lowest rank first.  Any context.
  template <class Visit>
  static void for_each_held(unsigned core, Visit&& visit) {
    const internal::HeldLocks& held = held_by_core_[core];
    // Relaxed, all: for people.
    std::uint64_t left = held.ranks.load(std::memory_order_relaxed);
    for (; left != 0; left &= left - 1) {
      const auto rank = static_cast<unsigned>(std::countr_zero(left));
      // Relaxed, both: see above.
      visit(HeldLock{.rank = rank,
                     .lock = held.locks[rank].load(std::memory_order_relaxed),
                     .return_address = held.from[rank].load(std::memory_order_relaxed)});
    }
  }

 private:
  static constexpr std::uint8_t kInInterrupt = 1;
  static constexpr std::uint8_t kInterruptible = 2;

#if __STDC_HOSTED__
  // On the virtual machine a core's, where all may be one OS thread; else an OS thread's.
  static internal::HeldLocks& held_here() {
    if (arch::internal::this_hosted_cpu() != nullptr) return held_by_core_[arch::core_index()];
    return held_;
  }
  static inline thread_local internal::HeldLocks held_;
#else
  static internal::HeldLocks& held_here() { return held_by_core_[arch::core_index()]; }
#endif
  static inline constinit internal::HeldLocks held_by_core_[arch::kMaxCores]{};

  std::atomic<std::uint8_t> used_{0};
};

#endif  // NDEBUG

}  // namespace baton::sync

#endif  // BATON_SYNC_LOCK_RANK_H_
