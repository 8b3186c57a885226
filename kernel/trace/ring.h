// `Ring<N>`: the last N records of one writer, for anybody to read while they are written.
//
// A record is two words of 64 bits, 48 of them the writer's.  The other 16 say in which round of
// the ring the word was written.  A reader who wants record n knows its round: if one word of the
// two is of another, the record has been overwritten, or is being so, and is left out.  So the
// words need no order among each other, and the writer is never held up: two plain stores, and one
// with release for the count.
//
// Writer: one context at a time; the records of a core are written by its threads with interrupts
// masked, and by its handlers.  Readers: any core, any context.  Wait-free, both.
#ifndef BATON_KERNEL_TRACE_RING_H_
#define BATON_KERNEL_TRACE_RING_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "sync/atomics.h"

namespace baton::kernel::trace {

/// A reader that stops between the two words of a record while exactly 65536 rounds pass takes a
/// torn record for a whole one.
template <std::size_t kRecords, class Atomics = sync::StdAtomics>
class Ring {
  static_assert(std::has_single_bit(kRecords) && kRecords >= 2);

 public:
  /// Of a record; goes up by one with each.
  using Number = std::uint64_t;
  /// 48 bits each.
  struct Record {
    std::uint64_t ticks;
    std::uint64_t what;
    friend bool operator==(const Record&, const Record&) = default;
  };
  static constexpr std::uint64_t kPayload = (std::uint64_t{1} << 48U) - 1;

  constexpr Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// The writer's.  48 bits of `ticks` are kept; `what` has no more.
  void put(std::uint64_t ticks, std::uint64_t what) {
    // Relaxed: only the writer stores it.
    const Number number = end_.load(std::memory_order_relaxed);
    const std::uint64_t round = round_of(number);
    Slot& slot = slots_[number % kRecords];
    // Relaxed, both: each word says by itself which record it is of.
    slot.ticks.store(round | (ticks & kPayload), std::memory_order_relaxed);
    slot.what.store(round | what, std::memory_order_relaxed);
    // Release pairs with the acquire in end(): who knows of the record finds it, or a later one.
    end_.store(number + 1, std::memory_order_release);
  }

  /// One more than the last record's number.
  Number end() const {
    // Acquire pairs with the release in put(): the words of all records below.
    return end_.load(std::memory_order_acquire);
  }
  /// The oldest record that a ring which ends at `end` still has.
  static constexpr Number begin(Number end) {
    return end - kFirst < kRecords ? kFirst : end - kRecords;
  }

  /// Record `number`, which is below a value of end(); nothing if it has been overwritten.
  std::optional<Record> read(Number number) const {
    const std::uint64_t round = round_of(number);
    const Slot& slot = slots_[number % kRecords];
    // Relaxed, both: see put().
    const std::uint64_t ticks = slot.ticks.load(std::memory_order_relaxed);
    const std::uint64_t what = slot.what.load(std::memory_order_relaxed);
    if ((ticks & ~kPayload) != round || (what & ~kPayload) != round) return std::nullopt;
    return Record{.ticks = ticks & kPayload, .what = what & kPayload};
  }

 private:
  static constexpr unsigned kIndexBits = std::bit_width(kRecords) - 1;
  // Two rounds before the rounds' numbers wrap: nobody may rely on them.  Not round 0, of which the
  // words are that were never written.
  static constexpr Number kFirst = Number{0xfffe} << kIndexBits;

  static constexpr std::uint64_t round_of(Number number) { return (number >> kIndexBits) << 48U; }

  struct Slot {
    typename Atomics::template Atomic<std::uint64_t> ticks{0};
    typename Atomics::template Atomic<std::uint64_t> what{0};
  };

  typename Atomics::template Atomic<Number> end_{kFirst};
  std::array<Slot, kRecords> slots_{};
};

}  // namespace baton::kernel::trace

#endif  // BATON_KERNEL_TRACE_RING_H_
