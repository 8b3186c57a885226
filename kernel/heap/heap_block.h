// A block of a heap: a header, and behind it what is handed out.
//
//   below   the neighbour at lower addresses, null for the first
//   word    bytes behind the header, a multiple of the grain; bit 0: the block is free; bit 1: it
//           was given back where nobody could see to it, and waits to be free
//   asked   (checks) handed out: the bytes that were asked for; free: the bytes that hold kFreed
//   seal    (checks) a sum of the above and of the address: a header that was written over shows
//   next, previous   (free) the neighbours in its list, in the first two words behind the header
//
// Nothing here is anybody's but the heap's; every access goes through a function that
// AddressSanitizer does not watch.
#ifndef BATON_KERNEL_HEAP_HEAP_BLOCK_H_
#define BATON_KERNEL_HEAP_HEAP_BLOCK_H_

#include <cstddef>
#include <cstdint>

#include "kernel/heap/heap_shadow.h"

namespace baton::kernel {

/// What a heap looks for beside what costs nothing.
enum class HeapChecks : std::uint8_t {
  kOwnership,  ///< twice given back, not of this heap: what would give a block two owners
  kAll,  ///< also headers written over, writes past the end and after the block was given back
};

namespace internal {

/// Sizes and addresses are multiples of it: what max_align_t asks for on every port.
inline constexpr std::size_t kHeapGrain = 2 * sizeof(void*);
static_assert(kHeapGrain >= alignof(std::max_align_t));

struct NoHeapSeal {};
struct HeapSeal {
  std::size_t asked;
  std::size_t seal;
};

template <HeapChecks kChecks>
struct HeapSealFor {
  using Type = NoHeapSeal;
};
template <>
struct HeapSealFor<HeapChecks::kAll> {
  using Type = HeapSeal;
};

template <HeapChecks kChecks>
class HeapBlock {
 public:
  static constexpr bool kSealed = kChecks == HeapChecks::kAll;
  static constexpr std::size_t kHeader = (kSealed ? 4 : 2) * sizeof(void*);
  static constexpr std::size_t kSmallest = kHeapGrain;  // behind the header
  static constexpr std::size_t kSlack = kSealed ? sizeof(void*) : 0;

  static HeapBlock* at(std::byte* address) { return reinterpret_cast<HeapBlock*>(address); }
  static HeapBlock* of(std::byte* bytes) { return at(bytes - kHeader); }

  std::byte* address() const {
    return const_cast<std::byte*>(reinterpret_cast<const std::byte*>(this));
  }
  std::byte* bytes() const { return address() + kHeader; }
  HeapBlock* above() const { return at(bytes() + size()); }

  BATON_BENEATH_SHADOW HeapBlock* below() const { return below_; }
  BATON_BENEATH_SHADOW void set_below(HeapBlock* block) { below_ = block; }
  BATON_BENEATH_SHADOW std::size_t size() const { return word() & ~kBits; }
  BATON_BENEATH_SHADOW bool is_free() const { return (word() & kFreeBit) != 0; }
  BATON_BENEATH_SHADOW bool is_returned() const { return (word() & kReturnedBit) != 0; }
  BATON_BENEATH_SHADOW std::size_t asked() const {
    if constexpr (kSealed) return seal_.asked;
    return 0;
  }
  BATON_BENEATH_SHADOW bool is_sealed() const {
    if constexpr (kSealed) return seal_.seal == sum();
    return true;
  }

  /// Everything but `below` and the links.
  BATON_BENEATH_SHADOW void set(std::size_t size, bool is_free, std::size_t asked) {
    set_word(size | (is_free ? kFreeBit : 0));
    if constexpr (kSealed) {
      seal_.asked = asked;
      seal_.seal = sum();
    }
  }

  /// By the block's owner, whoever is inside the heap meanwhile.  False: it was not his any more.
  BATON_BENEATH_SHADOW bool set_returned() {
    // Relaxed: the owner's own word; the heap's lists and trays order everything else.
    return (__atomic_fetch_or(&word_, kReturnedBit, __ATOMIC_RELAXED) & kBits) == 0;
  }
  BATON_BENEATH_SHADOW void clear_returned() { set_word(word() & ~kReturnedBit); }

  // Only of a free block.
  BATON_BENEATH_SHADOW HeapBlock* next() const { return links()->next; }
  BATON_BENEATH_SHADOW HeapBlock* previous() const { return links()->previous; }
  BATON_BENEATH_SHADOW void set_next(HeapBlock* block) { links()->next = block; }
  BATON_BENEATH_SHADOW void set_previous(HeapBlock* block) { links()->previous = block; }

 private:
  static constexpr std::size_t kFreeBit = 1;
  static constexpr std::size_t kReturnedBit = 2;
  static constexpr std::size_t kBits = kFreeBit | kReturnedBit;
  static_assert(kBits < kHeapGrain);
  struct Links {
    HeapBlock* next;
    HeapBlock* previous;
  };
  static_assert(sizeof(Links) <= kSmallest);

  Links* links() const { return reinterpret_cast<Links*>(bytes()); }
  // Builtins: std::atomic's functions would be AddressSanitizer's to watch.
  BATON_BENEATH_SHADOW std::size_t word() const {
    // Relaxed: neighbours look at the size, which stays, while the owner marks the block.
    return __atomic_load_n(&word_, __ATOMIC_RELAXED);
  }
  BATON_BENEATH_SHADOW void set_word(std::size_t word) {
    __atomic_store_n(&word_, word, __ATOMIC_RELAXED);  // relaxed: as above
  }
  BATON_BENEATH_SHADOW std::size_t sum() const {
    // An odd factor, so that no change of one word is lost.
    const auto here = reinterpret_cast<std::uintptr_t>(this);
    return ((here * 31 + (word() & ~kReturnedBit)) * 31 + seal_.asked) ^
           static_cast<std::size_t>(0x9e3779b97f4a7c15U);
  }

  HeapBlock* below_;
  std::size_t word_;
  [[no_unique_address]] HeapSealFor<kChecks>::Type seal_;
};
static_assert(sizeof(HeapBlock<HeapChecks::kOwnership>) ==
              HeapBlock<HeapChecks::kOwnership>::kHeader);
static_assert(sizeof(HeapBlock<HeapChecks::kAll>) == HeapBlock<HeapChecks::kAll>::kHeader);

}  // namespace internal
}  // namespace baton::kernel

#endif  // BATON_KERNEL_HEAP_HEAP_BLOCK_H_
