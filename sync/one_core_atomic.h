// `OneCoreAtomic<T>`: what std::atomic<T> is, for words that do not leave one core.
//
// The core sees its own memory in order, so the orders that are asked for need no barrier but the
// compiler's: no `dmb`.  An operation cannot be torn by an interrupt: on ARMv7-M an exchange is one
// LDREX/STREX sequence, and taking or leaving an exception clears the monitor [ARMv7-M A3.4.4].
//
// Threads and interrupt handlers of one core.
#ifndef BATON_SYNC_ONE_CORE_ATOMIC_H_
#define BATON_SYNC_ONE_CORE_ATOMIC_H_

#include <atomic>

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
    // Before what is loaded after it: pairs with the same in whatever context comes between.
    if (order == std::memory_order_seq_cst) std::atomic_signal_fence(std::memory_order_seq_cst);
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
  /// Fails as rarely as the strong one: its loop is shorter than the caller's.
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure) {
    return compare_exchange_strong(expected, desired, success, failure);
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

}  // namespace baton::sync

#endif  // BATON_SYNC_ONE_CORE_ATOMIC_H_
