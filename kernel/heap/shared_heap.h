// `SharedHeap<kArenas>`: a heap for threads and interrupt handlers of every core.
//
//   constinit SharedHeap<4> heap;
//   heap.add(memory);                                   // once, before others use it
//   Result<sync::Owned<Packet>> packet = heap.make<Packet>(1);
//
// The memory is divided among arenas, each a Heap in a cell (heap_arena.h).  A core goes to its own
// arena first and to the others when that has no room or somebody is inside; giving back never
// waits.  With as many arenas as cores, cores meet only when one runs out.  Against it: no block is
// larger than an arena.
//
// Any core, any context.  No lock; who is inside an arena has its interrupts masked for a bounded
// number of instructions.
#ifndef BATON_KERNEL_HEAP_SHARED_HEAP_H_
#define BATON_KERNEL_HEAP_SHARED_HEAP_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "arch/cpu.h"
#include "base/assert.h"
#include "base/bits.h"
#include "base/result.h"
#include "kernel/heap/heap.h"
#include "kernel/heap/heap_arena.h"
#include "sync/cache_line.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::kernel {

/// What an arena's statistics tell beside its heap's.
struct ArenaStatistics {
  HeapStatistics heap;
  HeapCensus census;
  std::size_t left_in_tray = 0;  ///< blocks that were given back while somebody was inside
};

template <std::size_t kArenas, class HeapType = Heap>
class SharedHeap {
  static_assert(kArenas != 0);

 public:
  /// Looks at every arena before an allocation answers kBusy.  Whoever is inside one leaves it
  /// after a few hundred instructions.
  static constexpr unsigned kPatience = 1000;

  constexpr SharedHeap() = default;
  SharedHeap(const SharedHeap&) = delete;
  SharedHeap& operator=(const SharedHeap&) = delete;

  static constexpr std::size_t arenas() { return kArenas; }

  /// The heap's from here on.  Once, before anybody else uses it.  Errors as BasicHeap::add().
  Result<void> add(std::span<std::byte> memory) {
    BATON_NEVER_MISUSE(stride_ == 0, this, "a shared heap is given memory twice");
    const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
    const std::size_t skipped =
        std::min(align_up<std::uintptr_t>(begin, sync::kCacheLine) - begin, memory.size());
    memory = memory.subspan(skipped);
    const std::size_t stride = align_down(memory.size() / kArenas, sync::kCacheLine);
    for (std::size_t i = 0; i < kArenas; ++i) {
      const auto added = arenas_[i].arena.map(
          [&](Store& store) { return store.heap.add(memory.subspan(i * stride, stride)); });
      if (!added) return fail(Error::kBusy);
      if (!*added) return *added;
    }
    begin_ = memory.data();
    stride_ = stride;
    return {};
  }

  /// As BasicHeap::allocate(); kFull: no arena has room; kBusy: none that could be entered has,
  /// and others could not be entered for long.
  Result<std::span<std::byte>> allocate(std::size_t bytes,
                                        std::size_t alignment = HeapType::kGrain) {
    if (bytes == 0) return fail(Error::kInvalidArgument);
    for (unsigned look = 0; look < kPatience; ++look) {
      bool all_entered = true;
      const std::size_t own = arch::core_index();
      for (std::size_t i = 0; i < kArenas; ++i) {
        auto answer = arenas_[(own + i) % kArenas].arena.map([&](Store& store) {
          // Room for what lies in a block on its way back.
          return store.heap.allocate(std::max(bytes, sizeof(Returned)), alignment);
        });
        if (!answer) {
          all_entered = false;
        } else if (*answer) {
          return (**answer).first(bytes);
        } else if (answer->error() != Error::kFull) {
          return *answer;
        }
      }
      if (all_entered) return fail(Error::kFull);
      arch::relax();
    }
    return fail(Error::kBusy);
  }

  /// As BasicHeap::deallocate(); never waits.
  void deallocate(void* memory) {
    if (memory == nullptr) return;
    const std::size_t offset =
        reinterpret_cast<std::uintptr_t>(memory) - reinterpret_cast<std::uintptr_t>(begin_);
    BATON_NEVER_MISUSE(offset < stride_ * kArenas, memory,
                       "memory is given to a heap that it is not from");
    Part& part = arenas_[offset / stride_];
    if (!part.arena.give_back(memory)) {
      // Relaxed: a number for people.
      part.left_in_tray.fetch_add(1, std::memory_order_relaxed);
    }
  }

  /// Constructs a T, whose handle may be dropped anywhere.  kFull, kBusy as allocate().
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

  /// For reports: looks at each block of the arena, with this core's interrupts masked.  kBusy.
  Result<ArenaStatistics> statistics(std::size_t arena) {
    for (unsigned look = 0; look < kPatience; ++look) {
      auto answer = arenas_[arena].arena.map([&](Store& store) {
        return ArenaStatistics{.heap = store.heap.statistics(), .census = store.heap.check()};
      });
      if (answer) {
        // Relaxed: a number for people.
        answer->left_in_tray = arenas_[arena].left_in_tray.load(std::memory_order_relaxed);
        return *answer;
      }
      arch::relax();
    }
    return fail(Error::kBusy);
  }

 private:
  using Returned = sync::internal::House<ReturnedBlock<>>;

  struct Store {
    void deallocate(void* memory) { heap.deallocate(memory); }
    // The block is its giver's until it is pushed.
    static sync::Owned<ReturnedBlock<>> returned(void* memory) {
      HeapType::mark_returned(memory);
      auto* const house = std::construct_at(static_cast<Returned*>(memory), &dropped);
      return sync::internal::OwnedAccess::adopt(std::construct_at(&house->value));
    }
    void take_back(sync::Owned<ReturnedBlock<>> block) {
      auto& house = Returned::of(sync::internal::OwnedAccess::disown(std::move(block)));
      heap.take_back(&house);
    }
    // Nobody drops one.
    static void dropped(void* /*block*/) { BATON_CHECK(false); }

    HeapType heap;
  };

  struct alignas(HeapArena<Store>) alignas(sync::kCacheLine) Part {
    HeapArena<Store> arena;
    std::atomic<std::size_t> left_in_tray{0};
  };

  template <class T>
  struct House : sync::internal::House<T> {
    SharedHeap* heap = nullptr;

    static void come_home(void* object) {
      auto& house = static_cast<House&>(sync::internal::House<T>::of(object));
      SharedHeap& heap = *house.heap;
      std::destroy_at(&house.value);
      heap.deallocate(&house);
    }
  };

  std::array<Part, kArenas> arenas_;
  std::byte* begin_ = nullptr;
  std::size_t stride_ = 0;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_HEAP_SHARED_HEAP_H_
