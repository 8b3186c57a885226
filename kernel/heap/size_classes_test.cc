#include "kernel/heap/size_classes.h"

#include <cstddef>

#include "gtest/gtest.h"

namespace baton::kernel {
namespace {

// The grains of 32-bit and 64-bit ports.
template <class T>
class SizeClassesTest : public testing::Test {};
using Grains = testing::Types<SizeClasses<8>, SizeClasses<16>>;
TYPED_TEST_SUITE(SizeClassesTest, Grains);

static_assert(SizeClasses<16>::of(16) == SizeClass{.level = 0, .list = 1});
static_assert(SizeClasses<16>::of(240) == SizeClass{.level = 0, .list = 15});
static_assert(SizeClasses<16>::of(256) == SizeClass{.level = 1, .list = 0});
static_assert(SizeClasses<16>::of(511) == SizeClass{.level = 1, .list = 15});
static_assert(SizeClasses<16>::of(512) == SizeClass{.level = 2, .list = 0});
static_assert(SizeClasses<16>::of((std::size_t{1} << 39U) - 1) == SizeClass{31, 15});
static_assert(SizeClasses<8>::of(128) == SizeClass{.level = 1, .list = 0});

// Every size is in the list that says so, and the lists follow each other without a gap.
TYPED_TEST(SizeClassesTest, ListsAreInOrderAndWithoutGaps) {
  using Classes = TypeParam;
  SizeClass before = Classes::of(0);
  for (std::size_t bytes = 1; bytes < 70'000; ++bytes) {
    const SizeClass here = Classes::of(bytes);
    ASSERT_LE(Classes::smallest_of(here), bytes);
    ASSERT_LT(here.list, Classes::kLists);
    if (here == before) continue;
    ASSERT_EQ(Classes::smallest_of(here), bytes) << "a list begins with its smallest";
    const bool next_list = here.level == before.level && here.list == before.list + 1;
    const bool next_level =
        here.level == before.level + 1 && here.list == 0 && before.list == Classes::kLists - 1;
    ASSERT_TRUE(next_list || next_level) << bytes;
    before = here;
  }
}

// Whatever is in the list that a rounded size falls in is enough, and the loss is at most 1/16.
TYPED_TEST(SizeClassesTest, RoundedUpIsASmallestAndNotMuchMore) {
  using Classes = TypeParam;
  constexpr std::size_t kGrain = Classes::kLinear / Classes::kLists;
  for (std::size_t bytes = kGrain; bytes < 1'000'000; bytes += kGrain) {
    const std::size_t rounded = Classes::rounded_up(bytes);
    ASSERT_EQ(Classes::smallest_of(Classes::of(rounded)), rounded);
    ASSERT_GE(rounded, bytes);
    ASSERT_LT(rounded - bytes, bytes / 16 + 1);
    ASSERT_EQ(rounded % kGrain, 0U);
  }
}

TYPED_TEST(SizeClassesTest, PowersUpToTheEnd) {
  using Classes = TypeParam;
  for (unsigned power = 10; power < 39; ++power) {
    const std::size_t bytes = std::size_t{1} << power;
    EXPECT_EQ(Classes::of(bytes).list, 0U);
    EXPECT_EQ(Classes::of(bytes - 1).list, 15U);
    EXPECT_EQ(Classes::of(bytes - 1).level + 1, Classes::of(bytes).level);
    EXPECT_EQ(Classes::rounded_up(bytes), bytes);
    EXPECT_EQ(Classes::rounded_up(bytes - 1), bytes);
  }
}

}  // namespace
}  // namespace baton::kernel
