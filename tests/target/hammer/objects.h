// What the hammer hits: one of each primitive of sync/, which every core's thread and every core's
// interrupt handler use at the same time, and the objects that go through them.
//
// Every object carries two words of which its holder keeps one the other's complement, so that two
// holders at once, or one who does not see what the last one wrote, are noticed.
#ifndef BATON_TESTS_TARGET_HAMMER_OBJECTS_H_
#define BATON_TESTS_TARGET_HAMMER_OBJECTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "arch/cpu.h"
#include "sync/atomic_take_cell.h"
#include "sync/atomics.h"
#include "sync/combining_cell.h"
#include "sync/inbox.h"
#include "sync/map_cell.h"
#include "sync/numeric_cell.h"
#include "sync/optional_cell.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/static_owned.h"

namespace baton::hammer {

/// Threads and handlers of every core, numbered: core 0's thread, core 0's handler, core 1's...
inline constexpr std::size_t kPlayers = std::size_t{2} * arch::kMaxCores;

/// What must not happen, counted.
struct Wrongs {
  sync::AtomicNumericCell<std::uint64_t> torn;
  sync::AtomicNumericCell<std::uint64_t> out_of_order;
};
inline constinit Wrongs wrongs;

/// Time for somebody else to come in, if they can.
inline void linger() {
  for (int i = 0; i < 64; ++i) {
    arch::relax();
  }
}

/// Two words of one holder.
class Use {
 public:
  void count() {
    if (complement_ != ~count_) {
      wrongs.torn.increment();
    }
    ++count_;
    linger();
    complement_ = ~count_;
  }
  std::uint64_t total() const { return count_; }

 private:
  std::uint64_t count_ = 0;
  std::uint64_t complement_ = ~std::uint64_t{0};
};

/// Goes through the take cell.
struct Ball {
  std::size_t number = 0;
  Use use;
};

/// Lives in the map cell, or in a hand.
struct Coin {
  std::size_t number = 0;
  Use use;
};

/// What a player sends, one after the other: numbers that have to arrive in order, each once.
struct Series {
  std::array<std::uint64_t, kPlayers> last{};
  std::uint64_t arrived = 0;
  Use use;

  void arrive(std::size_t player, std::uint64_t number) {
    if (number != last[player] + 1) {
      wrongs.out_of_order.increment();
    }
    last[player] = number;
    ++arrived;
    use.count();
  }
};

/// The combining cell's request.
struct Entry {
  Entry(std::size_t from, std::uint64_t n) : player(from), number(n) {}
  static void run(sync::Owned<Entry> self, Series& book) {
    book.arrive(self->player, self->number);
  }

  std::size_t player;
  std::uint64_t number;
  sync::InboxHook<Entry> hook;
};

/// What goes through the inbox.
struct Message {
  Message(std::size_t from, std::uint64_t n) : player(from), number(n) {}

  std::size_t player;
  std::uint64_t number;
  sync::InboxHook<Message> hook;
};

/// Atomics whose strong compare-and-swap is a load and a store: a take cell's put() on them is not
/// atomic, and may overwrite what somebody else put.
template <class T>
class TornAtomic {
  using Order = std::memory_order;

 public:
  constexpr TornAtomic() = default;
  constexpr explicit TornAtomic(T value) : value_(value) {}
  T load(Order order) const { return value_.load(order); }
  void store(T value, Order order) { value_.store(value, order); }
  T exchange(T value, Order order) { return value_.exchange(value, order); }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure) {
    return value_.compare_exchange_weak(expected, desired, success, failure);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure) {
    const T now = value_.load(failure);
    if (now != expected) {
      expected = now;
      return false;
    }
    // Long: a control has to fail each time, not now and then.
    for (int i = 0; i < 32; ++i) {
      linger();
    }
    value_.store(desired, success);
    return true;
  }

 private:
  std::atomic<T> value_{};
};

struct TornAtomics {
  template <class T>
  using Atomic = TornAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

/// One of each.  `TakeCell` is AtomicTakeCell<Ball>, or a broken one.
template <class TakeCell>
struct Anvil {
  using Book = sync::CombiningCell<Series, Entry, &Entry::hook>;
  // Few, so that they run out.
  static constexpr std::size_t kEntries = 6;
  static constexpr std::size_t kMessages = 6;
  static constexpr unsigned kMaxExtra = 2;

  constexpr Anvil() = default;

  TakeCell take;
  sync::AtomicMapCell<Coin> map;
  sync::AtomicOptionalCell<std::uint32_t> optional;
  sync::AtomicNumericCell<std::uint64_t> numeric;
  sync::StaticOwned<Series> book_home;
  Book book{kMaxExtra, [](Book&) {}};  // what a holder leaves, the next submitter serves
  sync::Pool<Entry, kEntries> entries;
  sync::Pool<Message, kMessages> messages;
  sync::Inbox<Message, &Message::hook> inbox;
  sync::AtomicMapCell<Series> desk{std::in_place};  // whoever reads the inbox sits here
  sync::Pool<Ball, kPlayers> balls;
};

}  // namespace baton::hammer

#endif  // BATON_TESTS_TARGET_HAMMER_OBJECTS_H_
