#include "kernel/heap/heap.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "gtest/gtest.h"
#include "kernel/heap/heap_shadow.h"
#include "sync/owned.h"

namespace baton::kernel {
namespace {

using Careful = BasicHeap<HeapChecks::kAll>;
using Fast = BasicHeap<HeapChecks::kOwnership>;

// Memory that lies as it likes.
template <std::size_t kBytes>
struct Memory {
  ~Memory() { internal::allow(bytes.data(), bytes.size()); }
  alignas(4096) std::array<std::byte, kBytes> bytes{};
  std::span<std::byte> all() { return bytes; }
};

template <class T>
class HeapTest : public testing::Test {
 protected:
  std::byte* get(std::size_t bytes, std::size_t alignment = T::kGrain) {
    const auto block = heap_.allocate(bytes, alignment);
    return block ? block->data() : nullptr;
  }
  void expect_whole() {
    const HeapCensus census = heap_.check();
    EXPECT_EQ(census.damage, nullptr) << census.damage << " at " << census.where;
  }
  void expect_empty() {
    expect_whole();
    EXPECT_EQ(heap_.check().used_blocks, 0U);
    EXPECT_EQ(heap_.check().free_blocks, 1U) << "in one piece again";
    EXPECT_EQ(heap_.statistics().used, 0U);
  }

  Memory<65536> memory_;
  T heap_;
};
using Kinds = testing::Types<Careful, Fast>;
TYPED_TEST_SUITE(HeapTest, Kinds);

// Whoever writes to memory without a right to it is to be seen through the compiler's eyes.
void write_to(std::byte* at) { *static_cast<volatile std::byte*>(at) = std::byte{7}; }

TYPED_TEST(HeapTest, NothingBeforeThereIsMemory) {
  EXPECT_EQ(this->heap_.allocate(1).error(), Error::kFull);
  EXPECT_EQ(this->heap_.statistics().total, 0U);
  EXPECT_EQ(this->heap_.statistics().largest, 0U);
  EXPECT_FALSE(this->heap_.owns(this));
  this->expect_whole();
}

TYPED_TEST(HeapTest, HandsOutAndTakesBack) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  this->expect_empty();
  std::byte* const one = this->get(100);
  std::byte* const two = this->get(1);
  ASSERT_NE(one, nullptr);
  ASSERT_NE(two, nullptr);
  std::memset(one, 1, 100);
  std::memset(two, 2, 1);
  EXPECT_TRUE(this->heap_.owns(one));
  EXPECT_EQ(this->heap_.statistics().blocks, 2U);
  EXPECT_EQ(this->heap_.statistics().allocations, 2U);
  this->expect_whole();
  EXPECT_EQ(one[99], std::byte{1});
  this->heap_.deallocate(one);
  this->heap_.deallocate(nullptr);
  this->heap_.deallocate(two);
  this->expect_empty();
  EXPECT_GT(this->heap_.statistics().peak, 100U);
}

TYPED_TEST(HeapTest, RefusesWhatCanNeverBe) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  EXPECT_EQ(this->heap_.allocate(0).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->heap_.allocate(8, 0).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->heap_.allocate(8, 24).error(), Error::kInvalidArgument);
  for (unsigned power = 16; power < 64; ++power) {
    const std::size_t much = std::size_t{1} << power;
    EXPECT_EQ(this->heap_.allocate(much).error(), Error::kFull);
    EXPECT_EQ(this->heap_.allocate(much - 1 + (much - 1)).error(), Error::kFull);
    if (power > 16) EXPECT_EQ(this->heap_.allocate(8, much).error(), Error::kFull);
  }
  EXPECT_GT(this->heap_.statistics().refusals, 100U);
  this->expect_empty();
}

TYPED_TEST(HeapTest, AddRefusesWhatIsOfNoUse) {
  Memory<65536> more;
  EXPECT_EQ(this->heap_.add(more.all().first(0)).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->heap_.add(more.all().first(200)).error(), Error::kInvalidArgument);
  ASSERT_TRUE(this->heap_.add(more.all().first(8192)).has_value());
  EXPECT_EQ(this->heap_.add(this->memory_.all()).error(), Error::kOutOfRange)
      << "the tables are for smaller ones";
  EXPECT_EQ(this->heap_.add(this->memory_.all().first(63)).error(), Error::kInvalidArgument);
  EXPECT_TRUE(this->heap_.add(this->memory_.all().first(8192)).has_value());
  EXPECT_EQ(this->heap_.check().free_blocks, 2U);
  this->expect_whole();
}

// From the smallest memory that is accepted on, a heap can do something.
TYPED_TEST(HeapTest, TheSmallest) {
  for (std::size_t bytes = 1; bytes < 2000; ++bytes) {
    TypeParam heap;
    const auto memory = this->memory_.all().subspan(bytes % 19, bytes);
    internal::allow(memory.data(), memory.size());
    if (!heap.add(memory)) {
      ASSERT_LT(bytes, 700U) << "accepted from here on";
      continue;
    }
    const std::size_t most = heap.statistics().largest;
    ASSERT_GE(most, sizeof(void*));
    const auto block = heap.allocate(most);
    ASSERT_TRUE(block.has_value()) << bytes;
    std::ranges::fill(*block, std::byte{1});
    heap.deallocate(block->data());
    ASSERT_EQ(heap.check().damage, nullptr);
    ASSERT_EQ(heap.check().free_blocks, 1U);
  }
}

TYPED_TEST(HeapTest, EveryAlignmentUpToAPage) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  std::vector<std::byte*> blocks;
  for (std::size_t alignment = 1; alignment <= 4096; alignment *= 2) {
    for (const std::size_t bytes : {1UL, 17UL, 300UL}) {
      std::byte* const block = this->get(bytes, alignment);
      ASSERT_NE(block, nullptr) << bytes << " at " << alignment;
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment, 0U);
      std::memset(block, 0x5a, bytes);
      blocks.push_back(block);
      this->expect_whole();
    }
  }
  for (std::byte* block : blocks) this->heap_.deallocate(block);
  this->expect_empty();
}

// Until there is no more; what is said to be possible is, each time.
TYPED_TEST(HeapTest, ExhaustedAndWholeAgain) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  for (const std::size_t bytes : {8UL, 200UL, 5000UL}) {
    std::vector<std::byte*> blocks;
    for (;;) {
      const bool sure = this->heap_.statistics().largest >= bytes;
      std::byte* const block = this->get(bytes);
      if (block == nullptr) {
        EXPECT_FALSE(sure);
        break;
      }
      blocks.push_back(block);
    }
    EXPECT_GE(blocks.size() * (bytes + 64), 65536U - 5000U - 3000U);
    this->expect_whole();
    // Every second one: crumbs.
    for (std::size_t i = 0; i < blocks.size(); i += 2) this->heap_.deallocate(blocks[i]);
    this->expect_whole();
    EXPECT_EQ(this->get(3 * bytes + 100), nullptr);
    EXPECT_GT(this->heap_.statistics().fragmentation_percent(), 50U);
    for (std::size_t i = 1; i < blocks.size(); i += 2) this->heap_.deallocate(blocks[i]);
    this->expect_empty();
    EXPECT_LT(this->heap_.statistics().fragmentation_percent(), 10U);
  }
}

TYPED_TEST(HeapTest, AllOfItAtOnce) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  const HeapCensus census = this->heap_.check();
  // Not only what is sure: the whole of the one block.
  const std::size_t slack = std::is_same_v<TypeParam, Careful> ? sizeof(void*) : 0;
  std::byte* const all = this->get(census.largest_free - slack);
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(this->heap_.statistics().free(), 0U);
  EXPECT_EQ(this->heap_.statistics().largest, 0U);
  EXPECT_EQ(this->heap_.statistics().fragmentation_percent(), 0U);
  EXPECT_EQ(this->get(1), nullptr);
  this->heap_.deallocate(all);
  this->expect_empty();
}

TYPED_TEST(HeapTest, NeighboursMeltWhateverTheOrder) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  std::array<int, 4> order{0, 1, 2, 3};
  do {
    std::array<std::byte*, 4> blocks{};
    for (std::byte*& block : blocks) block = this->get(100);
    for (const int i : order) {
      this->heap_.deallocate(blocks.at(static_cast<std::size_t>(i)));
      this->expect_whole();
    }
    this->expect_empty();
  } while (std::ranges::next_permutation(order).found);
}

TYPED_TEST(HeapTest, ResizesWhereItIs) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  std::byte* const one = this->get(1000);
  std::byte* const two = this->get(1000);
  std::memset(one, 1, 1000);
  EXPECT_EQ(this->heap_.resize(one, 2000).error(), Error::kFull) << "somebody lives there";
  EXPECT_EQ(this->heap_.resize(one, 0).error(), Error::kInvalidArgument);
  EXPECT_EQ(this->heap_.resize(one, ~std::size_t{0}).error(), Error::kFull);
  const std::size_t used = this->heap_.statistics().used;
  ASSERT_TRUE(this->heap_.resize(one, 100).has_value());
  EXPECT_LT(this->heap_.statistics().used, used - 800);
  this->expect_whole();
  ASSERT_TRUE(this->heap_.resize(one, 900).has_value()) << "back into what it gave up";
  std::memset(one + 100, 1, 800);
  EXPECT_EQ(one[99], std::byte{1});
  this->expect_whole();
  // Smaller, beside a free neighbour: one free block, not two.
  ASSERT_TRUE(this->heap_.resize(two, 500).has_value());
  this->expect_whole();
  ASSERT_TRUE(this->heap_.resize(two, 30'000).has_value());
  std::memset(two, 2, 30'000);
  this->expect_whole();
  EXPECT_EQ(one[899], std::byte{1});
  this->heap_.deallocate(one);
  this->heap_.deallocate(two);
  this->expect_empty();
}

TYPED_TEST(HeapTest, SeveralPiecesOfMemory) {
  Memory<65536> more;
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  ASSERT_TRUE(this->heap_.add(more.all().subspan(3, 40'000)).has_value());
  std::byte* const one = this->get(50'000);
  std::byte* const two = this->get(30'000);
  ASSERT_NE(one, nullptr);
  ASSERT_NE(two, nullptr);
  EXPECT_TRUE(this->heap_.owns(two));
  EXPECT_FALSE(this->heap_.owns(more.bytes.data() + 50'000));
  EXPECT_EQ(this->get(30'000), nullptr);
  this->expect_whole();
  this->heap_.deallocate(one);
  this->heap_.deallocate(two);
  this->expect_whole();
  EXPECT_EQ(this->heap_.check().free_blocks, 2U);
}

struct alignas(128) Aligned {
  explicit Aligned(int* count) : destroyed(count) {}
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
  ~Aligned() { ++*destroyed; }
  int* destroyed;
};

TYPED_TEST(HeapTest, OwnedObjectsGoHome) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  int destroyed = 0;
  {
    Result<sync::Owned<Aligned>> one = this->heap_.template make<Aligned>(&destroyed);
    Result<sync::Owned<Aligned>> two = this->heap_.template make<Aligned>(&destroyed);
    Result<sync::Owned<char>> letter = this->heap_.template make<char>('x');
    ASSERT_TRUE(one.has_value() && two.has_value() && letter.has_value());
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one->get()) % 128, 0U);
    EXPECT_EQ(**letter, 'x');
    EXPECT_EQ(this->heap_.statistics().blocks, 3U);
    *one = std::move(*two);
    EXPECT_EQ(destroyed, 1);
    this->expect_whole();
  }
  EXPECT_EQ(destroyed, 2);
  this->expect_empty();
  struct Large {
    std::array<char, 70'000> text;
  };
  EXPECT_EQ((this->heap_.template make<Large>()).error(), Error::kFull);
}

TYPED_TEST(HeapTest, GivenBackTwiceEndsTheProgram) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  std::byte* const below = this->get(100);
  std::byte* const block = this->get(100);
  std::byte* const above = this->get(100);
  std::byte* const last = this->get(100);
  this->heap_.deallocate(block);
  EXPECT_DEATH(this->heap_.deallocate(block), "given back twice");
  // When it is the middle of something larger, too.
  this->heap_.deallocate(below);
  EXPECT_DEATH(this->heap_.deallocate(block), "given back twice");
  this->heap_.deallocate(above);
  EXPECT_DEATH(this->heap_.deallocate(above), "given back twice");
  EXPECT_DEATH(static_cast<void>(this->heap_.resize(block, 10)), "given back twice");
  this->heap_.deallocate(last);
  this->expect_empty();
}

TYPED_TEST(HeapTest, AForeignPointerEndsTheProgram) {
  ASSERT_TRUE(this->heap_.add(this->memory_.all()).has_value());
  alignas(64) std::array<std::byte, 64> elsewhere{};
  std::byte* const block = this->get(1000);
  EXPECT_DEATH(this->heap_.deallocate(elsewhere.data()), "not from");
  EXPECT_DEATH(this->heap_.deallocate(block + 1), "not from");
  EXPECT_DEATH(this->heap_.deallocate(this->memory_.bytes.data()), "not from");
  EXPECT_DEATH(this->heap_.deallocate(this->memory_.bytes.data() + 65536 - 16), "not from");
  std::memset(block, 0, 1000);
  EXPECT_DEATH(this->heap_.deallocate(block + 512), "no block of it");
  std::memset(block, 0x44, 1000);
  EXPECT_DEATH(this->heap_.deallocate(block + 512), "no block of it");
}

#ifndef BATON_HEAP_SHADOW
// What AddressSanitizer would see first.

TEST(CarefulHeap, AWritePastTheEndIsSeen) {
  Memory<8192> memory;
  Careful heap;
  ASSERT_TRUE(heap.add(memory.all()).has_value());
  for (const std::size_t bytes : {1U, 15U, 16U, 24U, 100U}) {
    std::byte* const block = heap.allocate(bytes)->data();
    std::byte* const next = heap.allocate(16)->data();
    for (const std::size_t past : {0U, 7U}) {
      const std::byte before = block[bytes + past];
      write_to(block + bytes + past);
      EXPECT_STREQ(heap.check().damage, "written past its end");
      EXPECT_EQ(heap.check().where, block);
      EXPECT_DEATH(heap.deallocate(block), "written past its end");
      block[bytes + past] = before;
    }
    heap.deallocate(block);
    heap.deallocate(next);
  }
}

TEST(CarefulHeap, AHeaderWrittenOverIsSeen) {
  Memory<8192> memory;
  Careful heap;
  ASSERT_TRUE(heap.add(memory.all()).has_value());
  std::byte* const block = heap.allocate(100)->data();
  std::byte* const next = heap.allocate(100)->data();
  for (std::size_t back = 1; back <= 4 * sizeof(void*); ++back) {
    std::byte* const at = next - back;
    const std::byte before = *at;
    *at ^= std::byte{0x10};
    EXPECT_NE(heap.check().damage, nullptr) << back;
    EXPECT_DEATH(heap.deallocate(next), "past its end") << back;
    *at = before;
  }
  EXPECT_EQ(heap.check().damage, nullptr);
  heap.deallocate(next);
  heap.deallocate(block);
}

TEST(CarefulHeap, AWriteAfterItWasGivenBackIsSeen) {
  Memory<8192> memory;
  Careful heap;
  ASSERT_TRUE(heap.add(memory.all()).has_value());
  std::byte* const block = heap.allocate(100)->data();
  heap.deallocate(block);
  EXPECT_EQ(block[50], std::byte{0xdd}) << "what was there is not to be read any more";
  write_to(block + 50);
  EXPECT_STREQ(heap.check().damage, "written to after it was given back");
#ifndef NDEBUG
  EXPECT_DEATH(static_cast<void>(heap.allocate(100)), "after it was given back");
#endif
}

TEST(FastHeap, AHeaderWrittenOverIsSeenByItsNeighbours) {
  Memory<8192> memory;
  Fast heap;
  ASSERT_TRUE(heap.add(memory.all()).has_value());
  std::byte* const block = heap.allocate(96)->data();
  std::byte* const next = heap.allocate(100)->data();
  std::memset(block + 96, 0x40, 8);
  EXPECT_DEATH(heap.deallocate(block), "written past its end");
  EXPECT_DEATH(heap.deallocate(next), "past its end");
  EXPECT_NE(heap.check().damage, nullptr);
}
#else
// AddressSanitizer knows of every byte that nobody owns.

TEST(HeapShadow, WhatIsNotHandedOutIsForbidden) {
  Memory<8192> memory;
  Careful heap;
  ASSERT_TRUE(heap.add(memory.all()).has_value());
  std::byte* const block = heap.allocate(100)->data();
  std::byte* const next = heap.allocate(100)->data();
  write_to(block + 99);
  EXPECT_DEATH(write_to(block + 100), "use-after-poison");
  EXPECT_DEATH(write_to(next - 1), "use-after-poison");
  heap.deallocate(block);
  EXPECT_DEATH(write_to(block), "use-after-poison");
  EXPECT_DEATH(write_to(block + 99), "use-after-poison");
  ASSERT_TRUE(heap.resize(next, 50).has_value());
  EXPECT_DEATH(write_to(next + 50), "use-after-poison");
  heap.deallocate(next);
}
#endif

}  // namespace
}  // namespace baton::kernel
