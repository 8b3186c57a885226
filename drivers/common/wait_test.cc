#include "drivers/common/wait.h"

#include <chrono>
#include <cstdint>
#include <thread>

#include "base/time.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(TimeLimit, TicksOfUsualCounters) {
  EXPECT_EQ(TimeLimit::to_ticks(Duration::seconds(1), 54'000'000), 54'000'000U);
  EXPECT_EQ(TimeLimit::to_ticks(Duration::microseconds(1), 62'500'000), 62U);
  EXPECT_EQ(TimeLimit::to_ticks(Duration::milliseconds(1500), 19'200'000), 28'800'000U);
  EXPECT_EQ(TimeLimit::to_ticks(Duration::seconds(100'000), 1'000'000'000), 100'000'000'000'000U);
  EXPECT_EQ(TimeLimit::to_ticks(Duration{}, 1'000'000'000), 0U);
  EXPECT_EQ(TimeLimit::to_ticks(Duration::seconds(1), 0), 0U);
}

TEST(WaitUntil, EndsWhenTheConditionHolds) {
  unsigned looks = 0;
  EXPECT_TRUE(wait_until(Duration::seconds(100), [&] { return ++looks == 5; }));
  EXPECT_EQ(looks, 5U);
}

TEST(WaitUntil, EndsWhenTheTimeIsOver) {
  const auto start = steady_clock::now();
  EXPECT_FALSE(wait_until(Duration::milliseconds(5), [] { return false; }));
  EXPECT_GE(steady_clock::now() - start, milliseconds(5));
}

// A core that was held up past the limit looks once more before it gives up.
TEST(WaitUntil, BeingLateIsNotFailing) {
  unsigned looks = 0;
  EXPECT_TRUE(wait_until(Duration::milliseconds(50), [&] {
    if (++looks == 1) {
      std::this_thread::sleep_for(milliseconds(60));
      return false;
    }
    return true;
  }));
  EXPECT_EQ(looks, 2U);
  EXPECT_TRUE(wait_until(Duration{}, [] { return true; }));
}

TEST(Pause, TakesAtLeastItsTime) {
  const auto start = steady_clock::now();
  pause(Duration::milliseconds(3));
  EXPECT_GE(steady_clock::now() - start, milliseconds(3));
}

}  // namespace
}  // namespace baton::drivers
