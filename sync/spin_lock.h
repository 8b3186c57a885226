// `SpinLock<Rank>`: for the few places where no ownership can be passed on.
//
//   enum class Rank : unsigned { kSerial = 10, kLog = 20 };          // one short table
//   constinit sync::SpinLock<Rank::kSerial> lock;
//   int pending BATON_GUARDED_BY(lock);
//   { const sync::SpinGuard guard(lock); ++pending; }
//
// The rank is mandatory.  While a core holds a lock it takes only locks of a higher rank; so there
// is no circle, and no deadlock.  Debug builds check that, and that a lock which interrupt handlers
// take is never taken with interrupts on: the handler would wait for the thread that it
// interrupted.
//
// Fair: tickets, served in the order of arrival.  Who waits looks at one word, and on AArch64
// sleeps until it changes (WFE; the store that hands over is the wake-up).
//
// Where the machine has one core, nobody is there who could wait: what remains is a word that says
// whether the lock is held.
//
// Any core.  The holder stays on its core, and does not sleep.  In an interrupt handler, if
// everybody takes the lock with interrupts masked (IrqSpinGuard), handlers too: more urgent ones
// may interrupt them.
#ifndef BATON_SYNC_SPIN_LOCK_H_
#define BATON_SYNC_SPIN_LOCK_H_

#include <atomic>
#include <cstdint>
#include <type_traits>
#if __STDC_HOSTED__
#include <thread>
#endif

#include "arch/cpu.h"
#include "base/annotations.h"
#include "sync/atomics.h"
#include "sync/contention.h"
#include "sync/held_word.h"
#include "sync/holder.h"
#include "sync/irqs_off.h"
#include "sync/lock_rank.h"
#include "sync/misuse.h"

namespace baton::sync {

/// `kRank`: an enumerator or a number, 0 to 63; locks of a higher one may be taken inside.
template <auto kRank, class Atomics = StdAtomics>
class BATON_CAPABILITY("spin lock") SpinLock {
  static_assert(static_cast<unsigned>(kRank) < kLockRanks, "ranks are 0 to 63");

 public:
  static constexpr unsigned kLockRank = static_cast<unsigned>(kRank);

  constexpr SpinLock() = default;
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

  /// Waits for its turn.  As long as those before take.
  void lock() BATON_ACQUIRE() {
    ranks_.about_to_lock(this, kLockRank);
    if constexpr (kSpins) {
      // Relaxed: tickets are handed out, and nothing with them.
      const std::uint32_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
      // Acquire pairs with the release in unlock().
      Atomics::await_acquire(
          serving_, [ticket](std::uint32_t serving) { return serving == ticket; },
          [this, ticket] { wait(ticket); });
    } else {
      BATON_NO_MISUSE(!is_locked(), this, "a spin lock is waited for by the core that holds it");
      serving_.hold();
    }
    entered();
  }

  /// Takes the lock if nobody holds it or waits for it.
  [[nodiscard]] bool try_lock() BATON_TRY_ACQUIRE(true) {
    if constexpr (kSpins) {
      // Acquire pairs with the release in unlock(): if this is our ticket, too, the lock is ours.
      const std::uint32_t serving = serving_.load(std::memory_order_acquire);
      std::uint32_t ticket = serving;
      // Relaxed, both: nothing goes with a ticket.
      if (!next_.compare_exchange_strong(ticket, serving + 1, std::memory_order_relaxed,
                                         std::memory_order_relaxed)) {
        return false;
      }
    } else {
      if (is_locked()) return false;
      serving_.hold();
    }
    entered();
    return true;
  }

  /// By whoever holds it, on the core that took it.
  void unlock() BATON_RELEASE() {
    BATON_NO_MISUSE(is_locked(), this, "a spin lock is unlocked that nobody holds");
    static_cast<void>(holder_.leave(this));
    ranks_.unlocked(kLockRank);
    if constexpr (kSpins) {
      // Relaxed: the holder is the only one who writes it.
      const std::uint32_t serving = serving_.load(std::memory_order_relaxed);
      // Release pairs with the acquire in lock() and try_lock().
      serving_.store(serving + 1, std::memory_order_release);
    } else {
      serving_.give_back();
    }
  }

  /// How many hold it or wait for it, at about this moment.
  std::uint32_t queue_length() const {
    if constexpr (kSpins) {
      // Relaxed, both: for people.
      return next_.load(std::memory_order_relaxed) - serving_.load(std::memory_order_relaxed);
    } else {
      return serving_.is_held() ? 1 : 0;
    }
  }
  /// Whether somebody holds it at about this moment.
  bool is_locked() const { return queue_length() != 0; }

  /// Busy or full (nobody holds it), and in debug builds who holds it: for the list of cells.
  CellReport report() const {
    if (!is_locked()) return {.state = CellState::kFull, .holder = {}};
    return {.state = CellState::kBusy, .holder = holder_.read()};
  }

 private:
  // One core has nobody who could wait; a model's threads are cores.
  static constexpr bool kSpins = arch::kMaxCores > 1 || !std::is_same_v<Atomics, StdAtomics>;
  // Soon wraps: nobody may rely on the number.
  static constexpr std::uint32_t kFirst = ~std::uint32_t{0} - 2;

  using Word = typename Atomics::template Atomic<std::uint32_t>;
  using Turn = std::conditional_t<kSpins, Word, HeldWord>;
  struct NoWord {};

  void entered() {
    holder_.enter();
    ranks_.locked(this, kLockRank);
  }

  // Until it seems to be our turn: once per lock() that has to wait.  Out of line, so that who need
  // not wait pays nothing for it.
  BATON_RARELY void wait([[maybe_unused]] std::uint32_t ticket) const {
    if constexpr (std::is_same_v<Atomics, StdAtomics>) {
      internal::tell_contention(Contention::kLockHeld, this);
      [[maybe_unused]] unsigned looks = 0;
      for (;;) {
        // Relaxed: a guess; who called looks again.
        const std::uint32_t serving = serving_.load(std::memory_order_relaxed);
        if (serving == ticket) break;
        arch::wait_for_change(serving_, serving);
#if __STDC_HOSTED__
        // Whose turn it is may be off its CPU here, and wait for ours.
        if (++looks % kLooks == 0) std::this_thread::yield();
#endif
      }
      internal::tell_contention(Contention::kLockGiven, this);
    }
  }
  [[maybe_unused]] static constexpr unsigned kLooks = 100;

  static constexpr auto first_ticket() {
    if constexpr (kSpins) {
      return kFirst;
    } else {
      return NoWord{};
    }
  }
  static constexpr Turn first_turn() {
    if constexpr (kSpins) {
      return Turn{kFirst};
    } else {
      return Turn{};
    }
  }

  [[no_unique_address]] std::conditional_t<kSpins, Word, NoWord> next_{first_ticket()};
  Turn serving_ = first_turn();
  [[no_unique_address]] HolderRecord holder_;
  // A model's threads are no threads.
  [[no_unique_address]] std::conditional_t<std::is_same_v<Atomics, StdAtomics>, LockRanks,
                                           UncheckedRanks> ranks_;
};

/// In the place of a lock that is only taken where nobody else can come: no code, no memory.
template <auto kRank>
class BATON_CAPABILITY("spin lock") NoSpinLock {
 public:
  static constexpr unsigned kLockRank = static_cast<unsigned>(kRank);

  constexpr NoSpinLock() = default;
  NoSpinLock(const NoSpinLock&) = delete;
  NoSpinLock& operator=(const NoSpinLock&) = delete;

  void lock() BATON_ACQUIRE() {}
  void unlock() BATON_RELEASE() {}
};

/// A SpinLock that is always taken with interrupts masked.  On one core that is all there is to it;
/// debug builds look at ranks and holders all the same.
#ifdef NDEBUG
template <auto kRank>
using MaskedSpinLock =
    std::conditional_t<(arch::kMaxCores > 1), SpinLock<kRank>, NoSpinLock<kRank>>;
#else
template <auto kRank>
using MaskedSpinLock = SpinLock<kRank>;
#endif

/// Holds a lock while it lives.
template <class Lock>
class [[nodiscard]] BATON_SCOPED_CAPABILITY SpinGuard {
 public:
  explicit SpinGuard(Lock& lock) BATON_ACQUIRE(lock) : lock_(lock) { lock_.lock(); }
  ~SpinGuard() BATON_RELEASE() { lock_.unlock(); }
  SpinGuard(const SpinGuard&) = delete;
  SpinGuard& operator=(const SpinGuard&) = delete;

 private:
  Lock& lock_;
};

/// The same with this core's interrupts masked, for locks that handlers take.
template <class Lock>
class [[nodiscard]] BATON_SCOPED_CAPABILITY IrqSpinGuard {
 public:
  explicit IrqSpinGuard(Lock& lock) BATON_ACQUIRE(lock) : lock_(lock) { lock_.lock(); }
  ~IrqSpinGuard() BATON_RELEASE() { lock_.unlock(); }
  IrqSpinGuard(const IrqSpinGuard&) = delete;
  IrqSpinGuard& operator=(const IrqSpinGuard&) = delete;

  const IrqsOff& irqs_off() const BATON_LIFETIMEBOUND { return irqs_off_; }

 private:
  IrqsOff irqs_off_;  // before the lock is taken, and until after it is given back
  Lock& lock_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_SPIN_LOCK_H_
