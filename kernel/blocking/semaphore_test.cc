#include "kernel/blocking/semaphore.h"

#include <atomic>
#include <string>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

TEST(Semaphore, UnitsAndLimit) {
  for_each_machine({.cores = {1}, .seeds = 3}, [] {
    Semaphore units(2, 3);
    EXPECT_TRUE(units.try_acquire());
    EXPECT_TRUE(units.try_acquire());
    EXPECT_FALSE(units.try_acquire());
    EXPECT_TRUE(units.try_release(3));
    EXPECT_EQ(units.units(), 3U);
    EXPECT_FALSE(units.try_release());
    EXPECT_TRUE(units.acquire());
    EXPECT_FALSE(units.try_release(2));
    EXPECT_EQ(units.units(), 2U);
    EXPECT_TRUE(units.try_acquire_for(Duration()));
    EXPECT_TRUE(units.try_acquire_until(now()));
    const Instant before = now();
    const Result<void> late = units.try_acquire_for(Duration::microseconds(30));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error(), Error::kTimedOut);
    EXPECT_GE((now() - before).count_us(), 30U);
    // Somebody waited, and has gone: the limit still holds.
    EXPECT_FALSE(units.try_release(4));
    EXPECT_TRUE(units.try_release(3));
    EXPECT_EQ(units.units(), 3U);
  });
}

TEST(Semaphore, TheMostUrgentGoesFirstAndEqualsInTurn) {
  for_each_machine({.seeds = 10}, [] {
    Semaphore units(0);
    Semaphore ready(0);
    std::string order;
    Crew crew;
    // One after the other, so that the order of arrival is known.
    for (const auto& [name, priority] :
         {std::pair{'a', 5}, {'b', 7}, {'c', 5}, {'d', 9}, {'e', 7}}) {
      Thread& waiter = crew.start({.name = "waiter", .priority = Priority(priority)}, [&, name] {
        EXPECT_TRUE(units.acquire());
        order += name;
        ready.release();
      });
      testing::wait_until_waiting(waiter);
    }
    crew[2].set_priority(Priority(8));
    for (int i = 0; i < 5; ++i) {
      units.release();
      EXPECT_TRUE(ready.acquire());
    }
    EXPECT_EQ(order, "dcbea");
  });
}

TEST(Semaphore, OneReleaseLetsAsManyGo) {
  for_each_machine({.seeds = 10}, [] {
    Semaphore units(0);
    Crew crew;
    for (int i = 0; i < 3; ++i) {
      testing::wait_until_waiting(
          crew.start({.name = "waiter"}, [&] { EXPECT_TRUE(units.acquire()); }));
    }
    units.release(5);
    crew.join();
    EXPECT_EQ(units.units(), 2U);
  });
}

TEST(Semaphore, HandlersRelease) {
  for_each_machine({.seeds = 20, .parallel_runs = 2}, [] {
    constexpr unsigned kTimes = 50;
    Semaphore units(0);
    const unsigned cores = arch::host::running_config()->cores;
    for (unsigned i = 0; i < 2; ++i) {
      testing::on_device(i, i % cores, [&] { units.release(); });
    }
    const testing::DevicesEnd devices_end;
    Crew crew;
    crew.start({.name = "taker", .priority = Priority(20)}, [&] {
      for (unsigned i = 0; i < kTimes; ++i) EXPECT_TRUE(units.acquire());
    });
    for (unsigned i = 0; i < kTimes; ++i) {
      testing::raise_device(i % 2);
      const std::uint32_t seen = units.units();
      static_cast<void>(seen);
      // A line that is raised before its handler has run is raised once.
      static_cast<void>(this_thread::sleep_for(Duration::microseconds(30)));
      if (testing::below(4) == 0) this_thread::yield();
    }
    // What the lines lost is made up for.
    while (crew[0].state() != ThreadState::kDead) {
      static_cast<void>(units.try_release());
      static_cast<void>(this_thread::sleep_for(Duration::microseconds(5)));
    }
    testing::count("released", kTimes);
  });
}

TEST(Semaphore, TimeoutAgainstRelease) {
  for_each_machine({.seeds = 60, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(300, 10); ++i) {
      Semaphore units(0);
      const bool won = testing::race([&](Instant when) { return units.try_acquire_until(when); },
                                     [&] { units.release(); });
      // Given to the one who waited, or still there.
      EXPECT_EQ(units.units(), won ? 0U : 1U);
      EXPECT_EQ(units.try_acquire(), !won);
    }
  });
}

TEST(Semaphore, StopAgainstRelease) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(200, 10); ++i) {
      Semaphore units(0);
      Result<void> result;
      Crew crew;
      Thread& waiter = crew.start({.name = "waiter"}, [&] { result = units.acquire(); });
      crew.start({.name = "stopper"}, [&] { waiter.request_stop(); });
      crew.start({.name = "giver"}, [&] { units.release(); });
      crew.join();
      EXPECT_EQ(units.units(), result ? 0U : 1U);
      if (!result) {
        EXPECT_EQ(result.error(), Error::kStopped);
      }
      testing::count(result ? "woken" : "stopped");
    }
  });
}

// Units are neither lost nor made, whoever gives up meanwhile.
TEST(Semaphore, UnitsAreConserved) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    constexpr unsigned kUnits = 3;
    const unsigned rounds = testing::rounds(3000, 60);
    Semaphore units(kUnits, kUnits);
    std::atomic<unsigned> inside{0};
    std::atomic<std::uint64_t> taken{0};
    std::atomic<std::uint64_t> late{0};
    Crew crew;
    for (int t = 0; t < 7; ++t) {
      crew.start({.name = "user", .priority = Priority(10 + t % 3)}, [&] {
        for (unsigned i = 0; i < rounds; ++i) {
          const auto kind = i % 3;
          const bool got = kind == 0 ? units.acquire().has_value()
                           : kind == 1
                               ? units.try_acquire_for(Duration::nanoseconds(500)).has_value()
                               : units.try_acquire();
          if (!got) {
            ++late;
            continue;
          }
          EXPECT_LE(++inside, kUnits);
          ++taken;
          if (i % 5 == 0) this_thread::yield();
          --inside;
          units.release();
        }
      });
    }
    crew.join();
    EXPECT_EQ(units.units(), kUnits);
    testing::count("taken", taken);
    testing::count("not taken", late);
  });
}

}  // namespace
}  // namespace baton::kernel
