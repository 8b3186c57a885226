// Atomics that are not: the sweep must find out.
#ifndef BATON_TESTS_TARGET_CORTEX_M_TORN_ATOMICS_H_
#define BATON_TESTS_TARGET_CORTEX_M_TORN_ATOMICS_H_

#include <atomic>

#include "sync/atomics.h"
#include "sync/core_atomics.h"

namespace baton::cortex_m {

/// Every read-modify-write is a load and a store, with room for an interrupt in between.
template <class T>
class TornAtomic {
  using Order = std::memory_order;

 public:
  constexpr TornAtomic() = default;
  constexpr explicit TornAtomic(T value) : value_(value) {}

  // Relaxed, all: what is wrong here is wrong in one context's eyes already.
  T load(Order) const { return value_.load(std::memory_order_relaxed); }
  void store(T value, Order) { value_.store(value, std::memory_order_relaxed); }
  T exchange(T value, Order) { return set(load_again(), value); }
  T fetch_add(T value, Order) {
    const T old = load_again();
    return set(old, static_cast<T>(old + value));
  }
  T fetch_and(T value, Order) {
    const T old = load_again();
    return set(old, static_cast<T>(old & value));
  }
  T fetch_or(T value, Order) {
    const T old = load_again();
    return set(old, static_cast<T>(old | value));
  }
  bool compare_exchange_weak(T& expected, T desired, Order, Order) {
    const T old = load_again();
    if (old != expected) {
      expected = old;
      return false;
    }
    set(old, desired);
    return true;
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure) {
    return compare_exchange_weak(expected, desired, success, failure);
  }

 private:
  T load_again() const { return value_.load(std::memory_order_relaxed); }  // relaxed: as above
  T set(T old, T value) {
    value_.store(value, std::memory_order_relaxed);  // relaxed: as above
    return old;
  }

  std::atomic<T> value_{};
};

struct TornAtomics {
  static constexpr sync::Reach kReach = sync::Reach::kOneCore;
  template <class T>
  using Atomic = TornAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

/// Compare-and-swap stores whatever it finds, so that a put overwrites `busy`.
template <class T>
class DeafAtomic : public sync::OneCoreAtomic<T> {
  using Order = std::memory_order;

 public:
  constexpr DeafAtomic() = default;
  constexpr explicit DeafAtomic(T value) : sync::OneCoreAtomic<T>(value) {}

  bool compare_exchange_strong(T& expected, T desired, Order success, Order /*failure*/) {
    expected = this->exchange(desired, success);
    return true;
  }
};

struct DeafAtomics {
  static constexpr sync::Reach kReach = sync::Reach::kOneCore;
  template <class T>
  using Atomic = DeafAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

}  // namespace baton::cortex_m

#endif  // BATON_TESTS_TARGET_CORTEX_M_TORN_ATOMICS_H_
