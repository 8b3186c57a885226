// `IndexStack<N>`: a lock-free stack of the numbers 0 to N - 1, each in it at most once; what Pool
// and Stack are made of.
//
// Its top is one 32-bit word of index and generation; every removal bumps the generation, so that a
// remover that was interrupted between reading the top and its compare-and-swap fails when anything
// was removed meanwhile, even where the same number is on top again (the ABA problem).  It would be
// fooled only by exactly 2^G removals in between, G being 32 - bit_width(N): 2^25 for 64 numbers.
// So 32-bit exclusives are enough, and nothing is read that may have been given back.
//
// A link is kept as the distance from the number that follows, so that a full stack that nobody
// touched yet is all zeros: it sits in .bss and needs no start-up code.
//
// Any core, any context; lock-free; no operation waits.
#ifndef BATON_SYNC_INDEX_STACK_H_
#define BATON_SYNC_INDEX_STACK_H_

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sync/atomics.h"

namespace baton::sync {

/// `GenerationBits` is for tests, which make the generation wrap.
template <std::size_t N, class Atomics = StdAtomics,
          unsigned GenerationBits = 32U - std::bit_width(N)>
class IndexStack {
  static constexpr unsigned kIndexBits = std::bit_width(N);
  static_assert(N > 0 && kIndexBits + GenerationBits <= 32 && kIndexBits < 32);
  static_assert(N <= (std::size_t{1} << 30));

 public:
  using Index = std::uint32_t;
  static constexpr Index kNone = N;  ///< no number: the one after the last
  enum class Start : std::uint8_t { kFull, kEmpty };

  /// Full: 0 on top, then 1, and so on.
  constexpr explicit IndexStack(Start start) : top_(start == Start::kFull ? 0 : kNone) {}
  IndexStack(const IndexStack&) = delete;
  IndexStack& operator=(const IndexStack&) = delete;

  /// Puts a number on top, which is not in the stack.
  void push(Index index) {
    // Relaxed: a guess, which the compare-and-swap confirms.
    Word top = top_.load(std::memory_order_relaxed);
    do {
      // Relaxed: published by the release below.
      links_[index].store(index_of(top) - (index + 1), std::memory_order_relaxed);
      // Release pairs with the acquire in pop().  The generation stays: only a removal can make an
      // earlier reader's link wrong.  Relaxed on failure: `top` is a guess again.
    } while (!top_.compare_exchange_weak(top, top_of(index, generation_of(top)),
                                         std::memory_order_release, std::memory_order_relaxed));
  }

  /// Takes the number on top, or kNone.
  Index pop() {
    // Acquire pairs with the release in push(), here and on failure below: the link of the number
    // on top, and what its last owner did, are ours to see.
    Word top = top_.load(std::memory_order_acquire);
    for (;;) {
      const Index index = index_of(top);
      if (index == kNone) return kNone;
      // Relaxed: ordered by the acquire of `top`.  If the number is out by now this is no link, but
      // then the generation has moved on and the compare-and-swap fails.
      const Word distance = links_[index].load(std::memory_order_relaxed);
      const Index next = (index + 1 + distance) & kIndexMask;
      // Relaxed on success: the word read is the very one that `top` was read from, already
      // acquired, as no value of the word comes twice.  Acquire on failure pairs with push().
      if (top_.compare_exchange_weak(top, top_of(next, generation_of(top) + 1),
                                     std::memory_order_relaxed, std::memory_order_acquire)) {
        // Relaxed: for is_out(); orders nothing.
        links_[index].store(kOut, std::memory_order_relaxed);
        return index;
      }
    }
  }

  /// Whether this number was taken and not put back.  Of one's own, or at about this moment.
  bool is_out(Index index) const {
    // Relaxed: the mark is our own thread's or came with the number; else it is for people.
    return links_[index].load(std::memory_order_relaxed) == kOut;
  }

  /// Whether nothing is there at about this moment.
  bool is_empty() const {
    // Relaxed: a hint.
    return index_of(top_.load(std::memory_order_relaxed)) == kNone;
  }

 private:
  using Word = std::uint32_t;

  static constexpr Word kIndexMask = (Word{1} << kIndexBits) - 1;
  static constexpr Word kGenerationMask =
      GenerationBits == 0 ? 0 : (~Word{0} >> (32U - GenerationBits));
  // A number that was taken has no link; no distance between two of at most 2^30 looks so.
  static constexpr Word kOut = Word{1} << 31;

  static constexpr Index index_of(Word top) { return top & kIndexMask; }
  static constexpr Word top_of(Index index, Word generation) {
    return index | ((generation & kGenerationMask) << kIndexBits);
  }
  static constexpr Word generation_of(Word top) { return (top >> kIndexBits) & kGenerationMask; }

  typename Atomics::template Atomic<Word> top_;
  typename Atomics::template Atomic<Word> links_[N];
};

}  // namespace baton::sync

#endif  // BATON_SYNC_INDEX_STACK_H_
