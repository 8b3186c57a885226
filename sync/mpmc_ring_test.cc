#include "sync/mpmc_ring.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/cache_line.h"
#include "sync/cell_answers.h"
#include "sync/list_oracle.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::sync {

// The two positions and the cells lie in lines of their own.
struct MpmcRingLayout {
  template <class Ring>
  static constexpr std::size_t kHead = offsetof(Ring, head_);
  template <class Ring>
  static constexpr std::size_t kCells = offsetof(Ring, cells_);
};

namespace {

struct Card {
  explicit Card(int number) : n(number) {}
  int n;
};

using Cards = MpmcRing<Owned<Card>, 4>;
using Numbers = MpmcRing<int, 4>;

static_assert(MpmcRingLayout::kHead<Cards> == kCacheLine);
static_assert(MpmcRingLayout::kCells<Cards> == 2 * kCacheLine);
static_assert(std::is_trivially_destructible_v<Cards>);
static_assert(!std::is_copy_constructible_v<Cards>);

constinit Cards g_cards;
constinit MpmcRing<int, 2, StdAtomics, 0> g_zeros;

template <class Ring>
class MpmcRingTest : public testing::Test {};
// From near the wrap, from the wrap of the sign, from 0.
using Rings = testing::Types<Numbers, MpmcRing<int, 4, StdAtomics, 0x7fff'fffc>,
                             MpmcRing<int, 4, StdAtomics, 0>>;
TYPED_TEST_SUITE(MpmcRingTest, Rings);

TYPED_TEST(MpmcRingTest, InOrderAndRoundTheWrap) {
  TypeParam ring;
  for (int turn = 0; turn < 10; ++turn) {
    EXPECT_TRUE(ring.empty());
    EXPECT_EQ(ring.pop().error(), Absent::kEmpty);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(ring.push(10 * turn + i));
    EXPECT_EQ(ring.size(), 3U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(*ring.pop(), 10 * turn + i);
  }
}

TYPED_TEST(MpmcRingTest, FullHandsTheValueBack) {
  TypeParam ring;
  for (int turn = 0; turn < 5; ++turn) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.push(i));
    auto fifth = ring.push(4);
    ASSERT_FALSE(fifth.has_value());
    EXPECT_EQ(fifth.error().why, Refusal::kFull);
    EXPECT_EQ(fifth.error().value, 4);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(*ring.pop(), i);
  }
}

TEST(MpmcRing, OfObjects) {
  Pool<Card, 5> cards;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(g_cards.push(*cards.make(i)));
  auto fifth = g_cards.push(*cards.make(4));
  ASSERT_FALSE(fifth.has_value());
  EXPECT_EQ(fifth.error().value->n, 4);
  for (int i = 0; i < 4; ++i) EXPECT_EQ((*g_cards.pop())->n, i);
  EXPECT_EQ(cards.available(), 4U);
}

TEST(MpmcRing, OfZeros) {
  EXPECT_TRUE(g_zeros.push(1));
  EXPECT_EQ(*g_zeros.pop(), 1);
}

template <class Ring>
class Comparison {
 public:
  explicit Comparison(std::uint64_t seed) : random_(seed) {}
  std::string run(int operations) {
    std::deque<int> oracle;
    for (int i = 0; i < operations; ++i) {
      if (random_() % 2 == 0) {
        const bool room = oracle.size() < Ring::capacity();
        if (ring_.push(i).has_value() != room) return "push " + std::to_string(i);
        if (room) oracle.push_back(i);
      } else {
        auto popped = ring_.pop();
        if (popped.has_value() == oracle.empty()) return "pop " + std::to_string(i);
        if (popped.has_value()) {
          if (*popped != oracle.front()) return "pop " + std::to_string(i);
          oracle.pop_front();
        }
      }
      if (ring_.size() != oracle.size()) return "size " + std::to_string(i);
    }
    return "";
  }

 private:
  std::mt19937_64 random_;
  Ring ring_;
};

TEST(MpmcRingBesideStd, AMillionOperations) {
  EXPECT_EQ((compare<Comparison<MpmcRing<int, 8>>>()), "");
}

// The control: a ring that refuses while there is still room.
class Modest : public MpmcRing<int, 8> {
 public:
  Answer<void, NotPushed<int>> push(int value) {
    if (size() == 7) return std::unexpected(NotPushed<int>{Refusal::kFull, value});
    return MpmcRing::push(value);
  }
};
TEST(MpmcRingBesideStd, FindsWhatIsWrong) {
  EXPECT_NE(compare<Comparison<Modest>>().find("push"), std::string::npos);
}

// Every object arrives once, and each producer's arrive at each consumer in order.
TEST(MpmcRing, BetweenFourThreads) {
  constexpr int kEach = 20'000;
  static Pool<Card, 16> cards;
  static MpmcRing<Owned<Card>, 4> ring;
  static std::atomic<int> left{2 * kEach};
  const auto produce = [](int from) {
    for (int n = 0; n < kEach;) {
      auto card = cards.make(2 * n + from);
      if (!card.has_value()) {
        std::this_thread::yield();
        continue;
      }
      for (;;) {
        auto pushed = ring.push(std::move(*card));
        if (pushed) break;
        *card = std::move(pushed.error().value);
        std::this_thread::yield();
      }
      ++n;
    }
  };
  std::array<std::vector<int>, 2> arrived;
  const auto consume = [](std::vector<int>& mine) {
    // Relaxed: a count; the objects come by the ring.
    while (left.load(std::memory_order_relaxed) > 0) {
      if (auto card = ring.pop()) {
        mine.push_back((*card)->n);
        left.fetch_sub(1, std::memory_order_relaxed);
      } else {
        std::this_thread::yield();
      }
    }
  };
  std::array<std::thread, 4> threads{std::thread(produce, 0), std::thread(produce, 1),
                                     std::thread([&] { consume(arrived[0]); }),
                                     std::thread([&] { consume(arrived[1]); })};
  for (std::thread& thread : threads) thread.join();
  std::vector<bool> seen(2 * kEach);
  for (const std::vector<int>& mine : arrived) {
    std::array<int, 2> last{-1, -1};
    for (const int n : mine) {
      EXPECT_FALSE(seen[static_cast<std::size_t>(n)]) << n;
      seen[static_cast<std::size_t>(n)] = true;
      int& before = last[static_cast<std::size_t>(n % 2)];
      EXPECT_LT(before, n);
      before = n;
    }
  }
  EXPECT_EQ(arrived[0].size() + arrived[1].size(), seen.size());
  EXPECT_EQ(cards.available(), 16U);
}

}  // namespace
}  // namespace baton::sync
