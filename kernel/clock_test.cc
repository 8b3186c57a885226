#include "kernel/clock.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace baton::kernel {
namespace {

constexpr std::uint64_t kCenturyNs = 100ULL * 365 * 24 * 3600 * kNanosecondsPerSecond;

TEST(ClockTest, KnownValues) {
  EXPECT_EQ(ticks_to_ns(62'500'000, 62'500'000), kNanosecondsPerSecond);
  EXPECT_EQ(ticks_to_ns(1, 62'500'000), 16U);
  EXPECT_EQ(ticks_to_ns(54, 54'000'000), 1000U);
  EXPECT_EQ(ns_to_ticks(16, 62'500'000), 1U);
  EXPECT_EQ(ns_to_ticks(17, 62'500'000), 2U) << "a wait is never too short";
  EXPECT_EQ(ns_to_ticks(0, 62'500'000), 0U);
}

TEST(ClockTest, NoOverflowForACenturyAtEveryFrequency) {
  for (const std::uint64_t hz :
       {1'000'000ULL, 19'200'000ULL, 54'000'000ULL, 62'500'000ULL, 1'000'000'000ULL}) {
    const std::uint64_t ticks = ns_to_ticks(kCenturyNs, hz);
    EXPECT_EQ(ticks_to_ns(ticks, hz), kCenturyNs) << hz;
    EXPECT_GE(ns_to_ticks(kCenturyNs + 1, hz), ticks) << hz;
  }
}

TEST(ClockTest, RoundTripsNeverGoEarly) {
  constexpr std::uint64_t kHz = 19'200'000;
  for (std::uint64_t ns = 0; ns < 100'000; ns += 7) {
    EXPECT_GE(ticks_to_ns(ns_to_ticks(ns, kHz), kHz) + 1, ns);
  }
}

TEST(ClockTest, NowAdvances) {
  const Instant before = now();
  busy_wait(Duration::microseconds(50));
  EXPECT_GE((now() - before).count_us(), 50U);
}

}  // namespace
}  // namespace baton::kernel
