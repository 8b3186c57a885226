// `MpmcRing<T, N>`: a queue of at most N values, from many producers to many consumers.
//
//   constinit sync::MpmcRing<sync::Owned<Job>, 64> jobs;
//   auto pushed = jobs.push(std::move(job));
//   if (!pushed) job = std::move(pushed.error().value);      // full or busy: it comes back
//   auto popped = jobs.pop();                                // the oldest job, or: empty, busy
//
// T is trivially copyable, or an Owned.  Vyukov's bounded queue: a cell says whose turn it is.  A
// producer claims the cell at the tail by a compare-and-swap on the tail, fills it, and then turns
// it over to the consumers; a consumer does the same at the head.
//
// No operation waits, but the ring is not lock-free in the strict sense: between claim and
// turn-over a cell is somebody's, and a consumer that comes to it gets nothing from the cells
// behind it, although they are filled.  Where Vyukov's text says "empty", Baton answers `busy`: a
// push has begun and has not ended; likewise a producer on a full turn learns from `full` or `busy`
// whether a pop has begun.  What this means for interrupt handlers:
//
//   * A handler may push and pop; it never spins.  What it interrupted on this core cannot go on
//     before it returns, so it takes `busy` for an answer and does not try again.
//   * A thread that is interrupted, or worse, preempted, inside push() holds up what others push
//     after it, for all consumers, for as long: an inversion of priorities, though never a loss.
//     Where that is too long, push and pop with interrupts masked on this core: the cell is then
//     turned over a few instructions after it was claimed.
//   * Whoever must not be held up by anybody uses an Inbox (sync/inbox.h), where a push is complete
//     with its one compare-and-swap, or one SpscRing per producer.
//
// Each answer is right in itself: there was a moment, not before anything that the caller knows of,
// when the ring was full, or empty.  Two answers need not agree: as with SpscRing, a producer may
// be told "full" and a consumer "empty" at the same time.
//
// Rejected: queues that are lock-free strictly (Nikolaev's SCQ; cells with a compare-and-swap on
// value and turn in one).  They take two more compare-and-swaps per operation, or a word wide
// enough for a pointer and a turn, which 32-bit exclusives are not.
//
// Any core, any context.  No destructor: whoever ends a ring of Owned objects empties it before.
#ifndef BATON_SYNC_MPMC_RING_H_
#define BATON_SYNC_MPMC_RING_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <utility>

#include "sync/atomics.h"
#include "sync/cache_line.h"
#include "sync/cell_answers.h"
#include "sync/ring_value.h"

namespace baton::sync {

/// The value that was not pushed, back with its owner, and why.
template <class T>
struct [[nodiscard]] NotPushed {
  Refusal why;
  T value;
};

/// Positions are 32-bit words and begin at `First`, near their wrap, so that it is met early; a
/// ring that is to be all zeros, for .bss, begins at 0.  Somebody who stops between reading a
/// position and the compare-and-swap while exactly 2^32 values pass is fooled.
template <class T, std::size_t N, class Atomics = StdAtomics,
          std::uint32_t First = std::uint32_t{0} - static_cast<std::uint32_t>(N)>
class MpmcRing {
  static_assert(std::has_single_bit(N) && N >= 2, "a ring's size is a power of two, and not 1");
  static_assert(N <= std::size_t{1} << 30, "turns are compared as signed 32-bit numbers");
  static_assert(First % N == 0, "positions begin at the first cell");

 public:
  using value_type = T;

  constexpr MpmcRing() = default;
  MpmcRing(const MpmcRing&) = delete;
  MpmcRing& operator=(const MpmcRing&) = delete;

  static constexpr std::size_t capacity() { return N; }

  /// Leaves the value here, or hands it back: kFull, or kBusy if a pop is under way at the cell
  /// that comes next.  Retries only when another push succeeded meanwhile.
  Answer<void, NotPushed<T>> push(T value) {
    const Answer<Position, Refusal> claimed = claim_to_fill();
    if (!claimed) return std::unexpected(NotPushed<T>{claimed.error(), std::move(value)});
    Cell& cell = cells_[*claimed % N];
    cell.value.write(Value::into(std::move(value)));
    // Release pairs with the acquire in claim_to_read(): the cell, and what its object holds.
    cell.turn.store(filled_at(*claimed), std::memory_order_release);
    return {};
  }

  /// The oldest value; or kEmpty, or kBusy if a push is under way at the cell that comes next.
  /// Retries only when another pop succeeded meanwhile.
  [[nodiscard]] Answer<T, Absent> pop() {
    const Answer<Position, Absent> claimed = claim_to_read();
    if (!claimed) return std::unexpected(claimed.error());
    Cell& cell = cells_[*claimed % N];
    Answer<T, Absent> value(Value::out_of(cell.value.read()));
    // Release pairs with the acquire in claim_to_fill(): we have read the cell.
    cell.turn.store(free_at(*claimed + static_cast<Position>(N)), std::memory_order_release);
    return value;
  }

  /// How many values there are at about this moment, pushes and pops under way included.
  [[nodiscard]] std::size_t size() const {
    // Relaxed, both: a number, outdated once it is read.
    const Position head = head_.word.load(std::memory_order_relaxed);
    const Position tail = tail_.word.load(std::memory_order_relaxed);
    const Difference count = difference(tail, head);
    if (count < 0) return 0;
    return static_cast<std::size_t>(count) < N ? static_cast<std::size_t>(count) : N;
  }
  [[nodiscard]] bool empty() const { return size() == 0; }

 private:
  using Position = std::uint32_t;
  using Difference = std::int32_t;
  using Value = internal::RingValue<T>;

  // A cell's turn: the first position of its time round the ring, and 1 more while it is filled.
  static constexpr Position free_at(Position position) {
    return position & ~static_cast<Position>(N - 1);
  }
  static constexpr Position filled_at(Position position) { return free_at(position) + 1; }
  static constexpr Difference difference(Position a, Position b) {
    return static_cast<Difference>(a - b);
  }

  struct Cell {
    typename Atomics::template Atomic<Position> turn{First};
    typename Atomics::template Plain<typename Value::Stored> value{};
  };
  struct alignas(kApart<Position, Atomics>) Apart {
    typename Atomics::template Atomic<Position> word{First};
  };

  // In both: who reads a position acquires what those did before who claimed up to there.  Without
  // that a consumer could know of somebody's pop, but not of the push that he did before it, and
  // call a ring empty that never was.

  Answer<Position, Refusal> claim_to_fill() {
    // Acquire pairs with the release of the claim, below, by another producer.
    Position tail = tail_.word.load(std::memory_order_acquire);
    for (;;) {
      // Acquire pairs with the release in pop(): the consumer of the last turn has read the cell.
      // It pairs with the release in push(), too: who finds the cell filled knows of its claim.
      const Position turn = cells_[tail % N].turn.load(std::memory_order_acquire);
      const Difference early = difference(turn, free_at(tail));
      if (early == 0) {
        // Release pairs with the acquire of the tail, above, below and on failure here.
        if (tail_.word.compare_exchange_weak(tail, tail + 1, std::memory_order_release,
                                             std::memory_order_acquire)) {
          return tail;
        }
      } else if (early < 0) {
        // Relaxed: only says whether somebody has begun to make room.
        const Position head = head_.word.load(std::memory_order_relaxed);
        const bool full = difference(tail, head) >= static_cast<Difference>(N);
        return std::unexpected(full ? Refusal::kFull : Refusal::kBusy);
      } else {
        // Acquire pairs with the release of the claim, above; beyond the one that we know of.
        tail = tail_.word.load(std::memory_order_acquire);
      }
    }
  }

  Answer<Position, Absent> claim_to_read() {
    // Acquire pairs with the release of the claim, below, by another consumer.
    Position head = head_.word.load(std::memory_order_acquire);
    for (;;) {
      // Acquire pairs with the release in push(): the cell, and what its object holds.  It pairs
      // with the release in pop(), too: who finds the cell free again knows of its claim.
      const Position turn = cells_[head % N].turn.load(std::memory_order_acquire);
      const Difference early = difference(turn, filled_at(head));
      if (early == 0) {
        // Release pairs with the acquire of the head, above, below and on failure here.
        if (head_.word.compare_exchange_weak(head, head + 1, std::memory_order_release,
                                             std::memory_order_acquire)) {
          return head;
        }
      } else if (early < 0) {
        // Relaxed: only says whether somebody has begun to push.
        const Position tail = tail_.word.load(std::memory_order_relaxed);
        return std::unexpected(difference(tail, head) > 0 ? Absent::kBusy : Absent::kEmpty);
      } else {
        // Acquire pairs with the release of the claim, above; beyond the one that we know of.
        head = head_.word.load(std::memory_order_acquire);
      }
    }
  }

  Apart tail_;  // where the next push goes
  Apart head_;  // where the next pop is
  alignas(kApart<Cell, Atomics>) std::array<Cell, N> cells_{};

  friend struct MpmcRingLayout;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_MPMC_RING_H_
