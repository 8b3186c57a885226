// The demonstration: one object goes from core to core through one cell, and everybody counts.
//
// A hand-off is: take the object out of the cell, see that another core had it before, count it,
// put it back.  The object carries the number of hand-offs; each core keeps its share.  If the cell
// ever lost the object, the hand-offs would stop short; if it ever gave the object to two, two
// would be inside at once.  Both are counted, and with a cell that is broken on purpose both are
// seen (relay_test.cc).
#ifndef BATON_KERNEL_RELAY_H_
#define BATON_KERNEL_RELAY_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

#include "arch/cpu.h"
#include "sync/atomics.h"
#include "sync/owned.h"

namespace baton::kernel {

/// What is handed on.
struct Baton {
  std::uint64_t hand_offs = 0;
  unsigned last_core = ~0U;
};

inline void relax() { arch::relax(); }

/// `Cell` is AtomicTakeCell<Baton>, or what a test puts in its place; `Relax` is called between two
/// tries.
template <class Cell, void (*Relax)() = relax>
class Relay {
 public:
  struct Score {
    std::array<std::uint64_t, arch::kMaxCores> share{};
    std::uint64_t hand_offs = 0;
    std::uint64_t lost = 0;
    std::uint64_t duplicated = 0;
  };

  explicit constexpr Relay(Cell& cell) : cell_(cell) {}
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Before anybody plays: the object is put into the empty cell.  `players` cores will call
  /// play().
  void start(sync::Owned<Baton> baton, std::uint64_t rounds, unsigned players) {
    baton->hand_offs = 0;
    baton->last_core = ~0U;
    rounds_ = rounds;
    players_ = players;
    // Relaxed, all three: the players start later, by a cross-call that carries them over.
    over_.store(false, std::memory_order_relaxed);
    last_core_.store(~0U, std::memory_order_relaxed);
    inside_.store(0, std::memory_order_relaxed);
    progress_.store(0, std::memory_order_relaxed);
    finished_.store(0, std::memory_order_relaxed);
    duplicated_.store(0, std::memory_order_relaxed);
    for (auto& share : shares_) {
      // Relaxed: as above.
      share.count.store(0, std::memory_order_relaxed);
    }
    if (!cell_.put(std::move(baton))) {
      count_duplicate();
    }
  }

  /// One core's part: returns when all rounds are done or somebody called it off. `look(argument)`,
  /// if given, is called now and then between two tries.
  void play(unsigned core, void (*look)(void*) = nullptr, void* argument = nullptr) {
    constexpr unsigned kTriesBetweenLooks = 1024;
    // Relaxed: a hint to stop; what was done is published by `finished_`.
    for (unsigned tries = 0; !over_.load(std::memory_order_relaxed); ++tries) {
      if (look != nullptr && tries % kTriesBetweenLooks == 0) {
        look(argument);
      }
      // Relaxed: only saves a useless look; the object itself says who had it.
      if (players_ > 1 && last_core_.load(std::memory_order_relaxed) == core) {
        Relax();
        continue;
      }
      auto taken = cell_.take();
      if (!taken) {
        Relax();
        continue;
      }
      hand_on(core, std::move(*taken));
    }
    // Release pairs with the acquire in all_finished(): this core's share is complete.
    finished_.fetch_add(1, std::memory_order_release);
  }

  /// Ends it early: players leave as soon as they look.  Any core, any context.
  void call_off() { over_.store(true, std::memory_order_relaxed); }    // relaxed: a hint
  bool over() const { return over_.load(std::memory_order_relaxed); }  // relaxed: a hint

  /// Hand-offs so far, to see whether it goes on.  Any core.
  std::uint64_t progress() const { return progress_.load(std::memory_order_relaxed); }  // relaxed

  bool all_finished() const {
    // Acquire pairs with the release in play().
    return finished_.load(std::memory_order_acquire) == players_;
  }

  /// After all_finished().
  Score score() const {
    Score score;
    for (std::size_t i = 0; i < score.share.size(); ++i) {
      // Relaxed: all_finished() acquired it.
      score.share[i] = shares_[i].count.load(std::memory_order_relaxed);
      score.hand_offs += score.share[i];
    }
    score.lost = rounds_ > score.hand_offs ? rounds_ - score.hand_offs : 0;
    // Relaxed: as above.
    score.duplicated = duplicated_.load(std::memory_order_relaxed);
    score.duplicated += score.hand_offs > rounds_ ? score.hand_offs - rounds_ : 0;
    return score;
  }

 private:
  // A line each: a core's count is its own.
  struct alignas(64) Share {
    sync::Atomic<std::uint64_t> count{0};
  };

  // Relaxed: a number, read when all have finished.
  void count_duplicate() { duplicated_.fetch_add(1, std::memory_order_relaxed); }

  void hand_on(unsigned core, sync::Owned<Baton> baton) {
    // Relaxed, here and below: if the cell keeps its promise nobody else is inside, and if it does
    // not, one of two sees the other's 1, in whatever order.
    if (inside_.fetch_add(1, std::memory_order_relaxed) != 0) {
      count_duplicate();
    }
    const bool wanted = baton->hand_offs < rounds_ && (players_ == 1 || baton->last_core != core);
    if (wanted) {
      ++baton->hand_offs;
      baton->last_core = core;
      sync::Atomic<std::uint64_t>& share = shares_[core].count;
      // Relaxed, all: single writer, read when all have finished; hints for waiting and watching.
      share.store(share.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      progress_.store(baton->hand_offs, std::memory_order_relaxed);
      last_core_.store(core, std::memory_order_relaxed);
    }
    const bool last = baton->hand_offs >= rounds_;
    // Relaxed: as at the top.
    inside_.fetch_sub(1, std::memory_order_relaxed);
    // Nobody else can have put one in: there is one, and we have it.
    if (!cell_.put(std::move(baton))) {
      count_duplicate();
    }
    if (last) {
      call_off();
    }
  }

  Cell& cell_;
  std::uint64_t rounds_ = 0;
  unsigned players_ = 0;
  sync::Atomic<bool> over_{true};
  sync::Atomic<unsigned> last_core_{~0U};
  sync::Atomic<unsigned> inside_{0};
  sync::Atomic<std::uint64_t> progress_{0};
  sync::Atomic<std::uint64_t> duplicated_{0};
  sync::Atomic<unsigned> finished_{0};
  std::array<Share, arch::kMaxCores> shares_{};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_RELAY_H_
