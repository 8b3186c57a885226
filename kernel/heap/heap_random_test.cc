// A million random operations beside an oracle that knows every block by its address, and what was
// written to it.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/heap/heap.h"
#include "kernel/heap/heap_shadow.h"

namespace baton::kernel {
namespace {

template <class T>
class Comparison {
 public:
  explicit Comparison(std::uint64_t seed) : random_(seed), memory_(400'000) {
    const std::size_t half = memory_.size() / 2;
    EXPECT_TRUE(heap_.add(std::span(memory_).subspan(random_() % 64, half)).has_value());
    EXPECT_TRUE(heap_.add(std::span(memory_).subspan(half + 64, half - 64)).has_value());
  }
  ~Comparison() { internal::allow(memory_.data(), memory_.size()); }
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;

  void run(int operations) {
    for (int i = 0; i < operations && !testing::Test::HasFatalFailure(); ++i) {
      // Now it fills, now it empties.
      const unsigned wanted = i / 20'000 % 2 == 0 ? 60 : 40;
      const unsigned die = random_() % 100;
      if (die < 10) {
        resize_one();
      } else if (die < 10 + wanted * 9 / 10) {
        allocate_one();
      } else {
        deallocate_one();
      }
      if (i % 997 == 0) look_at_all();
    }
    while (!blocks_.empty()) deallocate_one();
    look_at_all();
    const HeapCensus census = heap_.check();
    EXPECT_EQ(census.free_blocks, 2U) << "each piece of memory is whole again";
    EXPECT_EQ(heap_.statistics().used, 0U);
    EXPECT_EQ(heap_.statistics().total, total_);
  }
  std::string what_it_did() const {
    return std::to_string(allocated_) + " blocks, " + std::to_string(refused_) + " refusals, " +
           std::to_string(resized_) + " resized, at most " + std::to_string(most_) + " at a time";
  }

 private:
  struct Known {
    std::size_t bytes;
    std::byte mark;
  };
  using Blocks = std::map<std::byte*, Known>;

  // Small ones mostly, a few large.
  std::size_t some_size() {
    const unsigned bits = 1 + random_() % (random_() % 8 == 0 ? 16 : 9);
    return 1 + random_() % (std::size_t{1} << bits);
  }
  typename Blocks::iterator some_block() {
    auto found = blocks_.lower_bound(memory_.data() + random_() % memory_.size());
    return found == blocks_.end() ? blocks_.begin() : found;
  }
  void write(typename Blocks::iterator block) {
    block->second.mark = static_cast<std::byte>(random_());
    std::memset(block->first, static_cast<int>(block->second.mark), block->second.bytes);
  }
  void expect_contents(typename Blocks::iterator block, std::size_t bytes) {
    const auto [begin, known] = *block;
    ASSERT_EQ(std::count(begin, begin + bytes, known.mark), static_cast<std::ptrdiff_t>(bytes))
        << "somebody wrote to a block that is not his";
  }

  void allocate_one() {
    const std::size_t bytes = some_size();
    const std::size_t alignment = random_() % 4 == 0 ? std::size_t{1} << random_() % 13 : T::kGrain;
    const bool sure = alignment <= T::kGrain && heap_.statistics().largest >= bytes;
    const auto result = heap_.allocate(bytes, alignment);
    if (!result) {
      ASSERT_FALSE(sure);
      // Refused only if no block would do, but for what the size classes round.
      const std::size_t most = bytes + 64 + (alignment <= T::kGrain ? 0 : alignment + 64);
      if (refused_++ % 64 == 0) {
        ASSERT_LT(heap_.check().largest_free, most + most / 15);
      }
      return;
    }
    std::byte* const begin = result->data();
    ASSERT_EQ(result->size(), bytes);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(begin) % alignment, 0U);
    ASSERT_TRUE(heap_.owns(begin) && heap_.owns(begin + bytes - 1));
    const auto above = blocks_.lower_bound(begin);
    ASSERT_TRUE(above == blocks_.end() || begin + bytes <= above->first) << "two owners";
    if (above != blocks_.begin()) {
      const auto below = std::prev(above);
      ASSERT_LE(below->first + below->second.bytes, begin) << "two owners";
    }
    write(blocks_.emplace(begin, Known{bytes, {}}).first);
    ++allocated_;
    most_ = std::max(most_, blocks_.size());
    total_ = heap_.statistics().total;
  }
  void deallocate_one() {
    if (blocks_.empty()) return;
    const auto block = some_block();
    expect_contents(block, block->second.bytes);
    heap_.deallocate(block->first);
    blocks_.erase(block);
  }
  void resize_one() {
    if (blocks_.empty()) return;
    const auto block = some_block();
    const std::size_t bytes = some_size();
    const std::size_t before = block->second.bytes;
    const bool done = heap_.resize(block->first, bytes).has_value();
    ASSERT_TRUE(done || bytes > before) << "smaller is always possible";
    expect_contents(block, done ? std::min(bytes, before) : before);
    if (!done) return;
    const auto above = std::next(block);
    ASSERT_TRUE(above == blocks_.end() || block->first + bytes <= above->first) << "two owners";
    block->second.bytes = bytes;
    write(block);
    ++resized_;
  }
  void look_at_all() {
    const HeapCensus census = heap_.check();
    ASSERT_EQ(census.damage, nullptr) << census.damage;
    ASSERT_EQ(census.used_blocks, blocks_.size());
    ASSERT_EQ(heap_.statistics().blocks, blocks_.size());
    std::size_t asked = 0;
    for (const auto& [begin, known] : blocks_) asked += known.bytes;
    const HeapStatistics now = heap_.statistics();
    ASSERT_GE(now.used, asked + blocks_.size() * 2 * sizeof(void*));
    // A header, the slack, and what is too little to be a block.
    ASSERT_LE(now.used, asked + blocks_.size() * 12 * sizeof(void*));
    ASSERT_LE(now.used, now.peak);
    ASSERT_LE(now.largest, census.largest_free);
  }

  std::mt19937_64 random_;
  std::vector<std::byte> memory_;
  T heap_;
  Blocks blocks_;
  std::size_t allocated_ = 0;
  std::size_t refused_ = 0;
  std::size_t resized_ = 0;
  std::size_t most_ = 0;
  std::size_t total_ = 0;
};

template <class T>
void a_million_operations(std::uint64_t seed) {
  Comparison<T> comparison(seed);
  comparison.run(1'000'000);
  std::cout << "seed " << seed << ": " << comparison.what_it_did() << "\n";
}

TEST(HeapBesideAnOracle, AMillionOperationsCareful) {
  a_million_operations<BasicHeap<HeapChecks::kAll>>(1);
}
TEST(HeapBesideAnOracle, AMillionOperationsFast) {
  a_million_operations<BasicHeap<HeapChecks::kOwnership>>(2);
}

}  // namespace
}  // namespace baton::kernel
