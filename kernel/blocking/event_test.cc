#include "kernel/blocking/event.h"

#include <atomic>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

TEST(Event, AutoIsTakenByOne) {
  for_each_machine({.seeds = 10}, [] {
    Event bell(Reset::kAuto);
    EXPECT_FALSE(bell.try_wait());
    bell.set();
    bell.set();
    EXPECT_TRUE(bell.try_wait());
    EXPECT_FALSE(bell.try_wait());
    std::atomic<int> through{0};
    Crew crew;
    for (int i = 0; i < 3; ++i) {
      testing::wait_until_waiting(crew.start({.name = "waiter"}, [&] {
        EXPECT_TRUE(bell.wait());
        ++through;
      }));
    }
    for (int i = 1; i <= 3; ++i) {
      bell.set();
      testing::wait_until([&] { return through == i; });
      EXPECT_FALSE(bell.try_wait());
    }
  });
}

TEST(Event, ManualLetsAllThrough) {
  for_each_machine({.seeds = 10}, [] {
    Event gate(Reset::kManual, true);
    EXPECT_TRUE(gate.try_wait());
    EXPECT_TRUE(gate.wait());
    gate.reset();
    EXPECT_FALSE(gate.try_wait());
    EXPECT_EQ(gate.wait_for(Duration::microseconds(5)).error(), Error::kTimedOut);
    Crew crew;
    for (int i = 0; i < 4; ++i) {
      testing::wait_until_waiting(
          crew.start({.name = "waiter"}, [&] { EXPECT_TRUE(gate.wait()); }));
    }
    gate.set();
    crew.join();
    EXPECT_TRUE(gate.try_wait());
  });
}

TEST(Event, TimeoutAgainstSet) {
  for_each_machine({.seeds = 60, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(200, 10); ++i) {
      Event bell(Reset::kAuto);
      const bool won =
          testing::race([&](Instant when) { return bell.wait_until(when); }, [&] { bell.set(); });
      EXPECT_EQ(bell.try_wait(), !won);
    }
  });
}

TEST(Event, StoppedThreadsDoNotTakeIt) {
  for_each_machine({.seeds = 30}, [] {
    for (unsigned i = 0; i < testing::rounds(100, 8); ++i) {
      Event bell(Reset::kAuto);
      Result<void> result;
      Crew crew;
      Thread& waiter = crew.start({.name = "waiter"}, [&] { result = bell.wait(); });
      crew.start({.name = "ringer"}, [&] { bell.set(); });
      waiter.request_stop();
      crew.join();
      EXPECT_EQ(bell.try_wait(), !result.has_value());
      testing::count(result ? "woken" : "stopped");
    }
  });
}

TEST(Event, TheLongestWaitIsNotOverAtOnce) {
  for_each_machine({.cores = {1, 2}, .seeds = 5}, [] {
    Event event(Reset::kAuto);
    Result<void> waited;
    Result<void> slept;
    Crew crew;
    Thread& waiter =
        crew.start({.name = "waiter"}, [&] { waited = event.wait_for(Duration::max()); });
    Thread& sleeper =
        crew.start({.name = "sleeper"}, [&] { slept = this_thread::sleep_for(Duration::max()); });
    testing::wait_until_waiting(waiter);
    testing::wait_until_waiting(sleeper);
    sleeper.request_stop();
    event.set();
    crew.join();
    EXPECT_TRUE(waited.has_value());
    EXPECT_EQ(slept.error(), Error::kStopped);
  });
}

TEST(Event, WaitsInAnyCaseThoughAskedToStop) {
  for_each_machine({.seeds = 20}, [] {
    Event event(Reset::kAuto);
    std::atomic<bool> over{false};
    Crew crew;
    Thread& waiter = crew.start({.name = "waiter"}, [&] {
      event.wait_in_any_case();
      over = true;
      EXPECT_EQ(event.wait().error(), Error::kStopped);
    });
    testing::wait_until_waiting(waiter);
    waiter.request_stop();
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(50)));
    EXPECT_FALSE(over);
    event.set();
    crew.join();
    EXPECT_TRUE(over);
  });
}

}  // namespace
}  // namespace baton::kernel
