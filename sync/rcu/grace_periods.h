// `GracePeriods`: waits until everybody who might still be looking has looked away.
//
// It knows slots, not threads: a core, or a hosted thread that reads.  A slot is either away (idle,
// offline, not registered) or watching, and one that watches reports, now and then, that at this
// moment it reads nothing.  A grace period that began after an object was unlinked is over when
// every slot that watched at its beginning has reported or gone away; then nobody has the object.
//
// One word per group of slots holds who watches and who has yet to report:
//
//   enter        +watching                       somebody comes back: nothing to report
//   leave        -watching, -pending             an idle core is not waited for, and not woken
//   begin        pending := watching
//   quiescent    -pending                        whoever takes the last one ends the grace period
//
// As watching and pending change together, a core that goes idle while a grace period begins is
// either waited for and reports by leaving, or is not waited for; there is no third case, and no
// fence: each of these is a read-modify-write of the one word, so any two are ordered, and the
// later one sees what came before the earlier.
//
// A second word holds the number of the grace period, whether one is running, and whether another
// is wanted after it.  Who asks for one either begins it or leaves the wish in the very word that
// the one who ends the running one changes.  So no wish is lost, and one grace period serves all
// who asked before it began.
//
// Any core, any context; lock-free.  A report that finds nothing pending is one relaxed load.
#ifndef BATON_SYNC_RCU_GRACE_PERIODS_H_
#define BATON_SYNC_RCU_GRACE_PERIODS_H_

#include <atomic>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "sync/atomics.h"
#include "sync/misuse.h"

namespace baton::sync {

/// A promise that GracePeriods can be asked about later.  Copies are alike.  Good for as long as
/// fewer than 2^28 grace periods have passed since (2^60 on 64-bit targets).
class RcuCookie {
 public:
  friend constexpr bool operator==(RcuCookie, RcuCookie) = default;

 private:
  template <unsigned, class, unsigned>
  friend class GracePeriods;
  template <class>
  friend class RcuCallbacks;
  template <class>
  friend class BasicSingleCoreDomain;
  constexpr RcuCookie() = default;
  constexpr explicit RcuCookie(std::uintptr_t number) : number_(number) {}
  std::uintptr_t number_ = 0;
};

/// `Slots` readers at most.  `GroupSize` slots share a word; fewer than fit are for tests.
template <unsigned Slots, class Atomics = StdAtomics,
          unsigned GroupSize = std::numeric_limits<std::uintptr_t>::digits / 2>
class GracePeriods {
  using Word = std::uintptr_t;
  static constexpr unsigned kGroupSize = GroupSize;

 public:
  constexpr GracePeriods() = default;
  GracePeriods(const GracePeriods&) = delete;
  GracePeriods& operator=(const GracePeriods&) = delete;

  /// The slot takes part from now on: what it reads, is waited for.  It was away.
  void enter(unsigned slot) {
    // Acquire pairs with the release in begin_group(): a grace period that does not wait for us has
    // unlinked its objects before we read.
    const Word before = group_of(slot).fetch_or(watching_bit(slot), std::memory_order_acquire);
    BATON_NO_MISUSE((before & watching_bit(slot)) == 0, this, "an RCU slot enters twice");
  }

  /// The slot reads nothing until it enters again.  O(1), but for the last one to report.
  void leave(unsigned slot) { report(slot, watching_bit(slot) | pending_bit(slot)); }

  /// The slot reads nothing at this moment.  May be called at any time by whoever knows.
  void quiescent(unsigned slot) {
    // Relaxed: a guess.  A grace period that we do not see yet gets our next report.
    if (is_pending(slot)) report(slot, pending_bit(slot));
  }

  /// Whether a grace period waits for this slot, at about this moment.
  bool is_pending(unsigned slot) const {
    // Relaxed: a guess, for whoever reports and for people.
    return (group_of(slot).load(std::memory_order_relaxed) & pending_bit(slot)) != 0;
  }
  /// is_pending() of one slot, to ask often; not asked before it is assigned.
  class Pending {
   public:
    constexpr Pending() = default;
    // Relaxed: as is_pending().
    bool get() const { return (word_->load(std::memory_order_relaxed) & bit_) != 0; }

   private:
    friend class GracePeriods;
    const typename Atomics::template Atomic<Word>* word_ = nullptr;
    Word bit_ = 0;
  };
  Pending pending(unsigned slot) const {
    Pending pending;
    pending.word_ = &group_of(slot);
    pending.bit_ = pending_bit(slot);
    return pending;
  }
  /// Whether the slot takes part, at about this moment.
  bool is_watching(unsigned slot) const {
    // Relaxed: for people.
    return (group_of(slot).load(std::memory_order_relaxed) & watching_bit(slot)) != 0;
  }

  /// Asks for a grace period that begins after this call, and for what to wait for.  What the
  /// caller unlinked before is unlinked for everybody who reads after it.
  RcuCookie request() {
    // Relaxed: a guess, which the compare-and-swap confirms.  It is the compare-and-swap that reads
    // the number: one that was read earlier might name a grace period that began before ours.
    Word state = state_.load(std::memory_order_relaxed);
    for (;;) {
      if ((state & kActive) != 0) {
        // Release pairs with the acquire in finish(): what we unlinked is unlinked before the next
        // grace period begins.  Relaxed on failure: the state is a guess again.
        if (state_.compare_exchange_weak(state, state | kWanted, std::memory_order_release,
                                         std::memory_order_relaxed)) {
          return RcuCookie(number_of(state) + 2 * kOne);
        }
      } else {
        // Acquire pairs with the release in finish(): the last grace period is over, and so is what
        // it did to the groups.  Relaxed on failure: the state is a guess again.
        if (state_.compare_exchange_weak(state, state | kActive, std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
          run();
          return RcuCookie(number_of(state) + kOne);
        }
      }
    }
  }

  /// Whether the grace period is over.  If so, nobody reads what was unlinked before it was asked
  /// for, and what they did while they read is to be seen.
  bool reached(RcuCookie cookie) const {
    // Acquire pairs with the release in finish().
    return is_over(state_.load(std::memory_order_acquire), cookie);
  }

  /// Returns once it is; calls `pause()` between looks.  The caller must not be what is waited for:
  /// its slot is away, or `pause` reports for it.
  template <class Pause>
  void wait(RcuCookie cookie, Pause&& pause) const {
    // Acquire pairs with the release in finish().
    Atomics::await_acquire(state_, [cookie](Word state) { return is_over(state, cookie); }, pause);
  }

  /// Whether one is running, at about this moment.
  bool is_active() const {
    // Relaxed: for people.
    return (state_.load(std::memory_order_relaxed) & kActive) != 0;
  }
  /// How many have ended since the start, at about this moment; wraps.
  Word completed() const {
    // Relaxed: for people.
    return (state_.load(std::memory_order_relaxed) - kFirst) / kOne;
  }

 private:
  static constexpr unsigned kGroups = (Slots + kGroupSize - 1) / kGroupSize;
  static_assert(Slots > 0 && kGroupSize > 0 && kGroupSize <= std::numeric_limits<Word>::digits / 2);

  // The state: the number of grace periods that have ended, above two bits.
  static constexpr Word kActive = 1;
  static constexpr Word kWanted = 2;  // another one, after the one that is running
  static constexpr Word kOne = 4;
  static constexpr Word kFirst = Word{0} - 300 * kOne;  // soon wraps: nobody may rely on the number
  static constexpr Word number_of(Word state) { return state & ~(kActive | kWanted); }
  static constexpr bool is_over(Word state, RcuCookie cookie) {
    return static_cast<std::make_signed_t<Word>>(number_of(state) - cookie.number_) >= 0;
  }

  // A group: the lower half says who watches, the upper half who has yet to report.
  static constexpr Word kWatching = (Word{1} << kGroupSize) - 1;
  static constexpr Word watching_bit(unsigned slot) { return Word{1} << (slot % kGroupSize); }
  static constexpr Word pending_bit(unsigned slot) { return watching_bit(slot) << kGroupSize; }
  static constexpr Word pending_in(Word group) { return group >> kGroupSize; }

  using Group = typename Atomics::template Atomic<Word>;
  // A compiler does not know that a slot of the only group is below its size.
  static constexpr unsigned group_number(unsigned slot) {
    return Slots <= kGroupSize ? 0 : slot / kGroupSize;
  }
  Group& group_of(unsigned slot) { return groups_[group_number(slot)]; }
  const Group& group_of(unsigned slot) const { return groups_[group_number(slot)]; }

  void report(unsigned slot, Word bits) {
    // Release pairs with the acquire here and in begin_group(), along the word's
    // read-modify-writes: our reading is over before the grace period is.  Acquire pairs with the
    // release in begin_group(): what we read from now on is without what was unlinked; and, if we
    // are the last one, with the other reporters' release.
    const Word before = group_of(slot).fetch_and(~bits, std::memory_order_acq_rel);
    const Word mine = before & pending_bit(slot);
    if (mine != 0 && pending_in(before & ~bits) == 0 && group_is_done()) {
      if (finish()) run();
    }
  }

  /// Begins a grace period, and the next one, as long as they end at once.  By whoever made the
  /// state active.
  void run() {
    while (begin()) {
      if (!finish()) return;
    }
  }

  /// True when nobody has to report: it is over already.
  bool begin() {
    if constexpr (kGroups > 1) {
      // Relaxed: goes with the release in begin_group() to whoever counts down.
      groups_left_.store(kGroups, std::memory_order_relaxed);
    }
    bool over = false;
    for (Group& group : groups_) over = begin_group(group) && group_is_done();
    return over;
  }

  /// True when nobody in it has to report.
  static bool begin_group(Group& group) {
    // Relaxed: a guess, which the compare-and-swap confirms.
    Word before = group.load(std::memory_order_relaxed);
    Word watching = 0;
    do {
      watching = before & kWatching;
      // Release pairs with the acquire in report() and enter(): what was unlinked is unlinked for
      // who reads after it.  Acquire pairs with the release in report(): those who went away read
      // nothing any more.  Relaxed on failure: the word is a guess again.
    } while (!group.compare_exchange_weak(before, watching | (watching << kGroupSize),
                                          std::memory_order_acq_rel, std::memory_order_relaxed));
    return watching == 0;
  }

  /// Counts a group whose last slot has reported; true for the last group.
  bool group_is_done() {
    if constexpr (kGroups > 1) {
      // Release pairs with the acquire here: the reading in every group is over before the grace
      // period is.
      return groups_left_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    } else {
      return true;
    }
  }

  /// Ends the grace period; true if it has begun the next one, which the caller runs.
  bool finish() {
    // Relaxed: a guess, which the compare-and-swap confirms.
    Word state = state_.load(std::memory_order_relaxed);
    Word next = 0;
    do {
      next = number_of(state) + kOne;
      if ((state & kWanted) != 0) next |= kActive;
      // Release pairs with the acquire in reached() and request(): all reading is over.  Acquire
      // pairs with the release in request(): what was unlinked before the wish is unlinked before
      // the next one begins.  Relaxed on failure: the state is a guess again.
    } while (!state_.compare_exchange_weak(state, next, std::memory_order_acq_rel,
                                           std::memory_order_relaxed));
    return (next & kActive) != 0;
  }

  typename Atomics::template Atomic<Word> state_{kFirst};
  typename Atomics::template Atomic<Word> groups_left_{0};  // of the running one, when several
  Group groups_[kGroups];
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_GRACE_PERIODS_H_
