#include "sync/stack.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::sync {
namespace {

struct Card {
  explicit Card(int number) : n(number) {}
  int n;
};

constinit Pool<Card, 4> g_cards;
constinit Stack<Card, 4> g_stack(g_cards);

TEST(Stack, LastInFirstOut) {
  EXPECT_TRUE(g_stack.is_empty());
  EXPECT_FALSE(g_stack.pop().has_value());
  for (int i = 0; i < 4; ++i) g_stack.push(std::move(*g_cards.make(i)));
  EXPECT_EQ(g_cards.available(), 0U);
  for (int i = 3; i >= 0; --i) {
    auto card = g_stack.pop();
    ASSERT_TRUE(card.has_value());
    EXPECT_EQ((*card)->n, i);
  }
  EXPECT_TRUE(g_stack.is_empty());
  EXPECT_EQ(g_cards.available(), 4U) << "dropped handles went home";
}

TEST(Stack, AsAVectorWouldDoIt) {
  constexpr int kRounds = 1'000'000;
  const unsigned seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  Pool<Card, 8, StdAtomics, 3> cards;  // whose generation wraps all the time
  Stack<Card, 8, StdAtomics, 3> stack(cards);
  std::vector<int> oracle;
  int longest = 0;
  for (int i = 0; i < kRounds; ++i) {
    if (random() % 2 == 0) {
      if (auto card = cards.make(i)) {
        oracle.push_back(i);
        stack.push(std::move(*card));
      } else {
        ASSERT_EQ(oracle.size(), 8U);
      }
    } else if (auto card = stack.pop()) {
      ASSERT_FALSE(oracle.empty());
      ASSERT_EQ((*card)->n, oracle.back());
      oracle.pop_back();
    } else {
      ASSERT_TRUE(oracle.empty());
    }
    longest = std::max(longest, static_cast<int>(oracle.size()));
  }
  EXPECT_EQ(longest, 8);
  while (stack.pop().has_value()) {
  }
  EXPECT_EQ(cards.available(), 8U);
}

TEST(Stack, NothingIsLostBetweenThreads) {
  constexpr int kRounds = 20'000;
  Pool<Card, 4> cards;
  Stack<Card, 4> stack(cards);
  std::array<std::atomic<int>, 4> owners{};
  for (int i = 0; i < 4; ++i) stack.push(std::move(*cards.make(i)));
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        auto first = stack.pop();
        auto second = stack.pop();
        for (auto* const card : {&first, &second}) {
          if (!card->has_value()) continue;
          std::atomic<int>& owner = owners[static_cast<std::size_t>((**card)->n)];
          ASSERT_EQ(owner.fetch_add(1), 0) << "two owners at once";
          owner.fetch_sub(1);
        }
        if (first.has_value()) stack.push(std::move(*first));
        if (second.has_value()) stack.push(std::move(*second));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int found = 0;
  while (stack.pop().has_value()) ++found;
  EXPECT_EQ(found, 4);
  EXPECT_EQ(cards.available(), 4U);
}

TEST(StackDeathTest, AnotherPoolsObject) {
  Pool<Card, 4> others;
  EXPECT_DEATH(g_stack.push(std::move(*others.make(1))), "another pool's objects");
}

}  // namespace
}  // namespace baton::sync
