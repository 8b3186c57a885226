// Bugs planted in RCU's engine, each of which the checker must find and name, beside the real one,
// which passes.
//
// The engine is the one that runs: a bug is an atomics policy that does something else in one of
// its functions.
#include <atomic>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <source_location>
#include <utility>

#include "gtest/gtest.h"
#include "sync/rcu/grace_periods.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/planted.h"
#include "tests/model/rcu_domain.h"

namespace baton::model {
namespace {

enum class Bug {
  kNone,
  kNumberReadEarly,          // request() names the grace period by a load that nothing confirms
  kReportRelaxed,            // report() releases nothing
  kWatchingAndPendingApart,  // who watches and who has yet to report, in two words
  kWishForgotten,            // finish() does not look for wishes
  kWishRelaxed,              // request() releases nothing
  kBegunRelaxed,             // begin_group() releases nothing
  kPublishedRelaxed,         // RcuPtr shows an object before it is complete
};

bool is_in(const std::source_location& where, const char* function) {
  return std::strstr(where.function_name(), function) != nullptr;
}

template <Bug kBug, class T>
class PlantedAtomic : public Atomic<T> {
  using Base = Atomic<T>;
  using Order = std::memory_order;
  using Where = std::source_location;
  static constexpr Order kRelaxed = std::memory_order_relaxed;

 public:
  using Base::Base;

  T load(Order order, Where where = Where::current()) const {
    const T value = Base::load(order, where);
    if constexpr (std::integral<T>) {
      if (kBug == Bug::kWishForgotten && is_in(where, "::finish(")) return value & ~kWanted;
    }
    return value;
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure,
                             Where where = Where::current()) {
    if constexpr (std::integral<T>) {
      if (kBug == Bug::kNumberReadEarly && is_in(where, "::request(")) {
        return set_flag(expected, desired, success, failure, where);
      }
      if (kBug == Bug::kWishForgotten && is_in(where, "::finish(")) {
        // Ends the grace period whether somebody wants another one or not.
        T now = expected;
        while (!Base::compare_exchange_weak(now, desired, success, failure, where)) {
        }
        return true;
      }
    }
    if (kBug == Bug::kWishRelaxed && success == std::memory_order_release) success = kRelaxed;
    if (kBug == Bug::kBegunRelaxed && is_in(where, "::begin_group(")) {
      success = std::memory_order_acquire;
    }
    return Base::compare_exchange_weak(expected, desired, success, failure, where);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure,
                               Where where = Where::current()) {
    if (kBug == Bug::kPublishedRelaxed && is_in(where, "::publish(")) success = kRelaxed;
    return Base::compare_exchange_strong(expected, desired, success, failure, where);
  }
  T exchange(T value, Order order, Where where = Where::current()) {
    if (kBug == Bug::kPublishedRelaxed && is_in(where, "::replace(")) {
      order = std::memory_order_acquire;
    }
    return Base::exchange(value, order, where);
  }
  T fetch_and(T value, Order order, Where where = Where::current()) {
    if (kBug == Bug::kReportRelaxed && is_in(where, "::report(")) {
      order = std::memory_order_acquire;
    }
    return Base::fetch_and(value, order, where);
  }

 private:
  static constexpr std::uintptr_t kWanted = 2;
  static constexpr std::uintptr_t kFlags = 3;

  // Sets the flag whatever the number is by now; the caller goes on with the number that it had.
  bool set_flag(T& expected, T desired, Order success, Order failure, const Where& where) {
    const T flag = desired ^ expected;
    T now = expected;
    while (!Base::compare_exchange_weak(now, now | flag, success, failure, where)) {
      if (((now ^ expected) & kFlags) != 0) {
        expected = now;
        return false;
      }
    }
    return true;
  }
};

/// A group's word as two: somebody may come in between.
class TornGroup {
  using T = std::uintptr_t;
  using Order = std::memory_order;
  using Where = std::source_location;
  static constexpr unsigned kHalf = 32;
  static constexpr T kLow = (T{1} << kHalf) - 1;

 public:
  T load(Order order, Where where) const {
    return watching_.load(order, where) | (pending_.load(order, where) << kHalf);
  }
  T fetch_or(T bits, Order order, Where where) {
    return watching_.fetch_or(bits & kLow, order, where);
  }
  T fetch_and(T bits, Order order, Where where) {
    const T watching = watching_.fetch_and(bits & kLow, order, where);
    return watching | (pending_.fetch_and(bits >> kHalf, order, where) << kHalf);
  }
  bool compare_exchange_weak(T& expected, T desired, Order, Order failure, Where where) {
    // Acquire pairs with those who went away.
    const T watching = watching_.load(std::memory_order_acquire, where);
    if (watching != (expected & kLow)) {
      expected = load(failure, where);
      return false;
    }
    // Acquire and release pair with the reports.
    pending_.exchange(desired >> kHalf, std::memory_order_acq_rel, where);
    return true;
  }

 private:
  Atomic<T> watching_;
  Atomic<T> pending_;
};

/// The engine's words: those of the groups are torn.
template <class T>
class MaybeTorn : public Atomic<T> {
  using Base = Atomic<T>;
  using Order = std::memory_order;
  using Where = std::source_location;

 public:
  using Base::Base;

  T load(Order order, Where where = Where::current()) const {
    if (is_in(where, "::is_pending(") || is_in(where, "::begin_group(")) {
      return group_.load(order, where);
    }
    return Base::load(order, where);
  }
  T fetch_or(T bits, Order order, Where where = Where::current()) {
    return group_.fetch_or(bits, order, where);
  }
  T fetch_and(T bits, Order order, Where where = Where::current()) {
    return group_.fetch_and(bits, order, where);
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure,
                             Where where = Where::current()) {
    if (is_in(where, "::begin_group(")) {
      return group_.compare_exchange_weak(expected, desired, success, failure, where);
    }
    return Base::compare_exchange_weak(expected, desired, success, failure, where);
  }

 private:
  TornGroup group_;
};

template <Bug kBug>
struct PlantedAtomics {
  template <class T>
  using Atomic = PlantedAtomic<kBug, T>;
  template <class T>
  using Plain = model::Plain<T>;
  template <class T, class Wanted, class Pause>
  static void await_acquire(const Atomic<T>& atomic, Wanted&& wanted, Pause&& pause) {
    ModelAtomics::await_acquire(atomic, wanted, pause);
  }
};
template <>
struct PlantedAtomics<Bug::kWatchingAndPendingApart> {
  template <class T>
  using Atomic = MaybeTorn<T>;
  template <class T>
  using Plain = model::Plain<T>;
  template <class T, class Wanted, class Pause>
  static void await_acquire(const Atomic<T>& atomic, Wanted&& wanted, Pause&& pause) {
    ModelAtomics::await_acquire(atomic, wanted, pause);
  }
};

struct Leaf {
  explicit Leaf(int n) : value(n) {}
  Plain<int> value;
};

/// A tree with one leaf, which its updater unlinks and destroys after a grace period.
template <Bug kBug>
struct Tree {
  sync::GracePeriods<2, PlantedAtomics<kBug>> engine;
  Atomic<Leaf*> shared{make<Leaf>(1)};

  void read() {
    // Acquire pairs with the set-up.
    Leaf* const leaf = shared.load(std::memory_order_acquire);
    if (leaf != nullptr) require(leaf->value.read() == 1, "a wrong leaf");
  }
  /// A store that publishes nothing: only the grace period may order it.
  void unlink_and_destroy() {
    Leaf* const old = shared.load(std::memory_order_relaxed);
    shared.store(nullptr, std::memory_order_relaxed);
    engine.wait(engine.request(), [] {});
    destroy(old);
  }
};

// The updater looked at the number, and then a whole grace period went by.
template <Bug kBug>
void asks_late(Execution& run) {
  Tree<kBug> tree;
  run.parallel({thread("reader",
                       [&] {
                         tree.engine.enter(0);
                         tree.read();
                         tree.engine.leave(0);
                       }),
                thread("updater", [&] { tree.unlink_and_destroy(); }),
                thread("other", [&] { tree.engine.request(); })});
}

// One reader, which is there when the grace period begins, or comes back.
template <Bug kBug>
void one_reader(Execution& run) {
  Tree<kBug> tree;
  tree.engine.enter(0);
  run.parallel({thread("reader",
                       [&] {
                         tree.engine.quiescent(0);
                         tree.read();
                         tree.engine.leave(0);
                       }),
                thread("updater", [&] { tree.unlink_and_destroy(); })});
}

// A grace period is running when the updater asks, so that it leaves a wish.
template <Bug kBug>
void asks_during_one(Execution& run) {
  Tree<kBug> tree;
  tree.engine.enter(0);
  tree.engine.request();
  run.parallel({thread("reader",
                       [&] {
                         tree.engine.quiescent(0);
                         tree.engine.quiescent(0);
                         tree.read();
                         tree.engine.leave(0);
                       }),
                thread("updater", [&] { tree.unlink_and_destroy(); })});
}

template <Bug kBug, bool kReplaces>
void shows_a_sign(Execution& run) {
  SignPost<PlantedAtomics<kBug>> post;
  auto sign = post.take(0);
  run.parallel({thread("reader", [&] { post.read(); }), thread("updater", [&] {
                  auto painted = post.paint(std::move(sign), 1);
                  if (kReplaces) {
                    require(!post.shown.replace(std::move(painted), post.domain).has_value(),
                            "nothing was shown");
                  } else {
                    require(post.shown.publish(std::move(painted)).has_value(), "refused");
                  }
                })});
}

TEST(RcuPlanted, NumberOfAGracePeriodReadEarly) {
  expect_found("grace period's number read early", "use after free",
               asks_late<Bug::kNumberReadEarly>);
  expect_passed("its number is what the compare-and-swap saw", asks_late<Bug::kNone>);
}

TEST(RcuPlanted, ReportWithoutRelease) {
  expect_found("quiescent state reported relaxed", "use after free",
               one_reader<Bug::kReportRelaxed>);
  expect_passed("quiescent state reported by release", one_reader<Bug::kNone>);
}

TEST(RcuPlanted, IdleHandshakeInTwoWords) {
  expect_found("watching and pending in two words", "deadlock",
               one_reader<Bug::kWatchingAndPendingApart>);
}

TEST(RcuPlanted, WishForgotten) {
  expect_found("the end of a grace period forgets the wish", "deadlock",
               asks_during_one<Bug::kWishForgotten>);
  expect_passed("the end of a grace period sees the wish", asks_during_one<Bug::kNone>);
}

TEST(RcuPlanted, WhatWasUnlinkedBefore) {
  expect_found("a wish that releases nothing", "use after free",
               asks_during_one<Bug::kWishRelaxed>);
  expect_found("a grace period's beginning that releases nothing", "use after free",
               one_reader<Bug::kBegunRelaxed>);
}

// On a machine with x86's memory order no stress run sees this one.
TEST(RcuPlanted, PublishedWithoutRelease) {
  expect_found("published without release", "race", shows_a_sign<Bug::kPublishedRelaxed, false>);
  expect_found("replaced without release", "race", shows_a_sign<Bug::kPublishedRelaxed, true>);
  expect_passed("published by release", shows_a_sign<Bug::kNone, false>);
  expect_passed("replaced by release", shows_a_sign<Bug::kNone, true>);
}

}  // namespace
}  // namespace baton::model
