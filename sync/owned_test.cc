#include "sync/owned.h"

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct Counter {
  constexpr explicit Counter(int start = 0) : n(start) {}
  int n;
};

struct Shape {
  virtual ~Shape() = default;
  virtual int corners() const = 0;
};
struct Square : Shape {
  int corners() const override { return 4; }
};
struct Named {
  int name = 7;
};
struct NamedSquare : Square, Named {};

struct alignas(128) Wide {
  int n = 3;
};

static_assert(sizeof(Owned<Counter>) == sizeof(void*));
static_assert(!std::is_copy_constructible_v<Owned<Counter>>);
static_assert(!std::is_copy_assignable_v<Owned<Counter>>);
static_assert(!std::is_default_constructible_v<Owned<Counter>>);
static_assert(std::is_nothrow_move_constructible_v<Owned<Counter>>);
static_assert(!std::is_convertible_v<Owned<const Counter>, Owned<Counter>>);
static_assert(std::is_trivially_destructible_v<StaticOwned<Counter>>);

constinit StaticOwned<Counter> g_counter{5};

TEST(StaticOwned, ClaimedOnceAndGivenBack) {
  Owned<Counter> mine = g_counter.claim();
  EXPECT_EQ(mine->n, 5);
  EXPECT_FALSE(g_counter.try_claim().has_value());
  mine->n = 6;
  g_counter.give_back(std::move(mine));
  std::optional<Owned<Counter>> again = g_counter.try_claim();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ((*again)->n, 6);
  (*again)->n = 5;
  g_counter.give_back(std::move(*again));
}

TEST(StaticOwnedDeathTest, SecondClaim) {
  static StaticOwned<Counter> home{1};
  Owned<Counter> mine = home.claim();
  EXPECT_DEATH(static_cast<void>(home.claim()), "claimed already");
  home.give_back(std::move(mine));
}

TEST(StaticOwnedDeathTest, GivenBackToAnotherHome) {
  static StaticOwned<Counter> one{1};
  static StaticOwned<Counter> two{2};
  EXPECT_DEATH(two.give_back(one.claim()), "wrong home");
}

#ifndef NDEBUG
TEST(StaticOwnedDeathTest, DroppedHandle) {
  static StaticOwned<Counter> home{1};
  EXPECT_DEATH({ Owned<Counter> dropped = home.claim(); }, "handle was dropped");
}
#else
TEST(StaticOwned, DroppedHandleGoesHome) {
  static StaticOwned<Counter> home{1};
  {
    Owned<Counter> dropped = home.claim();
  }
  EXPECT_TRUE(home.try_claim().has_value());
}
#endif

TEST(Owned, MovesAndIsNullAfterwards) {
  static StaticOwned<Counter> home{9};
  Owned<Counter> a = home.claim();
  Counter* const object = a.get();
  Owned<Counter> b = std::move(a);
  EXPECT_FALSE(static_cast<bool>(a));  // NOLINT(bugprone-use-after-move): what is tested
  EXPECT_TRUE(static_cast<bool>(b));
  EXPECT_EQ(b.get(), object);
  EXPECT_EQ((*b).n, 9);
  home.give_back(std::move(b));
}

TEST(Owned, OfABaseFindsItsWayHome) {
  static StaticOwned<Square> home;
  Owned<Shape> shape = home.claim();
  EXPECT_EQ(shape->corners(), 4);
  // To const, and still the same object.
  Owned<const Shape> constant = std::move(shape);
  EXPECT_EQ(constant->corners(), 4);
  internal::OwnedAccess::disown(std::move(constant));
}

TEST(OwnedDeathTest, OfABaseElsewhereInTheObject) {
  static StaticOwned<NamedSquare> home;
  EXPECT_DEATH({ Owned<Named> named = home.claim(); }, "does not begin where its object does");
}

TEST(Owned, AlignmentIsKept) {
  static StaticOwned<Wide> home;
  Owned<Wide> wide = home.claim();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide.get()) % 128, 0U);
  EXPECT_EQ(wide->n, 3);
  home.give_back(std::move(wide));
}

}  // namespace
}  // namespace baton::sync
