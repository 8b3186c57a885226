// What torture's readers walk, and what tells them that they walk it too late.
#ifndef BATON_TESTS_TORTURE_ELEMENTS_H_
#define BATON_TESTS_TORTURE_ELEMENTS_H_

#include <atomic>
#include <cstdint>

#include "sync/rcu/callbacks.h"

namespace baton::torture {

/// Passed from reader to reader: how far one was, seen by somebody in a read section, is to be seen
/// by a third after the grace period of what was read there.
struct Mail {
  enum State : std::uint8_t { kFree, kBeingWritten, kOnItsWay, kArrived };
  std::atomic<State> state{kFree};
  // Written on the way, read when it has arrived.
  unsigned whose = 0;
  std::uint64_t loops = 0;
};

/// Published, removed, and aged by a grace period at a time, until it goes home.
template <class World>
struct Element : sync::RcuHead {
  Element(World& w, std::uint64_t n) : world(w), stamp(n), complement(~n) {}
  ~Element() {
    send_mail();  // of one that was dropped
    stamp = 0;
    complement = 0;
    // Relaxed: for readers that should not be there.
    age.store(kGone, std::memory_order_relaxed);
  }
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;

  /// A grace period has passed since it was removed.
  void send_mail() {
    // Relaxed: the grace period has ordered it.
    if (Mail* const on_its_way = mail.exchange(nullptr, std::memory_order_relaxed)) {
      // Release pairs with the acquire of the reader that looks for mail.
      on_its_way->state.store(Mail::kArrived, std::memory_order_release);
    }
  }

  static constexpr unsigned kGone = 1000;

  World& world;
  std::uint64_t stamp;
  std::uint64_t complement;
  /// The ordering flag: true before it is published, false after the grace period.  Plain, so that
  /// ThreadSanitizer checks the order, too.
  bool shown = true;
  /// 0 until the first grace period after the removal, then 2 and one more for each.
  std::atomic<unsigned> age{0};
  mutable std::atomic<Mail*> mail{nullptr};
};

/// On the heap, deleted after a grace period: for AddressSanitizer.
struct Leaf : sync::RcuHead {
  Leaf(std::atomic<std::uint64_t>& count, std::uint64_t n) : alive(count), value(n), check(~n) {
    alive.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
  }
  ~Leaf() {
    value = 0;
    check = 0;
    alive.fetch_sub(1, std::memory_order_relaxed);  // relaxed: a count
  }
  Leaf(const Leaf&) = delete;
  Leaf& operator=(const Leaf&) = delete;

  std::atomic<std::uint64_t>& alive;
  std::uint64_t value;
  std::uint64_t check;
};

}  // namespace baton::torture

#endif  // BATON_TESTS_TORTURE_ELEMENTS_H_
