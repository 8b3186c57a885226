#include "base/time.h"

#include "gtest/gtest.h"

namespace baton {
namespace {

TEST(DurationTest, UnitsAreNanoseconds) {
  EXPECT_EQ(Duration::microseconds(3).count_ns(), 3'000U);
  EXPECT_EQ(Duration::milliseconds(3).count_us(), 3'000U);
  EXPECT_EQ(Duration::seconds(3).count_ms(), 3'000U);
  EXPECT_EQ(Duration::nanoseconds(1999).count_us(), 1U) << "rounded down";
}

TEST(DurationTest, NoneIsLongerThanTheLongest) {
  // 18,446,744,073.7 seconds are 2^64 nanoseconds.
  EXPECT_LT(Duration::seconds(18'446'744'073), Duration::max());
  EXPECT_EQ(Duration::seconds(18'446'744'074), Duration::max());
  EXPECT_EQ(Duration::milliseconds(~0ULL), Duration::max());
  EXPECT_EQ(Duration::microseconds(~0ULL), Duration::max());
  EXPECT_EQ(Duration::max() + Duration::nanoseconds(1), Duration::max());
  EXPECT_EQ(Duration::nanoseconds(1) + Duration::max(), Duration::max());
  EXPECT_EQ(Duration::max() + Duration(), Duration::max());
}

TEST(InstantTest, ASumIsNeverInThePast) {
  const Instant late = Instant::from_ns(~0ULL - 10);
  EXPECT_EQ((late + Duration::nanoseconds(9)).since_start_ns(), ~0ULL - 1);
  EXPECT_EQ(late + Duration::nanoseconds(10), Instant::max());
  EXPECT_EQ(late + Duration::nanoseconds(11), Instant::max());
  EXPECT_EQ(Instant::from_ns(1) + Duration::max(), Instant::max());
  EXPECT_EQ(Instant() + Duration::max(), Instant::max());
}

TEST(InstantTest, ADifferenceIsNeverNegative) {
  EXPECT_EQ((Instant::from_ns(7) - Instant::from_ns(3)).count_ns(), 4U);
  EXPECT_EQ((Instant::from_ns(3) - Instant::from_ns(7)).count_ns(), 0U);
}

}  // namespace
}  // namespace baton
