// `SpscRing<T, N>`: a queue of at most N values from one producer to one consumer.
//
//   constinit sync::SpscRing<sync::Owned<Buffer>, 16> filled;
//   if (auto pushed = filled.push(std::move(buffer)); !pushed) {
//     buffer = std::move(pushed.error());                          // full: it comes back
//   }
//   std::optional<sync::Owned<Buffer>> next = filled.pop();
//
// T is trivially copyable, or an Owned.  Each end writes an index of its own and keeps a copy of
// the other's, which it looks up again only when the ring seems full, or empty: while there is
// room, a push touches no line that the consumer writes but the cell's.  Indices count modulo 2N,
// so they wrap all the time and full differs from empty without a wasted cell.
//
// A producer that is refused and a consumer that finds nothing may be so at the same time: each
// knows of the other's last step only once it has reached its core.  Whoever goes to sleep on an
// answer is woken by something that synchronizes, after each push or pop.
//
// One producer and one consumer at a time, any core, any context, interrupt handlers included; an
// end passes to another context as an Owned does, by something that synchronizes.  Wait-free: a
// few loads and stores, no exchange.  IrqSpscRing is the same between a thread and a handler of one
// core.  No destructor: whoever ends a ring of Owned objects empties it before.
#ifndef BATON_SYNC_SPSC_RING_H_
#define BATON_SYNC_SPSC_RING_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <utility>

#include "sync/atomics.h"
#include "sync/cache_line.h"
#include "sync/cell_answers.h"
#include "sync/core_atomics.h"
#include "sync/ring_value.h"

namespace baton::sync {

template <class T, std::size_t N, class Atomics = StdAtomics>
class SpscRing {
  static_assert(std::has_single_bit(N), "a ring's size is a power of two");
  static_assert(N <= std::size_t{1} << 30, "indices modulo 2N are 32-bit words");

 public:
  using value_type = T;

  constexpr SpscRing() = default;
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  static constexpr std::size_t capacity() { return N; }

  /// The producer's.  Hands the value back when the ring is full.
  Answer<void, T> push(T value) {
    // Relaxed: only we write it.
    const Index tail = producer_.tail.load(std::memory_order_relaxed);
    if (distance(producer_.seen_head.read(), tail) == N) {
      // Acquire pairs with the release in pop(): the consumer has read the cells that it left.
      producer_.seen_head.write(consumer_.head.load(std::memory_order_acquire));
      if (distance(producer_.seen_head.read(), tail) == N) {
        return std::unexpected(std::move(value));
      }
    }
    cells_[tail % N].write(Value::into(std::move(value)));
    // Release pairs with the acquire in pop(): the cell, and what its object holds.
    producer_.tail.store(next(tail), std::memory_order_release);
    return {};
  }

  /// The consumer's.  The oldest value, or nothing when the ring is empty.
  [[nodiscard]] std::optional<T> pop() {
    // Relaxed: only we write it.
    const Index head = consumer_.head.load(std::memory_order_relaxed);
    if (consumer_.seen_tail.read() == head) {
      // Acquire pairs with the release in push(): the cells up to there, and their objects.
      consumer_.seen_tail.write(producer_.tail.load(std::memory_order_acquire));
      if (consumer_.seen_tail.read() == head) return std::nullopt;
    }
    std::optional<T> value(Value::out_of(cells_[head % N].read()));
    // Release pairs with the acquire in push(): we have read the cell.
    consumer_.head.store(next(head), std::memory_order_release);
    return value;
  }

  /// How many values there are at about this moment.  Exact for the producer when it can only
  /// shrink, and for the consumer when it can only grow.
  [[nodiscard]] std::size_t size() const {
    // Relaxed, both: a number, outdated once it is read; no cell is looked at.
    const Index head = consumer_.head.load(std::memory_order_relaxed);
    const Index tail = producer_.tail.load(std::memory_order_relaxed);
    const Index count = distance(head, tail);
    return count < N ? count : N;  // the head was read first and may be old
  }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] bool full() const { return size() == N; }

 private:
  using Index = std::uint32_t;
  using Value = internal::RingValue<T>;
  using Cell = typename Atomics::template Plain<typename Value::Stored>;

  static constexpr Index kTurn = 2 * N;
  static constexpr Index next(Index index) { return (index + 1) % kTurn; }
  static constexpr Index distance(Index from, Index to) { return (to - from) % kTurn; }

  struct alignas(kApart<Index, Atomics>) Producer {
    typename Atomics::template Atomic<Index> tail{0};
    typename Atomics::template Plain<Index> seen_head{0};
  };
  struct alignas(kApart<Index, Atomics>) Consumer {
    typename Atomics::template Atomic<Index> head{0};
    typename Atomics::template Plain<Index> seen_tail{0};
  };

  Producer producer_;
  Consumer consumer_;
  alignas(kApart<Cell, Atomics>) std::array<Cell, N> cells_{};

  friend struct SpscRingLayout;
};

/// Between a thread and an interrupt handler of one core: compiler barriers only, and no padding.
template <class T, std::size_t N>
using IrqSpscRing = SpscRing<T, N, OneCoreAtomics>;

}  // namespace baton::sync

#endif  // BATON_SYNC_SPSC_RING_H_
