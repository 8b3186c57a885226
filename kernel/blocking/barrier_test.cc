#include "kernel/blocking/barrier.h"

#include <array>
#include <atomic>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

TEST(Barrier, NobodyGoesOnBeforeAllHaveCome) {
  for_each_machine({.seeds = 30, .parallel_runs = 2}, [] {
    constexpr unsigned kThreads = 5;
    const unsigned rounds = testing::rounds(2000, 50);
    Barrier barrier(kThreads);
    std::array<std::atomic<unsigned>, kThreads> round{};
    std::atomic<unsigned> last{0};
    Crew crew;
    for (unsigned t = 0; t < kThreads; ++t) {
      crew.start({.name = "thread", .priority = Priority(10 + static_cast<int>(t) % 3)}, [&, t] {
        for (unsigned i = 0; i < rounds; ++i) {
          round[t] = i + 1;
          const Result<bool> met = barrier.arrive_and_wait();
          ASSERT_TRUE(met);
          if (*met) ++last;
          for (const auto& other : round) EXPECT_GE(other, i + 1);
          EXPECT_GE(barrier.phase(), i + 1);
        }
      });
    }
    crew.join();
    EXPECT_EQ(last, rounds);
    EXPECT_EQ(barrier.phase(), rounds);
    testing::count("meetings", rounds);
  });
}

TEST(Barrier, WhoGivesUpHasNotCome) {
  for_each_machine({.seeds = 10}, [] {
    Barrier barrier(2);
    EXPECT_EQ(barrier.arrive_and_wait_for(Duration::microseconds(3)).error(), Error::kTimedOut);
    Crew crew;
    Thread& stopped = crew.start({.name = "stopped"}, [&] {
      EXPECT_EQ(barrier.arrive_and_wait().error(), Error::kStopped);
      EXPECT_EQ(barrier.arrive_and_wait().error(), Error::kStopped);
    });
    testing::wait_until_waiting(stopped);
    stopped.request_stop();
    crew.join();
    EXPECT_FALSE(barrier.try_arrive());
    EXPECT_EQ(barrier.phase(), 0U);
    crew.start({.name = "other"}, [&] { EXPECT_TRUE(barrier.arrive_and_wait()); });
    EXPECT_TRUE(barrier.arrive_and_wait());
    EXPECT_EQ(barrier.phase(), 1U);
    barrier.arrive_and_drop();
    EXPECT_TRUE(barrier.arrive_and_wait().value());
  });
}

// A handler may be who was missing; it does not come before that.
TEST(Barrier, WhoMayNotWaitComesLast) {
  for_each_machine({.seeds = 20, .parallel_runs = 2}, [] {
    Barrier barrier(2);
    std::atomic<unsigned> come{0};
    std::atomic<unsigned> in_vain{0};
    testing::on_device(0, 0, [&] { ++(barrier.try_arrive() ? come : in_vain); });
    const testing::DevicesEnd devices_end;
    testing::raise_device(0);
    testing::wait_until([&] { return in_vain != 0; });
    Crew crew;
    Thread& waits =
        crew.start({.name = "waits"}, [&] { EXPECT_FALSE(barrier.arrive_and_wait().value()); });
    testing::wait_until_waiting(waits);
    testing::raise_device(0);
    crew.join();
    testing::wait_until([&] { return come != 0; });
    EXPECT_EQ(come, 1U);
    EXPECT_EQ(barrier.phase(), 1U);
  });
}

// Both meet or neither does, however close the timeout is.
TEST(Barrier, TimeoutAgainstTheLast) {
  for_each_machine({.seeds = 60, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(200, 10); ++i) {
      Barrier barrier(2);
      bool met = false;
      const bool won = testing::race(
          [&](Instant when) -> Result<void> {
            const Result<bool> result = barrier.arrive_and_wait_until(when);
            if (!result) return fail(result.error());
            return {};
          },
          [&] { met = barrier.arrive_and_wait_for(Duration::microseconds(50)).has_value(); });
      EXPECT_EQ(met, won);
      EXPECT_EQ(barrier.phase(), won ? 1U : 0U);
    }
  });
}

// Threads that give up all the time, and others that meet in spite of them.
TEST(Barrier, MeetingsAmongThoseWhoGiveUp) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    constexpr unsigned kThreads = 4;
    const unsigned rounds = testing::rounds(1000, 40);
    Barrier barrier(kThreads);
    std::atomic<unsigned> met{0};
    Crew crew;
    for (unsigned t = 0; t < kThreads + 2; ++t) {
      crew.start({.name = "thread"}, [&] {
        while (barrier.phase() < rounds) {
          if (barrier.arrive_and_wait_for(Duration::nanoseconds(2000 + testing::below(4000))))
            ++met;
        }
      });
    }
    crew.join();
    // Who came to a meeting was counted in it, and nobody else.
    EXPECT_EQ(met, barrier.phase() * kThreads);
    testing::count("meetings", barrier.phase());
  });
}

}  // namespace
}  // namespace baton::kernel
