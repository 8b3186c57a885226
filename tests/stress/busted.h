// Primitives that are broken on purpose, with the interface of the real ones, for the controls:
// what a stress run must find.
#ifndef BATON_TESTS_STRESS_BUSTED_H_
#define BATON_TESTS_STRESS_BUSTED_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "sync/atomics.h"
#include "sync/batch.h"
#include "sync/cell_answers.h"
#include "sync/owned.h"
#include "tests/stress/stress.h"

namespace baton::stress {

/// A cell without a busy state: map takes the object out and puts it back by a plain exchange, so
/// that what somebody put meanwhile is lost.  `kPut` is the order of put.
template <class T, std::memory_order kPut = std::memory_order_release>
class BustedCell {
 public:
  sync::Answer<sync::Owned<T>, sync::Absent> take() {
    // Acquire pairs with put() and map().
    T* const object = word_.exchange(nullptr, std::memory_order_acquire);
    if (object == nullptr) return std::unexpected(sync::Absent::kEmpty);
    return sync::internal::OwnedAccess::adopt(object);
  }
  sync::Answer<void, sync::Refused<T>> put(sync::Owned<T> object) {
    T* expected = nullptr;
    // Release pairs with take() and map(), unless kPut is too weak for that.
    if (word_.compare_exchange_strong(expected, object.get(), kPut, std::memory_order_relaxed)) {
      static_cast<void>(sync::internal::OwnedAccess::disown(std::move(object)));
      return {};
    }
    return std::unexpected(sync::Refused<T>{sync::Refusal::kFull, std::move(object)});
  }
  sync::Answer<std::optional<sync::Owned<T>>, sync::Refused<T>> replace(sync::Owned<T> object) {
    T* const in = sync::internal::OwnedAccess::disown(std::move(object));
    // Acquire and release pair with take(), put() and map().
    T* const old = word_.exchange(in, std::memory_order_acq_rel);
    if (old == nullptr) return std::optional<sync::Owned<T>>();
    return std::optional<sync::Owned<T>>(sync::internal::OwnedAccess::adopt(old));
  }
  template <class F>
  sync::Answer<void, sync::Absent> map(F&& f) {
    // Acquire pairs with put() and map().
    T* const object = word_.exchange(nullptr, std::memory_order_acquire);
    if (object == nullptr) return std::unexpected(sync::Absent::kEmpty);
    std::invoke(std::forward<F>(f), *object);
    // Acquire and release pair with take(), put() and map().  What was there is lost.
    static_cast<void>(word_.exchange(object, std::memory_order_acq_rel));
    return {};
  }

 private:
  YieldingAtomic<T*> word_{nullptr};
};

/// An inbox that forgets to turn its stack round.
template <class T, auto Hook>
class BustedInbox {
 public:
  void push(sync::Owned<T> object) {
    T* const pushed = sync::internal::OwnedAccess::disown(std::move(object));
    T* top = top_.load(std::memory_order_relaxed);
    do {
      (pushed->*Hook).next.write(top);
      // Release pairs with take_all().
    } while (!top_.compare_exchange_weak(top, pushed, std::memory_order_release,
                                         std::memory_order_relaxed));
  }
  auto take_all() {
    // Acquire pairs with push().
    T* const newest = top_.exchange(nullptr, std::memory_order_acquire);
    // Turned round twice: newest first.
    return sync::Batch<T, Hook>::from_newest(sync::internal::reversed<Hook>(newest));
  }

 private:
  YieldingAtomic<T*> top_{nullptr};
};

/// Atomics whose read-modify-writes are a load and a store, with time to come in between.
template <class T>
class TornAtomic {
  using Order = std::memory_order;

 public:
  constexpr explicit TornAtomic(T value = {}) : value_(value) {}
  T load(Order order) const { return value_.load(order); }
  void store(T value, Order order) { value_.store(value, order); }
  T exchange(T value, Order) {
    return modify([value](T) { return value; });
  }
  T fetch_add(T value, Order) {
    return modify([value](T old) { return static_cast<T>(old + value); });
  }
  bool compare_exchange_weak(T& expected, T desired, Order, Order) {
    const T old = modify([&](T now) { return now == expected ? desired : now; });
    return std::exchange(expected, old) == old;
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure) {
    return compare_exchange_weak(expected, desired, success, failure);
  }

 private:
  template <class F>
  T modify(F&& f) {
    // Acquire and release pair with each other, as far as they go.
    const T old = value_.load(std::memory_order_acquire);
    if (time_to_yield()) yield_now();
    value_.store(f(old), std::memory_order_release);
    return old;
  }
  std::atomic<T> value_;
};

struct TornAtomics {
  template <class T>
  using Atomic = TornAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

/// A lock and an inbox in two words, whose holder does not look again after unlocking.
template <class T, class R, auto Hook>
class BustedCombiner {
 public:
  void install(sync::Owned<T> resource) {
    resource_ = sync::internal::OwnedAccess::disown(std::move(resource));
  }
  std::optional<sync::Owned<T>> remove() { return sync::internal::OwnedAccess::adopt(resource_); }
  void drain() {}
  void submit(sync::Owned<R> request) {
    R* const pushed = sync::internal::OwnedAccess::disown(std::move(request));
    R* top = top_.load(std::memory_order_relaxed);
    do {
      (pushed->*Hook).next.write(top);
      // Release pairs with the exchange below.
    } while (!top_.compare_exchange_weak(top, pushed, std::memory_order_release,
                                         std::memory_order_relaxed));
    // Acquire pairs with the release of the lock.
    if (inside_.exchange(true, std::memory_order_acquire)) return;
    // Acquire pairs with the release of the push.
    auto batch =
        sync::Batch<R, Hook>::from_newest(top_.exchange(nullptr, std::memory_order_acquire));
    while (auto popped = batch.pop_front()) R::run(std::move(*popped), *resource_);
    // Release pairs with the acquire of the lock.
    inside_.store(false, std::memory_order_release);
  }

 private:
  YieldingAtomic<bool> inside_{false};
  YieldingAtomic<R*> top_{nullptr};
  T* resource_ = nullptr;
};

}  // namespace baton::stress

#endif  // BATON_TESTS_STRESS_BUSTED_H_
