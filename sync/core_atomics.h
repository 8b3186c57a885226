// Atomics policies for what does not leave one core, and what does not leave one context.
//
//   OneCoreAtomics     threads and interrupt handlers of one core.  Operations cannot be torn by an
//                      interrupt; the core sees its own memory in order, so barriers are the
//                      compiler's only: no `dmb`, no masking.  On ARMv7-M an exchange is one
//                      LDREX/STREX sequence, and taking or leaving an exception clears the monitor
//                      [ARMv7-M A3.4.4].
//   OneContextAtomics  one context: plain loads and stores, which the compiler may merge and drop.
//   MaskedAtomics      any core, interrupts masked: where there is one, one context.
#ifndef BATON_SYNC_CORE_ATOMICS_H_
#define BATON_SYNC_CORE_ATOMICS_H_

#include <type_traits>
#include <utility>

#include "arch/cpu.h"
#include "sync/atomics.h"
#include "sync/one_core_atomic.h"

namespace baton::sync {

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

/// For words that are touched with interrupts masked only: any core's.  Where there is one, masking
/// makes it one context.
using MaskedAtomics = std::conditional_t<(arch::kMaxCores > 1), StdAtomics, OneContextAtomics>;

}  // namespace baton::sync

#endif  // BATON_SYNC_CORE_ATOMICS_H_
