#include "kernel/blocking/event_flags.h"

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

TEST(EventFlags, AnyAllKeepClear) {
  for_each_machine({.cores = {1}, .seeds = 2}, [] {
    EventFlags flags(0b0101);
    EXPECT_EQ(flags.try_wait(0b0010, Want::kAny, Then::kClear).error(), Error::kEmpty);
    EXPECT_EQ(flags.try_wait(0b0111, Want::kAll, Then::kClear).error(), Error::kEmpty);
    EXPECT_EQ(flags.try_wait(0, Want::kAll, Then::kKeep).error(), Error::kInvalidArgument);
    EXPECT_EQ(flags.wait(0, Want::kAny, Then::kKeep).error(), Error::kInvalidArgument);
    EXPECT_EQ(flags.try_wait(0b0111, Want::kAny, Then::kKeep).value(), 0b0101U);
    EXPECT_EQ(flags.value(), 0b0101U);
    EXPECT_EQ(flags.wait(0b0110, Want::kAny, Then::kClear).value(), 0b0100U);
    EXPECT_EQ(flags.value(), 0b0001U);
    flags.set(0b1110);
    EXPECT_EQ(flags.wait(0b0011, Want::kAll, Then::kClear).value(), 0b0011U);
    EXPECT_EQ(flags.clear(0b0110), 0b0100U);
    EXPECT_EQ(flags.value(), 0b1000U);
    EXPECT_EQ(flags.wait_for(1, Want::kAny, Then::kClear, Duration::microseconds(3)).error(),
              Error::kTimedOut);
  });
}

TEST(EventFlags, WhoTakesAFlagTakesItAlone) {
  for_each_machine({.seeds = 15}, [] {
    EventFlags flags;
    std::atomic<int> looked{0};
    std::atomic<int> took{0};
    Crew crew;
    const auto waits = [&](Then then, std::atomic<int>& through, int priority) {
      testing::wait_until_waiting(
          crew.start({.name = "waiter", .priority = Priority(priority)}, [&, then] {
            EXPECT_EQ(flags.wait(0b11, Want::kAll, then).value(), 0b11U);
            ++through;
          }));
    };
    waits(Then::kClear, took, 5);
    waits(Then::kClear, took, 6);
    waits(Then::kKeep, looked, 20);
    waits(Then::kKeep, looked, 21);
    flags.set(0b01);
    flags.set(0b10);
    testing::wait_until([&] { return took == 1 && looked == 2; });
    EXPECT_EQ(flags.value(), 0U);
    flags.set(0b11);
    crew.join();
    EXPECT_EQ(flags.value(), 0U);
  });
}

TEST(EventFlags, TimeoutAgainstSet) {
  for_each_machine({.seeds = 60, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(200, 10); ++i) {
      EventFlags flags(1);
      const bool won = testing::race(
          [&](Instant when) -> Result<void> {
            const auto seen = flags.wait_until(3, Want::kAll, Then::kClear, when);
            if (!seen) return fail(seen.error());
            return {};
          },
          [&] { flags.set(2); });
      EXPECT_EQ(flags.value(), won ? 0U : 3U);
    }
  });
}

// Every flag that is set is taken once, from threads and handlers.
TEST(EventFlags, NoFlagIsLost) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    constexpr unsigned kFlags = 6;
    const unsigned rounds = testing::rounds(2000, 40);
    EventFlags flags;
    EventFlags acknowledged((1U << kFlags) - 1);
    std::array<std::atomic<unsigned>, kFlags> taken{};
    std::atomic<unsigned> left{kFlags * rounds};
    Crew crew;
    for (unsigned f = 0; f < kFlags; ++f) {
      crew.start({.name = "setter"}, [&, f] {
        for (unsigned i = 0; i < rounds; ++i) {
          EXPECT_TRUE(acknowledged.wait(1U << f, Want::kAll, Then::kClear));
          flags.set(1U << f);
        }
      });
    }
    for (int t = 0; t < 3; ++t) {
      crew.start({.name = "taker", .priority = Priority(15 + t)}, [&, t] {
        while (left != 0) {
          const auto seen = flags.wait_for(t == 0 ? 0b110 : 0b111111, Want::kAny, Then::kClear,
                                           Duration::microseconds(20));
          if (!seen) continue;
          for (unsigned f = 0; f < kFlags; ++f) {
            if ((*seen >> f & 1U) == 0) continue;
            ++taken[f];
            --left;
            acknowledged.set(1U << f);
          }
        }
      });
    }
    crew.join();
    for (const auto& one : taken) EXPECT_EQ(one, rounds);
    EXPECT_EQ(flags.value(), 0U);
    testing::count("flags", kFlags * rounds);
  });
}

}  // namespace
}  // namespace baton::kernel
