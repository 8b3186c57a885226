// `AtomicNumericCell<I>`: a number that any core and any context may read, set and add to.
//
// A number has no owner and is never busy or empty.  Every operation is relaxed: a number counts,
// it does not publish anything; what one wants to hand over goes through a cell.  Overflow wraps.
//
// IrqNumericCell is the same for one core's threads and handlers, NumericCell for one context.
#ifndef BATON_SYNC_NUMERIC_CELL_H_
#define BATON_SYNC_NUMERIC_CELL_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <utility>

#include "sync/atomics.h"
#include "sync/core_atomics.h"

namespace baton::sync {

template <std::integral I, class Atomics = StdAtomics>
class AtomicNumericCell {
  static_assert(sizeof(I) <= sizeof(std::uintptr_t), "one word: lock-free on every target");

 public:
  using element_type = I;

  constexpr AtomicNumericCell() = default;
  constexpr explicit AtomicNumericCell(I value) : value_(value) {}
  AtomicNumericCell(const AtomicNumericCell&) = delete;
  AtomicNumericCell& operator=(const AtomicNumericCell&) = delete;

  I get() const {
    // Relaxed: a number publishes nothing.
    return value_.load(std::memory_order_relaxed);
  }
  void set(I value) {
    // Relaxed: a number publishes nothing.
    value_.store(value, std::memory_order_relaxed);
  }
  /// Each returns the number before.
  I replace(I value) {
    // Relaxed: a number publishes nothing.
    return value_.exchange(value, std::memory_order_relaxed);
  }
  I add(I amount) {
    // Relaxed: a number publishes nothing.
    return value_.fetch_add(amount, std::memory_order_relaxed);
  }
  I subtract(I amount) { return add(static_cast<I>(I{0} - amount)); }
  I increment() { return add(I{1}); }
  I decrement() { return subtract(I{1}); }

  /// Sets the number to `f` of it, and returns the number before.  `f` may run several times.
  template <class F>
  I update(F&& f) {
    // Relaxed: a guess, which the compare-and-swap confirms.
    I before = value_.load(std::memory_order_relaxed);
    // Relaxed, both: a number publishes nothing.
    while (!value_.compare_exchange_weak(before, static_cast<I>(std::invoke(f, before)),
                                         std::memory_order_relaxed, std::memory_order_relaxed)) {
    }
    return before;
  }

 private:
  typename Atomics::template Atomic<I> value_{I{0}};
};

template <std::integral I>
using IrqNumericCell = AtomicNumericCell<I, OneCoreAtomics>;

template <std::integral I>
using NumericCell = AtomicNumericCell<I, OneContextAtomics>;

}  // namespace baton::sync

#endif  // BATON_SYNC_NUMERIC_CELL_H_
