#include "sync/pool.h"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "gtest/gtest.h"

namespace baton::sync {
namespace {

struct Tracked {
  explicit Tracked(int* destroyed_count) : destroyed(destroyed_count) {}
  Tracked(const Tracked&) = delete;
  Tracked& operator=(const Tracked&) = delete;
  ~Tracked() { ++*destroyed; }
  int* destroyed;
};

struct alignas(64) Line {
  char text[80] = {};
};

constinit Pool<Line, 4> g_lines;

TEST(Pool, HandsOutEachSlotOnce) {
  std::set<const Line*> seen;
  std::array<std::optional<Owned<Line>>, 4> lines;
  EXPECT_EQ(g_lines.available(), 4U);
  for (auto& line : lines) {
    line = g_lines.make();
    ASSERT_TRUE(line.has_value());
    EXPECT_TRUE(g_lines.owns(line->get()));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(line->get()) % 64, 0U);
    seen.insert(line->get());
  }
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_EQ(g_lines.available(), 0U);
  EXPECT_FALSE(g_lines.make().has_value());
  lines[2].reset();
  EXPECT_EQ(g_lines.available(), 1U);
  EXPECT_TRUE(g_lines.make().has_value());
}

TEST(Pool, ConstructsAndDestroys) {
  Pool<Tracked, 2> pool;
  int destroyed = 0;
  {
    auto one = pool.make(&destroyed);
    auto two = pool.make(&destroyed);
    EXPECT_FALSE(pool.make(&destroyed).has_value());
    EXPECT_EQ(destroyed, 0);
    // Assigning over a handle lets its object go home.
    *one = std::move(*two);
    EXPECT_EQ(destroyed, 1);
    EXPECT_EQ(pool.available(), 1U);
  }
  EXPECT_EQ(destroyed, 2);
  EXPECT_EQ(pool.available(), 2U);
}

TEST(Pool, OwnsOnlyItsOwn) {
  Pool<int, 1> pool;
  const int elsewhere = 0;
  EXPECT_FALSE(pool.owns(&elsewhere));
}

TEST(Pool, OfOneAndManyTimesAround) {
  // Four bits of generation wrap many times.
  Pool<int, 1, StdAtomics, 4> pool;
  for (int i = 0; i < 1000; ++i) {
    auto made = pool.make(i);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(**made, i);
    EXPECT_FALSE(pool.make(0).has_value());
  }
  EXPECT_EQ(pool.available(), 1U);
}

TEST(Pool, GivesBackInAnyOrder) {
  Pool<int, 5> pool;
  std::array<std::optional<Owned<int>>, 5> all;
  for (unsigned round = 0; round < 120; ++round) {
    for (int i = 0; i < 5; ++i) all[static_cast<unsigned>(i)] = pool.make(i);
    std::set<const int*> seen;
    for (const auto& made : all) {
      ASSERT_TRUE(made.has_value());
      seen.insert(made->get());
    }
    ASSERT_EQ(seen.size(), 5U);
    // A different order each round.
    for (unsigned i = 0; i < 5; ++i) all[(i * (1 + round % 4) + round) % 5].reset();
    ASSERT_EQ(pool.available(), 5U);
  }
}

}  // namespace
}  // namespace baton::sync
