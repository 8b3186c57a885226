// `Heap`: memory in pieces of any size, from memory that its owner hands it.
//
//   constinit Heap heap;
//   heap.add(memory);                                            // std::span<std::byte>
//   Result<std::span<std::byte>> bytes = heap.allocate(100);     // kFull: no room
//   heap.deallocate(bytes->data());
//   Result<sync::Owned<Packet>> packet = heap.make<Packet>(1);   // goes home by itself
//
// Two-level segregated fit [TLSF]: allocate, deallocate and resize take a bounded number of steps,
// whatever the heap's size and state, and a request is given a block at most 1/16 larger than the
// smallest that would do.  Two words in front of each block, four with checks.
//
// The kernel itself allocates nothing after boot; this is for those who want it
// (docs/allocation.md says which allocator when).  As many heaps as one likes.
//
// One context: a heap has an owner, and no lock.  SharedHeap (shared_heap.h) is for everybody.
#ifndef BATON_KERNEL_HEAP_HEAP_H_
#define BATON_KERNEL_HEAP_HEAP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/result.h"
#include "kernel/heap/free_blocks.h"
#include "kernel/heap/heap_block.h"
#include "sync/owned.h"

namespace baton::kernel {

/// Bytes unless said otherwise; blocks count with their headers.
struct HeapStatistics {
  std::size_t total = 0;    ///< used and free together
  std::size_t used = 0;     ///< handed out
  std::size_t peak = 0;     ///< the most that was used at a time
  std::size_t largest = 0;  ///< the largest allocate() that would now succeed for sure
  std::size_t blocks = 0;   ///< how many are handed out
  std::uint64_t allocations = 0;
  std::uint64_t refusals = 0;  ///< answered kFull

  constexpr std::size_t free() const { return total - used; }
  /// 0: all that is free is in one piece; near 100: in crumbs.
  constexpr unsigned fragmentation_percent() const {
    return free() == 0 ? 0U : static_cast<unsigned>(100 - largest * 100 / free());
  }
};

/// What a look at every block of a heap found.
struct HeapCensus {
  const char* damage = nullptr;  ///< null: none
  const void* where = nullptr;   ///< the block concerned
  std::size_t used_blocks = 0;
  std::size_t free_blocks = 0;
  std::size_t largest_free = 0;  ///< bytes of the largest free block
};

template <HeapChecks kChecks>
class BasicHeap {
 public:
  /// What every block is aligned to, and the steps that sizes grow in.
  static constexpr std::size_t kGrain = internal::kHeapGrain;

  constexpr BasicHeap() = default;
  BasicHeap(const BasicHeap&) = delete;
  BasicHeap& operator=(const BasicHeap&) = delete;

  /// The heap's from here on.  More may be added, none of it much larger than the first, which
  /// holds the tables.  kInvalidArgument: too small to be of use; kOutOfRange: larger than the
  /// tables know, or 512 GiB (4 GiB with 32 bits).
  Result<void> add(std::span<std::byte> memory);

  /// `bytes` at a multiple of `alignment`, what is in them left from before.  kInvalidArgument: no
  /// bytes, or an alignment that is no power of two; kFull: no room.  O(1).
  Result<std::span<std::byte>> allocate(std::size_t bytes, std::size_t alignment = kGrain);

  /// Back to the heap that it was allocated from; null is nothing.  Ends the program, saying why,
  /// if it is not of this heap, or is not out.  O(1), but for looking which memory it lies in.
  void deallocate(void* memory);

  /// For who must not wait until the heap's context is free: the block, which is the caller's and
  /// lies in memory of a heap, is on its way back.  Any context; take_back() follows in the heap's.
  /// Ends the program if it was on its way already.
  static void mark_returned(void* memory);
  /// deallocate() of what was marked.  O(1).
  void take_back(void* memory);

  /// Makes a block larger or smaller where it is.  kInvalidArgument: to no bytes; kFull: no room
  /// behind it, and nothing was changed.  O(1).
  Result<void> resize(void* memory, std::size_t bytes);

  /// Constructs a T; its handle, dropped in this heap's context, destroys it and gives the memory
  /// back.  kFull: no room.
  template <class T, class... Args>
  Result<sync::Owned<T>> make(Args&&... args) {
    const Result<std::span<std::byte>> memory = allocate(sizeof(House<T>), alignof(House<T>));
    if (!memory) return fail(memory.error());
    auto* const house = std::construct_at(reinterpret_cast<House<T>*>(memory->data()));
    house->word.go_home = &House<T>::come_home;
    house->heap = this;
    return sync::internal::OwnedAccess::adopt(
        std::construct_at(&house->value, std::forward<Args>(args)...));
  }

  /// Whether it lies in memory of this heap.
  bool owns(const void* memory) const;

  HeapStatistics statistics() const;
  /// Looks at every block and every list.  O(n).
  HeapCensus check() const;

 private:
  using Block = internal::HeapBlock<kChecks>;
  using FreeBlocks = internal::FreeBlocks<Block>;

  // At the start of each piece of memory.
  struct Region {
    Region* next;
    Block* first;
    Block* end;  // a header that is never free: what lies above the last block
  };

  template <class T>
  struct House : sync::internal::House<T> {
    BasicHeap* heap = nullptr;

    static void come_home(void* object) {
      auto& house = static_cast<House&>(sync::internal::House<T>::of(object));
      BasicHeap& heap = *house.heap;
      std::destroy_at(&house.value);
      heap.deallocate(&house);
    }
  };

  static std::size_t size_for(std::size_t bytes);
  Block* take_for(std::size_t size, std::size_t alignment);
  void hand_out(Block& block, std::size_t size, std::size_t asked);
  void settle(Block& block, std::size_t size, std::size_t asked);
  void release(Block& block, std::size_t poisoned);
  Block& checked(void* memory) const;
  const Region* region_of(const std::byte* address) const;
  bool census_of(const Region& region, HeapCensus& census, std::size_t& used) const;
  bool census_of_lists(HeapCensus& census) const;

  FreeBlocks free_;
  Region* regions_ = nullptr;
  std::size_t total_ = 0;
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
  std::size_t blocks_ = 0;
  std::uint64_t allocations_ = 0;
  std::uint64_t refusals_ = 0;
};

/// As careful as the build.
#ifdef NDEBUG
inline constexpr HeapChecks kHeapChecks = HeapChecks::kOwnership;
#else
inline constexpr HeapChecks kHeapChecks = HeapChecks::kAll;
#endif

using Heap = BasicHeap<kHeapChecks>;

extern template class BasicHeap<HeapChecks::kOwnership>;
extern template class BasicHeap<HeapChecks::kAll>;

}  // namespace baton::kernel

#endif  // BATON_KERNEL_HEAP_HEAP_H_
