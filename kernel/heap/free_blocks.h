// The free blocks of a heap by size: a list per size class, and a bit per list that is not empty.
//
// Taking, adding and finding are a fixed number of steps each: two words of bits say where the
// smallest list is that has a block large enough for sure.
//
// One context, its heap's.
#ifndef BATON_KERNEL_HEAP_FREE_BLOCKS_H_
#define BATON_KERNEL_HEAP_FREE_BLOCKS_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

#include "kernel/heap/heap_block.h"
#include "kernel/heap/size_classes.h"

namespace baton::kernel::internal {

template <class Block>
class FreeBlocks {
 public:
  using Classes = SizeClasses<kHeapGrain>;

  struct Level {
    std::uint32_t used = 0;  // bit n: list n has a block
    std::array<Block*, Classes::kLists> lists{};
  };
  static constexpr unsigned kMostLevels = std::numeric_limits<std::uint32_t>::digits;

  constexpr FreeBlocks() = default;

  /// How many levels blocks of up to `bytes` need.
  static constexpr unsigned levels_for(std::size_t bytes) { return Classes::of(bytes).level + 1; }

  /// `memory` is for `count` levels.
  void open(std::byte* memory, unsigned count) {
    levels_ = reinterpret_cast<Level*>(memory);
    count_ = count;
    for (unsigned i = 0; i < count; ++i) std::construct_at(levels_ + i);
  }
  bool is_open() const { return levels_ != nullptr; }
  bool has_room_for(std::size_t bytes) const { return Classes::of(bytes).level < count_; }
  std::span<const Level> levels() const { return std::span(levels_, count_); }
  std::uint32_t levels_used() const { return used_; }

  /// A free block of a size that has_room_for().
  void add(Block& block) {
    const SizeClass where = Classes::of(block.size());
    Level& level = levels_[where.level];
    Block*& first = level.lists[where.list];
    block.set_previous(nullptr);
    block.set_next(first);
    if (first != nullptr) first->set_previous(&block);
    first = &block;
    level.used |= 1U << where.list;
    used_ |= 1U << where.level;
  }

  void take(Block& block) {
    Block* const next = block.next();
    Block* const previous = block.previous();
    if (next != nullptr) next->set_previous(previous);
    if (previous != nullptr) {
      previous->set_next(next);
      return;
    }
    const SizeClass where = Classes::of(block.size());
    Level& level = levels_[where.level];
    level.lists[where.list] = next;
    if (next != nullptr) return;
    level.used &= ~(1U << where.list);
    if (level.used == 0) used_ &= ~(1U << where.level);
  }

  /// A block of at least `bytes`, which stays here; null when there is none for sure, or only
  /// behind a smaller one of the same list.
  Block* find(std::size_t bytes) const {
    if (Block* const sure = first_from(Classes::of(Classes::rounded_up(bytes)))) return sure;
    // What rounding up leaves out.
    const SizeClass own = Classes::of(bytes);
    if (own.level >= count_) return nullptr;
    Block* const first = levels_[own.level].lists[own.list];
    return first != nullptr && first->size() >= bytes ? first : nullptr;
  }

  /// The largest size that find() finds for sure.
  std::size_t largest() const {
    if (used_ == 0) return 0;
    const unsigned level = static_cast<unsigned>(std::bit_width(used_)) - 1;
    const unsigned list = static_cast<unsigned>(std::bit_width(levels_[level].used)) - 1;
    return Classes::smallest_of({.level = level, .list = list});
  }

 private:
  Block* first_from(SizeClass least) const {
    if (least.level >= count_) return nullptr;
    unsigned level = least.level;
    std::uint32_t lists = levels_[level].used & (~0U << least.list);
    if (lists == 0) {
      if (level + 1 == kMostLevels) return nullptr;
      const std::uint32_t larger = used_ & (~0U << (level + 1));
      if (larger == 0) return nullptr;
      level = static_cast<unsigned>(std::countr_zero(larger));
      lists = levels_[level].used;
    }
    return levels_[level].lists[static_cast<unsigned>(std::countr_zero(lists))];
  }

  Level* levels_ = nullptr;
  unsigned count_ = 0;
  std::uint32_t used_ = 0;  // bit n: level n has a block
};

}  // namespace baton::kernel::internal

#endif  // BATON_KERNEL_HEAP_FREE_BLOCKS_H_
