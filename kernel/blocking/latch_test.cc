#include "kernel/blocking/latch.h"

#include <atomic>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

TEST(Latch, OpensOnceAndStaysOpen) {
  for_each_machine({.seeds = 20, .parallel_runs = 2}, [] {
    Latch latch(4);
    std::atomic<unsigned> come{0};
    testing::on_device(0, 0, [&] {
      ++come;
      latch.count_down();
    });
    const testing::DevicesEnd devices_end;
    EXPECT_FALSE(latch.try_wait());
    EXPECT_EQ(latch.wait_for(Duration::microseconds(2)).error(), Error::kTimedOut);
    Crew crew;
    for (int i = 0; i < 3; ++i) {
      crew.start({.name = "arriver", .priority = Priority(14 + i)}, [&] {
        ++come;
        EXPECT_TRUE(latch.arrive_and_wait());
        EXPECT_EQ(come, 4U);
      });
    }
    testing::raise_device(0);
    EXPECT_TRUE(latch.wait());
    Latch other(3);
    EXPECT_EQ(other.arrive_and_wait_for(Duration::microseconds(2)).error(), Error::kTimedOut);
    EXPECT_EQ(other.arrive_and_wait_until(now()).error(), Error::kTimedOut) << "one is left";
    EXPECT_TRUE(other.arrive_and_wait_until(now()));
    EXPECT_EQ(come, 4U);
    EXPECT_TRUE(latch.try_wait());
    EXPECT_TRUE(latch.wait_until(now()));
  });
}

TEST(Latch, TimeoutAgainstTheLast) {
  for_each_machine({.seeds = 60, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(200, 10); ++i) {
      Latch latch(2);
      latch.count_down();
      static_cast<void>(testing::race([&](Instant when) { return latch.wait_until(when); },
                                      [&] { latch.count_down(); }));
      EXPECT_TRUE(latch.try_wait());
    }
  });
}

}  // namespace
}  // namespace baton::kernel
