// `Pool<T, N>`: room for N objects, handed out as Owned<T> and taken back when the handle is
// dropped.
//
// Free slots form a stack.  Its top is one 32-bit word of index and generation; every removal bumps
// the generation, so that a remover that was interrupted between reading the top and its
// compare-and-swap fails when anything was removed meanwhile, even where the same slot is on top
// again (the ABA problem).  It would be fooled only by exactly 2^G removals in between, G being 32
// - bit_width(N): 2^25 for 64 slots.
//
// A slot's link is kept as the distance from the slot that follows it in memory, so that a pool
// that nobody touched yet is all zeros: it sits in .bss and needs no start-up code.
//
// Any core, any context; lock-free; no operation waits.
#ifndef BATON_SYNC_POOL_H_
#define BATON_SYNC_POOL_H_

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "sync/atomics.h"
#include "sync/owned.h"

namespace baton::sync {

/// `GenerationBits` is for tests, which make the generation wrap.
template <class T, std::size_t N, class Atomics = StdAtomics,
          unsigned GenerationBits = 32U - std::bit_width(N)>
class Pool {
  static constexpr unsigned kIndexBits = std::bit_width(N);
  static_assert(N > 0 && kIndexBits + GenerationBits <= 32 && kIndexBits < 32);

 public:
  constexpr Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  static constexpr std::size_t capacity() { return N; }

  /// Constructs a T in a free slot; nothing when there is none.  O(1) but for retries.
  template <class... Args>
  [[nodiscard]] std::optional<Owned<T>> make(Args&&... args) {
    Slot* const slot = remove_top();
    if (slot == nullptr) return std::nullopt;
    slot->word.go_home = &come_home;
    slot->index = static_cast<Word>(slot - &slots_[0]);
    return internal::OwnedAccess::adopt(
        std::construct_at(&slot->value, std::forward<Args>(args)...));
  }

  /// Whether the object lives in this pool.
  bool owns(const T* object) const {
    const auto address = reinterpret_cast<std::uintptr_t>(object);
    const auto first = reinterpret_cast<std::uintptr_t>(&slots_[0]);
    return address >= first && address < first + sizeof(slots_);
  }

  /// How many slots are free at about this moment.  O(N); for reports.
  std::size_t available() const {
    std::size_t count = 0;
    for (const Slot& slot : slots_) {
      // Relaxed: a number for people, outdated once it is read.
      if (slot.link.load(std::memory_order_relaxed) != kOut) ++count;
    }
    return count;
  }

 private:
  using Word = std::uint32_t;

  struct Slot : internal::House<T> {
    constexpr Slot() = default;
    typename Atomics::template Atomic<Word> link{0};
    Word index = 0;  // valid while out: where in the pool, and so where the pool is
  };

  static constexpr Word kIndexMask = (Word{1} << kIndexBits) - 1;
  static constexpr Word kGenerationMask =
      GenerationBits == 0 ? 0 : (~Word{0} >> (32U - GenerationBits));
  static constexpr Word kNone = N;             // no slot: the index after the last one
  static constexpr Word kOut = Word{1} << 31;  // a slot that is out has no link; no distance
                                               // between two of at most 2^30 slots looks so
  static_assert(N <= (std::size_t{1} << 30));

  static constexpr Word index_of(Word top) { return top & kIndexMask; }
  static constexpr Word top_of(Word index, Word generation) {
    return index | ((generation & kGenerationMask) << kIndexBits);
  }
  static constexpr Word generation_of(Word top) { return (top >> kIndexBits) & kGenerationMask; }

  Slot* remove_top() {
    // Acquire pairs with the release in insert(), here and on failure below: the link of the slot
    // on top, and what its last owner did to it, are ours to see.
    Word top = top_.load(std::memory_order_acquire);
    for (;;) {
      const Word index = index_of(top);
      if (index == kNone) return nullptr;
      // Relaxed: ordered by the acquire of `top`.  If the slot is out by now this is no link, but
      // then the generation has moved on and the compare-and-swap fails.
      const Word distance = slots_[index].link.load(std::memory_order_relaxed);
      const Word next = (index + 1 + distance) & kIndexMask;
      // Relaxed on success: the word read is the very one that `top` was read from, already
      // acquired, as no value of the word comes twice.  Acquire on failure pairs with insert().
      if (top_.compare_exchange_weak(top, top_of(next, generation_of(top) + 1),
                                     std::memory_order_relaxed, std::memory_order_acquire)) {
        // Relaxed: for available() and for the assertion in insert(); orders nothing.
        slots_[index].link.store(kOut, std::memory_order_relaxed);
        return &slots_[index];
      }
    }
  }

  void insert(Word index) {
    // Relaxed: the slot is still ours; the mark is our own thread's or came with the handle.
    BATON_ASSERT(slots_[index].link.load(std::memory_order_relaxed) == kOut);
    // Relaxed: a guess, which the compare-and-swap confirms.
    Word top = top_.load(std::memory_order_relaxed);
    do {
      // Relaxed: published by the release below.
      slots_[index].link.store(index_of(top) - (index + 1), std::memory_order_relaxed);
      // Release pairs with the acquire in remove_top().  The generation stays: only a removal can
      // make an earlier reader's link wrong.  Relaxed on failure: `top` is a guess again.
    } while (!top_.compare_exchange_weak(top, top_of(index, generation_of(top)),
                                         std::memory_order_release, std::memory_order_relaxed));
  }

  static void come_home(void* object) {
    auto& slot = static_cast<Slot&>(internal::House<T>::of(object));
    const Word index = slot.index;
    std::destroy_at(&slot.value);
    pool_of(&slot - index).insert(index);
  }

  static Pool& pool_of(Slot* first) {
    auto& pool = *reinterpret_cast<Pool*>(first);  // `slots_` is the first member
    BATON_ASSERT(&pool.slots_[0] == first);
    return pool;
  }

  Slot slots_[N];
  typename Atomics::template Atomic<Word> top_{0};  // slot 0 on top, generation 0
};

}  // namespace baton::sync

#endif  // BATON_SYNC_POOL_H_
