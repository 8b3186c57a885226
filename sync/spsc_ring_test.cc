#include "sync/spsc_ring.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/cache_line.h"
#include "sync/list_oracle.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::sync {

// The ends' words and the cells lie in lines of their own.
struct SpscRingLayout {
  template <class Ring>
  static constexpr std::size_t kConsumer = offsetof(Ring, consumer_);
  template <class Ring>
  static constexpr std::size_t kCells = offsetof(Ring, cells_);
};

namespace {

struct Card {
  explicit Card(int number) : n(number) {}
  int n;
};
struct Sample {
  std::uint32_t when;
  std::uint16_t what;
};

using Samples = SpscRing<Sample, 4>;
using Cards = SpscRing<Owned<Card>, 4>;

static_assert(alignof(Samples) == kCacheLine);
static_assert(SpscRingLayout::kConsumer<Samples> == kCacheLine);
static_assert(SpscRingLayout::kCells<Samples> == 2 * kCacheLine);
static_assert(sizeof(IrqSpscRing<std::uint32_t, 4>) == 8 * sizeof(std::uint32_t));
static_assert(std::is_trivially_destructible_v<Cards>);
static_assert(!std::is_copy_constructible_v<Cards>);
static_assert(Samples::capacity() == 4);

constinit Samples g_samples;
constinit Cards g_cards;

TEST(SpscRing, InOrderAndRoundTheWrap) {
  for (std::uint32_t turn = 0; turn < 10; ++turn) {
    EXPECT_TRUE(g_samples.empty());
    EXPECT_FALSE(g_samples.pop().has_value());
    for (std::uint32_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(g_samples.push({.when = 10 * turn + i, .what = 7}));
      EXPECT_EQ(g_samples.size(), i + 1);
    }
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(g_samples.pop()->when, 10 * turn + i);
  }
}

TEST(SpscRing, FullHandsTheObjectBack) {
  Pool<Card, 5> cards;
  for (int turn = 0; turn < 5; ++turn) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(g_cards.push(*cards.make(i)));
    EXPECT_TRUE(g_cards.full());
    Owned<Card> fifth = *cards.make(4);
    Card* const object = fifth.get();
    auto pushed = g_cards.push(std::move(fifth));
    ASSERT_FALSE(pushed.has_value());
    EXPECT_EQ(pushed.error().get(), object);
    EXPECT_EQ((*g_cards.pop())->n, 0);
    EXPECT_TRUE(g_cards.push(std::move(pushed.error())));
    for (int i = 1; i < 5; ++i) EXPECT_EQ((*g_cards.pop())->n, i);
    EXPECT_FALSE(g_cards.pop().has_value());
    EXPECT_EQ(cards.available(), 5U);
  }
}

TEST(SpscRing, OfOneCell) {
  SpscRing<int, 1> ring;
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(ring.push(i));
    auto second = ring.push(100);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error(), 100);
    EXPECT_EQ(ring.pop(), i);
    EXPECT_EQ(ring.pop(), std::nullopt);
  }
}

TEST(IrqSpscRing, IsTheSameRing) {
  IrqSpscRing<int, 2> ring;
  for (int turn = 0; turn < 5; ++turn) {
    EXPECT_TRUE(ring.push(1));
    EXPECT_TRUE(ring.push(2));
    EXPECT_FALSE(ring.push(3));
    EXPECT_EQ(ring.pop(), 1);
    EXPECT_EQ(ring.pop(), 2);
    EXPECT_EQ(ring.pop(), std::nullopt);
  }
}

#ifndef NDEBUG
TEST(SpscRingDeathTest, MovedFromHandle) {
  Pool<Card, 1> cards;
  EXPECT_DEATH(
      {
        Owned<Card> card = *cards.make(1);
        Owned<Card> other = std::move(card);
        static_cast<void>(g_cards.push(std::move(card)));  // NOLINT(bugprone-use-after-move)
      },
      "a handle is pushed after it was moved from");
}
#endif

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
        std::optional<int> expected;
        if (!oracle.empty()) expected = oracle.front(), oracle.pop_front();
        if (ring_.pop() != expected) return "pop " + std::to_string(i);
      }
      if (ring_.size() != oracle.size()) return "size " + std::to_string(i);
    }
    return "";
  }

 private:
  std::mt19937_64 random_;
  Ring ring_;
};

TEST(SpscRingBesideStd, AMillionOperations) {
  EXPECT_EQ((compare<Comparison<SpscRing<int, 8>>>()), "");
}

// The control: a ring that loses a value now and then.
class Forgetful : public SpscRing<int, 8> {
 public:
  std::optional<int> pop() {
    if (full()) static_cast<void>(SpscRing::pop());
    return SpscRing::pop();
  }
};
TEST(SpscRingBesideStd, FindsWhatIsWrong) {
  EXPECT_NE(compare<Comparison<Forgetful>>().find("pop"), std::string::npos);
}

TEST(SpscRing, BetweenTwoThreads) {
  constexpr int kValues = 100'000;
  static Pool<Card, 8> cards;
  static SpscRing<Owned<Card>, 4> ring;
  std::thread producer([] {
    for (int n = 0; n < kValues;) {
      auto card = cards.make(n);
      if (!card.has_value()) {
        std::this_thread::yield();
        continue;
      }
      while (true) {
        auto pushed = ring.push(std::move(*card));
        if (pushed) break;
        *card = std::move(pushed.error());
        std::this_thread::yield();
      }
      ++n;
    }
  });
  for (int n = 0; n < kValues;) {
    auto card = ring.pop();
    if (!card.has_value()) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ((*card)->n, n);
    ++n;
  }
  producer.join();
  EXPECT_EQ(cards.available(), 8U);
}

}  // namespace
}  // namespace baton::sync
