// Ranges that grow together, against the plainest way to say the same: a set of addresses.
#include "drivers/fdt/range.h"

#include <array>
#include <random>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

TEST(Fits, EmptyAndWrappingRangesDoNot) {
  EXPECT_FALSE(fits({.base = 5, .size = 0}, kMax));
  EXPECT_TRUE(fits({.base = 0, .size = kMax}, kMax));
  EXPECT_FALSE(fits({.base = 1, .size = kMax}, kMax));
  EXPECT_FALSE(fits({.base = kMax, .size = 1}, kMax));
  EXPECT_TRUE(fits({.base = 0xffff'f000, .size = 0x1000}, limit_of(1)));
  EXPECT_FALSE(fits({.base = 0xffff'f000, .size = 0x1001}, limit_of(1)));
  EXPECT_FALSE(fits({.base = 0x1'0000'0000, .size = 1}, limit_of(1)));
  EXPECT_FALSE(fits({.base = 0x1'0000'0001, .size = 1}, limit_of(1)));
  EXPECT_TRUE(fits({.base = 0x1'0000'0000, .size = 1}, limit_of(2)));
}

std::vector<Range> merge(std::initializer_list<Range> ranges) {
  std::array<Range, 8> storage;
  std::size_t used = 0;
  for (const Range& range : ranges) EXPECT_TRUE(merge_into(storage, used, range));
  return {storage.begin(), storage.begin() + static_cast<std::ptrdiff_t>(used)};
}

TEST(MergeInto, Cases) {
  const Range a = {.base = 10, .size = 10};
  const Range b = {.base = 30, .size = 10};
  const Range c = {.base = 50, .size = 10};
  EXPECT_EQ(merge({c, a, b}), (std::vector{a, b, c}));
  EXPECT_EQ(merge({a, a}), (std::vector{a}));
  EXPECT_EQ(merge({a, {.base = 20, .size = 5}}), (std::vector{Range{.base = 10, .size = 15}}));
  EXPECT_EQ(merge({a, {.base = 5, .size = 5}}), (std::vector{Range{.base = 5, .size = 15}}));
  EXPECT_EQ(merge({a, b, {.base = 20, .size = 10}}), (std::vector{Range{.base = 10, .size = 30}}));
  EXPECT_EQ(merge({a, b, c, {.base = 0, .size = 45}}),
            (std::vector{Range{.base = 0, .size = 45}, c}));
  EXPECT_EQ(merge({a, b, c, {.base = 32, .size = 1}}), (std::vector{a, b, c}));
}

TEST(MergeInto, WithoutRoomOnlyWhatTouchesIsTaken) {
  std::array<Range, 1> storage;
  std::size_t used = 0;
  EXPECT_TRUE(merge_into(storage, used, {.base = 10, .size = 10}));
  EXPECT_FALSE(merge_into(storage, used, {.base = 30, .size = 10}));
  EXPECT_TRUE(merge_into(storage, used, {.base = 20, .size = 10}));
  EXPECT_EQ(used, 1u);
  EXPECT_EQ(storage[0], (Range{.base = 10, .size = 20}));
  std::size_t none = 0;
  EXPECT_FALSE(merge_into(std::span<Range>{}, none, {.base = 1, .size = 1}));
}

TEST(MergeInto, AgreesWithASetOfAddresses) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 5'000; ++round) {
    std::array<Range, 16> storage;
    std::size_t used = 0;
    std::set<std::uint64_t> addresses;
    for (int i = 0; i < 12; ++i) {
      const Range range = {.base = random() % 60, .size = 1 + random() % 6};
      ASSERT_TRUE(merge_into(storage, used, range)) << "seed " << kSeed << " round " << round;
      for (std::uint64_t at = range.base; at < range.end(); ++at) addresses.insert(at);
    }
    std::vector<Range> expected;
    for (const std::uint64_t at : addresses) {
      if (!expected.empty() && expected.back().end() == at) {
        ++expected.back().size;
      } else {
        expected.push_back({.base = at, .size = 1});
      }
    }
    ASSERT_EQ(std::vector(storage.begin(), storage.begin() + static_cast<std::ptrdiff_t>(used)),
              expected)
        << "seed " << kSeed << " round " << round;
  }
}

}  // namespace
}  // namespace baton::drivers::fdt
