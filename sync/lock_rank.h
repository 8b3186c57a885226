// Checks of debug builds around spin locks: ranks, and interrupts.  Empty in release builds.
#ifndef BATON_SYNC_LOCK_RANK_H_
#define BATON_SYNC_LOCK_RANK_H_

#include <atomic>
#include <cstdint>

#ifndef NDEBUG
#include "arch/cpu.h"
#include "arch/irq.h"
#endif
#include "sync/misuse.h"

namespace baton::sync {

/// Ranks there are: 0 to 63.
inline constexpr unsigned kLockRanks = 64;

/// What a lock has when nobody checks.
class UncheckedRanks {
 public:
  constexpr void about_to_lock(const void* /*lock*/, unsigned /*rank*/) {}
  constexpr void locked(unsigned /*rank*/) {}
  constexpr void unlocked(unsigned /*rank*/) {}
};

#ifdef NDEBUG

using LockRanks = UncheckedRanks;

#else

/// Part of one lock; which ranks a core holds is kept per core, in a hosted program per thread.
class LockRanks {
 public:
  /// Before the lock is waited for, as afterwards may never come.
  void about_to_lock(const void* lock, unsigned rank) {
    // Relaxed: this core's own.
    const std::uint64_t held = held_here()->load(std::memory_order_relaxed);
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
  void locked(unsigned rank) {
    // Relaxed: this core's own; a handler gives back what it takes.
    held_here()->fetch_or(std::uint64_t{1} << rank, std::memory_order_relaxed);
  }
  void unlocked(unsigned rank) {
    // Relaxed: as above.
    held_here()->fetch_and(~(std::uint64_t{1} << rank), std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint8_t kInInterrupt = 1;
  static constexpr std::uint8_t kInterruptible = 2;

#if __STDC_HOSTED__
  // On the virtual machine a core's, where all may be one OS thread; else an OS thread's.
  static std::atomic<std::uint64_t>* held_here() {
    if (arch::internal::this_hosted_cpu() != nullptr) return &held_by_core_[arch::core_index()];
    return &held_;
  }
  static inline constinit std::atomic<std::uint64_t> held_by_core_[arch::kMaxCores]{};
  static inline thread_local std::atomic<std::uint64_t> held_{0};
#else
  static std::atomic<std::uint64_t>* held_here() { return &held_[arch::core_index()]; }
  static inline constinit std::atomic<std::uint64_t> held_[arch::kMaxCores]{};
#endif

  std::atomic<std::uint8_t> used_{0};
};

#endif  // NDEBUG

}  // namespace baton::sync

#endif  // BATON_SYNC_LOCK_RANK_H_
