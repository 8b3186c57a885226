// Atomics policies for what does not leave one core, and what does not leave one context.
//
//   OneCoreAtomics     threads and interrupt handlers of one core.  Operations cannot be torn by an
//                      interrupt; the core sees its own memory in order, so barriers are the
//                      compiler's only: no `dmb`, no masking.  On ARMv7-M an exchange is one
//                      LDREX/STREX sequence, and taking or leaving an exception clears the monitor
//                      [ARMv7-M A3.4.4].
//   OneContextAtomics  one context: plain loads and stores, which the compiler may merge and drop.
#ifndef BATON_SYNC_CORE_ATOMICS_H_
#define BATON_SYNC_CORE_ATOMICS_H_

#include <atomic>
#include <utility>

#include "sync/atomics.h"

namespace baton::sync {

/// std::atomic between interrupts of one core.  The orders that are asked for hold against
/// handlers.
template <class T>
class OneCoreAtomic {
  using Order = std::memory_order;

 public:
  constexpr OneCoreAtomic() = default;
  constexpr explicit OneCoreAtomic(T value) : value_(value) {}

  T load(Order order) const {
    // Relaxed: on one core the order is the compiler's, kept by after().
    const T value = value_.load(std::memory_order_relaxed);
    after(order);
    return value;
  }
  void store(T value, Order order) {
    before(order);
    // Relaxed: on one core the order is the compiler's, kept by before().
    value_.store(value, std::memory_order_relaxed);
  }
  T exchange(T value, Order order) {
    before(order);
    // Relaxed: on one core the order is the compiler's, kept by before() and after().
    const T old = value_.exchange(value, std::memory_order_relaxed);
    after(order);
    return old;
  }
  T fetch_add(T value, Order order) {
    before(order);
    // Relaxed: on one core the order is the compiler's, kept by before() and after().
    const T old = value_.fetch_add(value, std::memory_order_relaxed);
    after(order);
    return old;
  }
  T fetch_sub(T value, Order order) {
    before(order);
    // Relaxed: on one core the order is the compiler's, kept by before() and after().
    const T old = value_.fetch_sub(value, std::memory_order_relaxed);
    after(order);
    return old;
  }
  T fetch_and(T value, Order order) {
    before(order);
    // Relaxed: on one core the order is the compiler's, kept by before() and after().
    const T old = value_.fetch_and(value, std::memory_order_relaxed);
    after(order);
    return old;
  }
  T fetch_or(T value, Order order) {
    before(order);
    // Relaxed: on one core the order is the compiler's, kept by before() and after().
    const T old = value_.fetch_or(value, std::memory_order_relaxed);
    after(order);
    return old;
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure) {
    before(success);
    // Relaxed: on one core the order is the compiler's, kept by before() and after().
    const bool done = value_.compare_exchange_weak(expected, desired, std::memory_order_relaxed,
                                                   std::memory_order_relaxed);
    after(done ? success : failure);
    return done;
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure) {
    before(success);
    // Relaxed: on one core the order is the compiler's, kept by before() and after().
    const bool done = value_.compare_exchange_strong(expected, desired, std::memory_order_relaxed,
                                                     std::memory_order_relaxed);
    after(done ? success : failure);
    return done;
  }

 private:
  static void before(Order order) {
    // The compiler's release pairs with the compiler's acquire in after(), in whatever context runs
    // next on this core.
    if (order != std::memory_order_relaxed) std::atomic_signal_fence(std::memory_order_release);
  }
  static void after(Order order) {
    // The compiler's acquire pairs with the compiler's release in before().
    if (order != std::memory_order_relaxed) std::atomic_signal_fence(std::memory_order_acquire);
  }

  std::atomic<T> value_{};
};

struct OneCoreAtomics : internal::SpinningAwait {
  static constexpr Reach kReach = Reach::kOneCore;
  template <class T>
  using Atomic = OneCoreAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

/// std::atomic's interface on a plain word.
template <class T>
class OneContextAtomic {
  using Order = std::memory_order;

 public:
  constexpr OneContextAtomic() = default;
  constexpr explicit OneContextAtomic(T value) : value_(value) {}

  T load(Order) const { return value_; }
  void store(T value, Order) { value_ = value; }
  T exchange(T value, Order) {
    const T old = value_;
    // A store that changes nothing is left out: where the closure is inlined, a cell's word is then
    // neither made busy nor full again, and a map compiles to what a plain pointer would.
    if (old != value) value_ = value;
    return old;
  }
  T fetch_add(T value, Order) { return std::exchange(value_, static_cast<T>(value_ + value)); }
  T fetch_sub(T value, Order) { return std::exchange(value_, static_cast<T>(value_ - value)); }
  T fetch_and(T value, Order) { return std::exchange(value_, static_cast<T>(value_ & value)); }
  T fetch_or(T value, Order) { return std::exchange(value_, static_cast<T>(value_ | value)); }
  bool compare_exchange_weak(T& expected, T desired, Order, Order) {
    return compare_exchange(expected, desired);
  }
  bool compare_exchange_strong(T& expected, T desired, Order, Order) {
    return compare_exchange(expected, desired);
  }

 private:
  bool compare_exchange(T& expected, T desired) {
    if (value_ == expected) {
      value_ = desired;
      return true;
    }
    expected = value_;
    return false;
  }

  T value_{};
};

struct OneContextAtomics {
  static constexpr Reach kReach = Reach::kOneContext;
  template <class T>
  using Atomic = OneContextAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_CORE_ATOMICS_H_
