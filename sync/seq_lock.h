// `SeqLock<T>`: a small value that one writes and everybody reads, without ever holding up the
// writer.
//
//   constinit sync::SeqLock<Calibration> calibration;
//   calibration.write({.ticks = 19, .shift = 3});                    // the writer's; never waits
//   std::optional<Calibration> now = calibration.try_read();         // nothing: a write came
//   between
//
// A sequence number goes up by one before a write, and by one after it: odd means that a write is
// under way.  A reader copies the value, and looks at the number before and after; if it is the
// same even one, no write came in between and the copy is whole.
//
// In C++'s memory model the copy itself must not be a race, and the second look must not come
// before it [Boehm12].  So the value is kept as relaxed words would be, but with the orders that
// make fences needless: words are stored with release, after the odd number, and loaded with
// acquire, before the second look.  Whoever reads a word of a write therefore sees its odd number,
// or a later one.  On x86 all of these are plain loads and stores; on AArch64 LDAR and STLR.
//
// Readers: any core, any context; read only, so they do not slow each other down.  Writers: one at
// a time, one context, or under a lock that they bring (debug builds find two at once).  A handler
// that interrupts the writer on its core gets nothing, however often it asks: it uses try_read()
// and lives with the answer, and read() is not for it.  IrqSeqLock is the same for one core.
#ifndef BATON_SYNC_SEQ_LOCK_H_
#define BATON_SYNC_SEQ_LOCK_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "arch/cpu.h"
#include "sync/atomics.h"
#include "sync/core_atomics.h"
#include "sync/misuse.h"

namespace baton::sync {

/// The numbers are 32-bit words and begin near their wrap.  A reader that stops in the middle of a
/// copy while exactly 2^31 writes pass takes a torn copy for a whole one.
template <class T, class Atomics = StdAtomics>
class SeqLock {
  using Word = std::uintptr_t;
  static constexpr std::size_t kWords = (sizeof(T) + sizeof(Word) - 1) / sizeof(Word);
  static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>);
  static_assert(std::endian::native == std::endian::little);
  static_assert(kWords <= 8, "larger values are better published by address");

 public:
  using value_type = T;

  /// T with all bytes zero.
  constexpr SeqLock() : SeqLock(Words{}, std::make_index_sequence<kWords>()) {}
  /// Constant-initialized only with a T that has no padding.
  constexpr explicit SeqLock(const T& value)
      : SeqLock(to_words(value), std::make_index_sequence<kWords>()) {}
  SeqLock(const SeqLock&) = delete;
  SeqLock& operator=(const SeqLock&) = delete;

  /// The value from now on.  The writer's.  Wait-free.
  void write(const T& value) {
    // Relaxed: only the writer stores it.
    const Number number = number_.load(std::memory_order_relaxed);
    BATON_NO_MISUSE(number % 2 == 0, this, "a value is written while somebody else writes it");
    // Relaxed: comes with the first word that a reader sees of this write.
    number_.store(number + 1, std::memory_order_relaxed);
    const Words words = to_words(value);
    for (std::size_t i = 0; i < kWords; ++i) {
      // Release pairs with the acquire of the words in try_read(): the odd number.
      cells_[i].word.store(words[i], std::memory_order_release);
    }
    // Release pairs with the acquire of the number in try_read(): all the words.
    number_.store(number + 2, std::memory_order_release);
  }

  /// A copy of the value; nothing if a write is under way or came in between.  Wait-free.
  [[nodiscard]] std::optional<T> try_read() const {
    // Acquire pairs with the release of the even number in write(): its words, or later ones.
    const Number before = number_.load(std::memory_order_acquire);
    if (before % 2 != 0) return std::nullopt;
    Words words;
    for (std::size_t i = 0; i < kWords; ++i) {
      // Acquire pairs with the release of the words in write(): the odd number of the write that
      // this is from, if it began after our first look, is there to be seen by the second.
      words[i] = cells_[i].word.load(std::memory_order_acquire);
    }
    // Relaxed: the words were acquired, so this cannot be older than they are.
    if (number_.load(std::memory_order_relaxed) != before) return std::nullopt;
    T value;
    __builtin_memcpy(&value, words.data(), sizeof(T));
    return value;
  }

  /// A copy of the value.  Tries again while writes come in between, so not for handlers that may
  /// have interrupted the writer, nor for who keeps it from running by priority.
  T read() const {
    for (;;) {
      if (const std::optional<T> value = try_read()) return *value;
      arch::relax();
    }
  }

 private:
  using Number = std::uint32_t;
  using Words = std::array<Word, kWords>;

  struct Cell {
    typename Atomics::template Atomic<Word> word;
  };

  template <std::size_t... I>
  constexpr SeqLock(const Words& words, std::index_sequence<I...>)
      : cells_{{Cell{typename Atomics::template Atomic<Word>(words[I])}...}} {}

  static constexpr Words to_words(const T& value) {
    Words words{};
    if consteval {
      const auto bytes = std::bit_cast<std::array<unsigned char, sizeof(T)>>(value);
      for (std::size_t i = 0; i < sizeof(T); ++i) {
        // In the order of memory: little-endian, as every port is.
        words[i / sizeof(Word)] |= static_cast<Word>(bytes[i]) << (i % sizeof(Word) * 8);
      }
    } else {
      __builtin_memcpy(words.data(), &value, sizeof(T));
    }
    return words;
  }

  typename Atomics::template Atomic<Number> number_{Number{0} - 4};
  std::array<Cell, kWords> cells_;
};

/// Between threads and interrupt handlers of one core: compiler barriers only.
template <class T>
using IrqSeqLock = SeqLock<T, OneCoreAtomics>;

}  // namespace baton::sync

#endif  // BATON_SYNC_SEQ_LOCK_H_
