// The heap's operations (heap.h): find a block, cut off what is too much, and on the way back melt
// it with its free neighbours.  Between two operations no two free blocks lie side by side.
#include "kernel/heap/heap.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "base/bits.h"
#include "kernel/heap/heap_shadow.h"
#include "sync/misuse.h"

namespace baton::kernel {
namespace {

// Half of what the largest list may hold, so that no sum here overflows.
constexpr std::size_t kMost =
    sizeof(void*) == 8 ? std::size_t{1} << 38U : std::numeric_limits<std::size_t>::max() / 8;

// Looked at, and written, at most: bounded, as everything else is.
constexpr std::size_t kMostPoisoned = 64;
constexpr const char* kTwice = "a block of a heap is given back twice";
constexpr const char* kForeign = "memory is given to a heap that it is not from";

constexpr auto kSlackByte = std::byte{0xa5};
constexpr auto kFreedByte = std::byte{0xdd};

// By hand, and volatile: the compiler is not to make it a call of memset, which AddressSanitizer
// watches.
BATON_BENEATH_SHADOW void fill(std::byte* begin, std::size_t bytes, std::byte with) {
  for (volatile std::byte* at = begin; bytes != 0; --bytes) *at++ = with;
}
BATON_BENEATH_SHADOW bool holds(const std::byte* begin, std::size_t bytes, std::byte what) {
  for (const volatile std::byte* at = begin; bytes != 0; --bytes) {
    if (*at++ != what) return false;
  }
  return true;
}

std::uintptr_t number(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

template <class Block>
bool slack_is_whole(const Block& block) {
  return !Block::kSealed ||
         holds(block.bytes() + block.asked(), block.size() - block.asked(), kSlackByte);
}

// Behind the links.
template <class Block>
bool poison_is_whole(const Block& block) {
  return !Block::kSealed || holds(block.bytes() + Block::kSmallest, block.asked(), kFreedByte);
}

}  // namespace

template <HeapChecks kChecks>
Result<void> BasicHeap<kChecks>::add(std::span<std::byte> memory) {
  const std::uintptr_t begin = align_up<std::uintptr_t>(number(memory.data()), kGrain);
  const std::uintptr_t end =
      align_down<std::uintptr_t>(number(memory.data()) + memory.size(), kGrain);
  const std::size_t bytes = end > begin ? end - begin : 0;
  if (bytes > kMost) return fail(Error::kOutOfRange);
  const unsigned levels = free_.is_open() ? 0 : FreeBlocks::levels_for(bytes);
  const std::size_t tables = align_up(levels * sizeof(typename FreeBlocks::Level), kGrain);
  constexpr std::size_t kRegion = align_up(sizeof(Region), kGrain);
  if (bytes < tables + kRegion + 2 * Block::kHeader + Block::kSmallest) {
    return fail(Error::kInvalidArgument);
  }
  if (levels == 0 && !free_.has_room_for(bytes)) return fail(Error::kOutOfRange);

  std::byte* at = memory.data() + (begin - number(memory.data()));
  std::byte* const last = at + bytes - Block::kHeader;
  if (levels != 0) {
    free_.open(at, levels);
    at += tables;
  }
  Block* const first = Block::at(at + kRegion);
  Block* const sentinel = Block::at(last);
  regions_ = std::construct_at(reinterpret_cast<Region*>(at), regions_, first, sentinel);
  first->set_below(nullptr);
  first->set(number(last) - number(first->bytes()), true, 0);
  sentinel->set_below(first);
  sentinel->set(0, false, 0);
  total_ += first->size() + Block::kHeader;
  free_.add(*first);
  internal::forbid(first, number(memory.data() + memory.size()) - number(first));
  return {};
}

template <HeapChecks kChecks>
std::size_t BasicHeap<kChecks>::size_for(std::size_t bytes) {
  return align_up(bytes + Block::kSlack, kGrain);
}

template <HeapChecks kChecks>
Result<std::span<std::byte>> BasicHeap<kChecks>::allocate(std::size_t bytes,
                                                          std::size_t alignment) {
  if (bytes == 0 || !std::has_single_bit(alignment)) return fail(Error::kInvalidArgument);
  Block* block = nullptr;
  if (bytes <= kMost && alignment <= kMost) {
    block = take_for(size_for(bytes), alignment);
  }
  if (block == nullptr) {
    ++refusals_;
    return fail(Error::kFull);
  }
  hand_out(*block, size_for(bytes), bytes);
  used_ += block->size() + Block::kHeader;
  peak_ = std::max(peak_, used_);
  ++blocks_;
  ++allocations_;
  return std::span(block->bytes(), bytes);
}

// A free block, taken from its list, whose bytes are aligned and enough.
template <HeapChecks kChecks>
BasicHeap<kChecks>::Block* BasicHeap<kChecks>::take_for(std::size_t size, std::size_t alignment) {
  // What is left in front must be a block of its own, or nothing.
  constexpr std::size_t kLeast = Block::kHeader + Block::kSmallest;
  const std::size_t extra = alignment <= kGrain ? 0 : alignment + kLeast - kGrain;
  Block* const block = free_.find(size + extra);
  if (block == nullptr) return nullptr;
  BATON_NO_MISUSE(block->is_sealed() && poison_is_whole(*block), block,
                  "a block of a heap was written to after it was given back");
  free_.take(*block);
  const std::uintptr_t bytes = number(block->bytes());
  std::uintptr_t aligned = align_up<std::uintptr_t>(bytes, alignment);
  if (aligned == bytes) return block;
  if (aligned - bytes < kLeast) aligned = align_up<std::uintptr_t>(bytes + kLeast, alignment);
  const std::size_t front = aligned - bytes - Block::kHeader;
  Block* const above = block->above();
  Block* const wanted = Block::of(block->bytes() + (aligned - bytes));
  wanted->set_below(block);
  wanted->set(block->size() - front - Block::kHeader, true, 0);
  above->set_below(wanted);
  block->set(front, true, std::min(block->asked(), front - Block::kSmallest));
  free_.add(*block);
  return wanted;
}

template <HeapChecks kChecks>
void BasicHeap<kChecks>::hand_out(Block& block, std::size_t size, std::size_t asked) {
  settle(block, size, asked);
  internal::allow(block.bytes(), asked);
}

// The block is out and has `size` bytes; what it has more becomes a free block above it.
template <HeapChecks kChecks>
void BasicHeap<kChecks>::settle(Block& block, std::size_t size, std::size_t asked) {
  const std::size_t had = block.size();
  if (had - size >= Block::kHeader + Block::kSmallest) {
    Block* above = block.above();
    block.set(size, false, asked);
    Block* const rest = block.above();
    std::size_t rest_size = had - size - Block::kHeader;
    if (above->is_free()) {
      // Only when a block gets smaller where it is.
      free_.take(*above);
      rest_size += above->size() + Block::kHeader;
      above = above->above();
    }
    rest->set_below(&block);
    rest->set(rest_size, true, 0);
    above->set_below(rest);
    free_.add(*rest);
  } else {
    block.set(had, false, asked);
  }
  if constexpr (Block::kSealed) {
    fill(block.bytes() + asked, block.size() - asked, kSlackByte);
  }
}

template <HeapChecks kChecks>
void BasicHeap<kChecks>::deallocate(void* memory) {
  if (memory == nullptr) return;
  Block& block = checked(memory);
  used_ -= block.size() + Block::kHeader;
  --blocks_;
  std::size_t poisoned = 0;
  if constexpr (Block::kSealed) {
    poisoned = std::min(block.size() - Block::kSmallest, kMostPoisoned);
    fill(block.bytes() + Block::kSmallest, poisoned, kFreedByte);
  }
  internal::forbid(block.bytes(), block.size());
  release(block, poisoned);
}

template <HeapChecks kChecks>
void BasicHeap<kChecks>::mark_returned(void* memory) {
  BATON_NEVER_MISUSE(number(memory) % kGrain == 0, memory, kForeign);
  BATON_NEVER_MISUSE(Block::of(static_cast<std::byte*>(memory))->set_returned(), memory, kTwice);
}

template <HeapChecks kChecks>
void BasicHeap<kChecks>::take_back(void* memory) {
  Block::of(static_cast<std::byte*>(memory))->clear_returned();
  deallocate(memory);
}

// Free, one with its free neighbours.  Headers that end up inside say that they are free: giving
// such a block back once more is seen until its memory is used again.
template <HeapChecks kChecks>
void BasicHeap<kChecks>::release(Block& block, std::size_t poisoned) {
  Block* whole = &block;
  Block* above = block.above();
  block.set(block.size(), true, poisoned);
  if (above->is_free()) {
    free_.take(*above);
    block.set(block.size() + Block::kHeader + above->size(), true, poisoned);
    above = block.above();
  }
  if (Block* const below = block.below(); below != nullptr && below->is_free()) {
    free_.take(*below);
    below->set(below->size() + Block::kHeader + block.size(), true, below->asked());
    whole = below;
  }
  above->set_below(whole);
  free_.add(*whole);
}

template <HeapChecks kChecks>
Result<void> BasicHeap<kChecks>::resize(void* memory, std::size_t bytes) {
  Block& block = checked(memory);
  if (bytes == 0) return fail(Error::kInvalidArgument);
  if (bytes > kMost) return fail(Error::kFull);
  const std::size_t size = size_for(bytes);
  const std::size_t before = block.size();
  if (size > before) {
    Block& above = *block.above();
    if (!above.is_free() || before + Block::kHeader + above.size() < size) {
      ++refusals_;
      return fail(Error::kFull);
    }
    free_.take(above);
    block.set(before + Block::kHeader + above.size(), false, 0);
    block.above()->set_below(&block);
  }
  internal::forbid(block.bytes(), block.size());
  hand_out(block, size, bytes);
  used_ += block.size() - before;
  peak_ = std::max(peak_, used_);
  return {};
}

template <HeapChecks kChecks>
const BasicHeap<kChecks>::Region* BasicHeap<kChecks>::region_of(const std::byte* address) const {
  const Region* region = regions_;
  while (region != nullptr && (number(address) < number(region->first->bytes()) ||
                               number(address) >= number(region->end->address()))) {
    region = region->next;
  }
  return region;
}

template <HeapChecks kChecks>
bool BasicHeap<kChecks>::owns(const void* memory) const {
  return region_of(static_cast<const std::byte*>(memory)) != nullptr;
}

// The block that `memory` is the bytes of: out, and whole.
template <HeapChecks kChecks>
BasicHeap<kChecks>::Block& BasicHeap<kChecks>::checked(void* memory) const {
  auto* const bytes = static_cast<std::byte*>(memory);
  const Region* const region = region_of(bytes);
  BATON_NEVER_MISUSE(region != nullptr && number(bytes) % kGrain == 0, memory, kForeign);
  Block& block = *Block::of(bytes);
  BATON_NEVER_MISUSE(!block.is_free() && !block.is_returned(), memory, kTwice);
  // Its neighbours know it; without that it is none, or its header was written over.
  const std::size_t room = number(region->end) - number(bytes);
  const Block* const below = block.below();
  const bool from_below =
      below == nullptr ? &block == region->first
                       : number(below) >= number(region->first) && number(below) < number(&block) &&
                             number(below) % kGrain == 0 && below->above() == &block;
  BATON_NEVER_MISUSE(
      block.size() >= Block::kSmallest && block.size() <= room && from_below && block.is_sealed(),
      memory,
      "what a heap is given is no block of it, or what lies in front of it was "
      "written past its end");
  BATON_NEVER_MISUSE(block.above()->below() == &block && slack_is_whole(block), memory,
                     "a block of a heap was written past its end");
  return block;
}

template <HeapChecks kChecks>
HeapStatistics BasicHeap<kChecks>::statistics() const {
  const std::size_t largest = free_.largest();
  return {.total = total_,
          .used = used_,
          .peak = peak_,
          .largest = largest - std::min(largest, Block::kSlack),
          .blocks = blocks_,
          .allocations = allocations_,
          .refusals = refusals_};
}

// Block by block.  False: damage, and no way on.
template <HeapChecks kChecks>
bool BasicHeap<kChecks>::census_of(const Region& region, HeapCensus& census,
                                   std::size_t& used) const {
  const Block* below = nullptr;
  for (const Block* block = region.first; block != region.end; block = block->above()) {
    census.where = block->bytes();
    const std::size_t room = number(region.end) - number(block->bytes());
    if (block->below() != below || !block->is_sealed() || block->size() < Block::kSmallest ||
        block->size() > room) {
      census.damage = "a header was written over";
      return false;
    }
    if (!block->is_free()) {
      ++census.used_blocks;
      used += block->size() + Block::kHeader;
      if (!slack_is_whole(*block)) census.damage = "written past its end";
    } else {
      ++census.free_blocks;
      census.largest_free = std::max(census.largest_free, block->size());
      if (!poison_is_whole(*block)) census.damage = "written to after it was given back";
      if (below != nullptr && below->is_free()) census.damage = "two free blocks side by side";
    }
    if (census.damage != nullptr) return false;
    below = block;
  }
  census.where = region.end;
  if (region.end->below() != below || region.end->is_free() || !region.end->is_sealed()) {
    census.damage = "the end of the memory was written over";
  }
  return census.damage == nullptr;
}

// Every free block is in its list and in no other, and the bits are right.
template <HeapChecks kChecks>
bool BasicHeap<kChecks>::census_of_lists(HeapCensus& census) const {
  std::size_t found = 0;
  const auto levels = free_.levels();
  for (unsigned level = 0; level < levels.size(); ++level) {
    census.where = &levels[level];
    if (((free_.levels_used() >> level & 1U) != 0) != (levels[level].used != 0)) {
      census.damage = "a level's bit is wrong";
      return false;
    }
    for (unsigned list = 0; list < FreeBlocks::Classes::kLists; ++list) {
      const Block* previous = nullptr;
      for (const Block* block = levels[level].lists[list]; block != nullptr;
           block = block->next()) {
        census.where = block;
        const SizeClass here{.level = level, .list = list};
        if (++found > census.free_blocks || !block->is_free() || block->previous() != previous ||
            FreeBlocks::Classes::of(block->size()) != here) {
          census.damage = "a list of free blocks is wrong";
          return false;
        }
        previous = block;
      }
      if (((levels[level].used >> list & 1U) != 0) != (previous != nullptr)) {
        census.damage = "a list's bit is wrong";
        return false;
      }
    }
  }
  if (found != census.free_blocks) census.damage = "a free block is in no list";
  return census.damage == nullptr;
}

template <HeapChecks kChecks>
HeapCensus BasicHeap<kChecks>::check() const {
  HeapCensus census;
  std::size_t used = 0;
  for (const Region* region = regions_; region != nullptr; region = region->next) {
    if (!census_of(*region, census, used)) return census;
  }
  if (!census_of_lists(census)) return census;
  census.where = this;
  if (used != used_ || census.used_blocks != blocks_) census.damage = "the counts are wrong";
  return census;
}

template class BasicHeap<HeapChecks::kOwnership>;
template class BasicHeap<HeapChecks::kAll>;

}  // namespace baton::kernel
