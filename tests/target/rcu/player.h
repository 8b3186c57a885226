// One context of the torture: a core's thread, or its timer's handler.
#ifndef BATON_TESTS_TARGET_RCU_PLAYER_H_
#define BATON_TESTS_TARGET_RCU_PLAYER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "arch/cpu.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/rcu_ptr.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"
#include "tests/target/rcu/element.h"

namespace baton::rcu_torture {

/// xorshift64 by Marsaglia.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) : state_(seed) {}
  /// 0 .. n - 1.
  unsigned pick(unsigned n) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return static_cast<unsigned>((state_ >> 11U) % n);
  }

 private:
  std::uint64_t state_;
};

/// What all cores share.
template <class Domain>
struct Arena {
  using ElementType = Element<Domain>;
  static constexpr std::size_t kElements = 2048;
  static constexpr unsigned kPlaces = 3;

  sync::Pool<ElementType, kElements, typename Domain::Atomics> pool;
  std::array<sync::RcuPtr<ElementType, Domain>, kPlaces> places;
};

struct Tally {
  std::uint64_t reads = 0;     ///< elements
  std::uint64_t nested = 0;    ///< sections inside sections
  std::uint64_t outdated = 0;  ///< elements that were removed while they were read
  std::uint64_t updates = 0;   ///< elements removed
  std::uint64_t starved = 0;   ///< updates for which there was no element
  std::uint64_t waited = 0;    ///< removed elements that were waited for
  std::uint64_t polled = 0;    ///< removed elements that were asked for until they were back
  Wrongs wrongs;
};

template <class Domain>
class Player {
 public:
  using ArenaType = Arena<Domain>;
  using ElementType = Element<Domain>;
  using RetiredType = sync::Retired<ElementType, Domain>;
  using Reader = sync::BasicRcuReader<Domain>;

  void begin(ArenaType& arena, unsigned number) {
    arena_ = &arena;
    random_ = Random(0x9e3779b97f4a7c15U * (number + 1));
    serial_ = std::uint64_t{number} << 48U;
  }

  /// A read section of up to `patience` turns, sections inside it, and a few elements.
  void read(unsigned patience) { read(patience, 2); }

  /// Puts a new element in place of another, which goes home after a few grace periods.
  void update() {
    if (auto removed = replace()) {
      std::move(*removed).template retire<&grow_old<Domain>>();
    }
  }
  /// Likewise, waiting for one.  Threads.
  void update_and_wait() {
    if (auto removed = replace()) {
      sync::Owned<ElementType> mine = std::move(*removed).synchronize();
      static_cast<void>(mine->age());
      ++tally.waited;
    }
  }
  /// Likewise, asking.  Threads; call again to ask again.
  void update_and_ask() {
    if (!asked_) {
      if (auto removed = replace()) asked_.emplace(std::move(*removed));
      return;
    }
    if (auto mine = asked_->try_reclaim()) {
      static_cast<void>((*mine)->age());
      ++tally.polled;
      asked_.reset();
    }
  }
  void stop_asking() { asked_.reset(); }

  unsigned pick(unsigned n) { return random_.pick(n); }
  /// Whether it is in a read section at this moment; for a handler that comes in between.
  bool is_reading() const { return reading_.load(std::memory_order_relaxed); }

  Tally tally;

 private:
  void read(unsigned patience, unsigned nest) {
    const Reader reader;
    // Relaxed, here and below: read by this core's own handler.
    reading_.store(true, std::memory_order_relaxed);
    auto& place = arena_->places[pick(ArenaType::kPlaces)];
    if (const ElementType* const element = place.get(reader)) {
      const std::uint64_t serial = element->serial();
      element->check(serial, tally.wrongs);
      if (nest != 0 && pick(4) == 0) {
        ++tally.nested;
        read(patience, nest - 1);
      }
      for (unsigned turns = pick(patience + 1); turns != 0; --turns) arch::relax();
      element->check(serial, tally.wrongs);
      ++tally.reads;
      tally.outdated += place.get(reader) != element ? 1 : 0;
    }
    reading_.store(nest != 2, std::memory_order_relaxed);
  }

  std::optional<RetiredType> replace() {
    auto element = arena_->pool.make(++serial_);
    if (!element) {
      ++tally.starved;
      return std::nullopt;
    }
    ++tally.updates;
    return arena_->places[pick(ArenaType::kPlaces)].replace(std::move(*element));
  }

  ArenaType* arena_ = nullptr;
  Random random_{0};
  std::uint64_t serial_ = 0;
  std::atomic<bool> reading_{false};
  std::optional<RetiredType> asked_;
};

}  // namespace baton::rcu_torture

#endif  // BATON_TESTS_TARGET_RCU_PLAYER_H_
