#include "kernel/heap/shared_heap.h"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "arch/cpu.h"
#include "gtest/gtest.h"
#include "kernel/heap/heap_shadow.h"
#include "sync/owned.h"

namespace baton::kernel {
namespace {

using Small = SharedHeap<2, BasicHeap<HeapChecks::kAll>>;

template <std::size_t kBytes>
struct Memory {
  ~Memory() { internal::allow(bytes.data(), bytes.size()); }
  alignas(64) std::array<std::byte, kBytes> bytes{};
};

void be_core(unsigned core) { arch::internal::hosted_core = core; }

class SharedHeapTest : public testing::Test {
 protected:
  SharedHeapTest() { EXPECT_TRUE(heap_.add(memory_.bytes).has_value()); }
  ~SharedHeapTest() override { be_core(0); }
  std::size_t used(std::size_t arena) { return heap_.statistics(arena)->heap.used; }
  void expect_empty() {
    for (std::size_t arena = 0; arena < Small::arenas(); ++arena) {
      const ArenaStatistics now = *heap_.statistics(arena);
      EXPECT_EQ(now.census.damage, nullptr) << now.census.damage;
      EXPECT_EQ(now.heap.used, 0U);
      EXPECT_EQ(now.census.free_blocks, 1U);
    }
  }

  Memory<65536> memory_;
  Small heap_;
};

constinit SharedHeap<4> g_heap;

TEST(SharedHeap, WithoutMemoryThereIsNoRoom) {
  EXPECT_EQ(g_heap.allocate(1).error(), Error::kFull);
  EXPECT_EQ(g_heap.statistics(3)->heap.total, 0U);
}

TEST(SharedHeap, RefusesTooLittle) {
  Memory<1024> memory;
  Small heap;
  EXPECT_EQ(heap.add(memory.bytes).error(), Error::kInvalidArgument);
}

TEST_F(SharedHeapTest, EachCoreHasAnArenaAndUsesTheOthersWhenItIsFull) {
  const std::byte* const mine = heap_.allocate(100)->data();
  be_core(1);
  std::byte* const others = heap_.allocate(100)->data();
  EXPECT_GT(used(0), 0U);
  EXPECT_EQ(used(0), used(1));
  be_core(3);  // 3 modulo 2
  std::vector<std::byte*> blocks{others};
  const auto in_first = [&](const std::byte* block) {
    return block < memory_.bytes.data() + memory_.bytes.size() / 2;
  };
  bool first_used = false;
  for (;;) {
    const auto block = heap_.allocate(1000);
    if (!block) {
      EXPECT_EQ(block.error(), Error::kFull);
      break;
    }
    blocks.push_back(block->data());
    EXPECT_TRUE(in_first(block->data()) || !first_used) << "its own first";
    first_used |= in_first(block->data());
  }
  EXPECT_TRUE(first_used);
  EXPECT_GT(blocks.size(), 55U);
  heap_.deallocate(const_cast<std::byte*>(mine));
  for (std::byte* block : blocks) heap_.deallocate(block);
  heap_.deallocate(nullptr);
  expect_empty();
}

TEST_F(SharedHeapTest, RefusesWhatCanNeverBe) {
  EXPECT_EQ(heap_.allocate(0).error(), Error::kInvalidArgument);
  EXPECT_EQ(heap_.allocate(8, 3).error(), Error::kInvalidArgument);
  EXPECT_EQ(heap_.allocate(40'000).error(), Error::kFull) << "larger than an arena";
  EXPECT_EQ(heap_.allocate(~std::size_t{0}).error(), Error::kFull);
}

TEST_F(SharedHeapTest, OwnedObjectsGoHomeFromAnyCore) {
  struct Packet {
    int number;
  };
  auto packet = heap_.make<Packet>(5);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ((*packet)->number, 5);
  EXPECT_GT(used(0), 0U);
  be_core(1);
  {
    const sync::Owned<Packet> last = std::move(*packet);
  }
  expect_empty();
}

TEST_F(SharedHeapTest, ForeignAndTwiceEndTheProgram) {
  std::byte* const block = heap_.allocate(100)->data();
  int elsewhere = 0;
  EXPECT_DEATH(heap_.deallocate(&elsewhere), "not from");
  EXPECT_DEATH(heap_.deallocate(block + 3), "not from");
  heap_.deallocate(block);
  EXPECT_DEATH(heap_.deallocate(block), "given back twice");
}

// On its way back, nobody inside yet has seen it: a second time is seen all the same.
TEST(SharedHeap, TwiceOnItsWayBackEndsTheProgram) {
  Memory<8192> memory;
  BasicHeap<HeapChecks::kOwnership> heap;
  ASSERT_TRUE(heap.add(memory.bytes).has_value());
  std::byte* const block = heap.allocate(100)->data();
  heap.mark_returned(block);
  EXPECT_EQ(heap.check().damage, nullptr);
  EXPECT_DEATH(heap.mark_returned(block), "given back twice");
  EXPECT_DEATH(heap.deallocate(block), "given back twice");
  heap.take_back(block);
  EXPECT_EQ(heap.statistics().used, 0U);
  EXPECT_DEATH(heap.mark_returned(block), "given back twice");
}

}  // namespace
}  // namespace baton::kernel
