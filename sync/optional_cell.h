// `AtomicOptionalCell<T>`: a small copyable value or none, for any core and any context.
//
// Value and presence share one word, so every operation is one atomic step: the cell is never busy,
// and a copy is never torn.  T is trivially copyable and smaller than a word: up to seven bytes on
// 64-bit targets, up to three on 32-bit ones.  Larger values go into a map cell (sync/map_cell.h).
//
// IrqOptionalCell is the same for one core's threads and handlers, OptionalCell for one context.
#ifndef BATON_SYNC_OPTIONAL_CELL_H_
#define BATON_SYNC_OPTIONAL_CELL_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "sync/atomics.h"
#include "sync/core_atomics.h"

namespace baton::sync {

template <class T, class Atomics = StdAtomics>
class AtomicOptionalCell {
  using Word = std::uintptr_t;
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T>);
  static_assert(sizeof(T) < sizeof(Word), "value and presence fit in one word");

 public:
  using element_type = T;

  constexpr AtomicOptionalCell() = default;
  AtomicOptionalCell(const AtomicOptionalCell&) = delete;
  AtomicOptionalCell& operator=(const AtomicOptionalCell&) = delete;

  /// A copy of the value, which stays.
  [[nodiscard]] std::optional<T> get() const {
    // Acquire pairs with the release in set(), replace(), put() and update(): what a value
    // announces is there to be seen.
    return unpacked(word_.load(std::memory_order_acquire));
  }

  /// Whether a value is there at this moment.
  bool is_full() const {
    // Relaxed: a guess; the value is not looked at.
    return word_.load(std::memory_order_relaxed) != kNone;
  }
  /// Whether this value is there at this moment.
  bool contains(T value) const {
    // Relaxed: a guess; nothing that the value announces is looked at.
    return word_.load(std::memory_order_relaxed) == packed(value);
  }

  /// The value from now on, whatever was there.
  void set(T value) {
    // Release pairs with the acquire in get(), take(), replace() and update().
    word_.store(packed(value), std::memory_order_release);
  }
  void clear() {
    // Relaxed: nothing is announced.
    word_.store(kNone, std::memory_order_relaxed);
  }

  /// Takes the value out.
  [[nodiscard]] std::optional<T> take() {
    // Acquire pairs with the release in set(), replace(), put() and update().
    return unpacked(word_.exchange(kNone, std::memory_order_acquire));
  }
  /// Sets the value and returns the one before.
  [[nodiscard]] std::optional<T> replace(T value) {
    // Acquire pairs with the release in set(), put() and replace(); release with the acquire in
    // get(), take() and replace().
    return unpacked(word_.exchange(packed(value), std::memory_order_acq_rel));
  }
  /// Sets the value if there is none; true if so.
  [[nodiscard]] bool put(T value) {
    Word none = kNone;
    // Release pairs with the acquire in get(), take(), replace() and update().  Relaxed on failure:
    // nothing is looked at.
    return word_.compare_exchange_strong(none, packed(value), std::memory_order_release,
                                         std::memory_order_relaxed);
  }

  /// Replaces a value by `f` of it, and returns the one before; nothing when there is none.  `f`
  /// may run several times.
  template <class F>
  std::optional<T> update(F&& f) {
    // Acquire pairs with the release in set(), put(), replace() and update(): `f` may look at what
    // the value announces.
    Word word = word_.load(std::memory_order_acquire);
    do {
      if (word == kNone) return std::nullopt;
      // Release pairs with the acquire in get(), take(), replace() and update(), for what `f` did.
      // Acquire on failure as for the load.
    } while (!word_.compare_exchange_weak(word, packed(std::invoke(f, *unpacked(word))),
                                          std::memory_order_release, std::memory_order_acquire));
    return unpacked(word);
  }

 private:
  static constexpr Word kNone = 0;
  static constexpr unsigned kValueShift = 8;  // above the byte that says that there is one

  static Word packed(T value) {
    Word bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(value));
    return (bits << kValueShift) | 1U;
  }
  static std::optional<T> unpacked(Word word) {
    if (word == kNone) return std::nullopt;
    const Word bits = word >> kValueShift;
    T value;
    __builtin_memcpy(&value, &bits, sizeof(value));
    return value;
  }

  typename Atomics::template Atomic<Word> word_{kNone};
};

template <class T>
using IrqOptionalCell = AtomicOptionalCell<T, OneCoreAtomics>;

template <class T>
using OptionalCell = AtomicOptionalCell<T, OneContextAtomics>;

}  // namespace baton::sync

#endif  // BATON_SYNC_OPTIONAL_CELL_H_
