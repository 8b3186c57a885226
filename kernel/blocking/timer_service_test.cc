#include "kernel/blocking/timer_service.h"

#include <array>
#include <atomic>
#include <string>

#include "gtest/gtest.h"
#include "kernel/blocking/periodic_timer.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

TEST(TimerService, InTheOrderOfTheirTimes) {
  for_each_machine({.seeds = 15}, [] {
    TimerService service;
    struct Named {
      static void run(void* me) {
        *static_cast<Named*>(me)->order += static_cast<Named*>(me)->name;
      }
      std::string* order;
      char name;
      ServiceTimer timer{&Named::run, this};
    };
    std::string order;
    Named a{.order = &order, .name = 'a'};
    Named b{.order = &order, .name = 'b'};
    Named c{.order = &order, .name = 'c'};
    Named d{.order = &order, .name = 'd'};
    // Real time goes on while the host does something else.
    const std::uint64_t unit = testing::simulated() ? 10'000 : 20'000'000;
    const auto at = [start = now(), unit](unsigned n) {
      return start + Duration::nanoseconds(n * unit);
    };
    service.start(c.timer, at(7));
    service.start(a.timer, at(6));
    service.start(b.timer, at(6));
    service.start(d.timer, at(5));
    EXPECT_TRUE(service.cancel(d.timer));
    EXPECT_FALSE(service.cancel(d.timer));
    Crew crew;
    crew.start({.name = "timers", .priority = Priority(20)}, [&] { EXPECT_TRUE(service.run()); });
    // Started anew, later; and one that comes before all others while the server sleeps.
    service.start(a.timer, at(9));
    service.start(d.timer, at(5));
    static_cast<void>(this_thread::sleep_until(at(12)));
    service.stop();
    crew.join();
    EXPECT_EQ(order, "dbca");
  });
}

TEST(TimerService, PeriodsDoNotDrift) {
  for_each_machine({.cores = {1, 2}, .seeds = 15}, [] {
    TimerService service;
    struct Ticking {
      std::atomic<unsigned> ticks{0};
      ServiceTimer timer{[](void* me) { ++static_cast<Ticking*>(me)->ticks; }, this};
    } ticking;
    Crew crew;
    crew.start({.name = "timers", .priority = Priority(20)},
               [&] { EXPECT_EQ(service.run().error(), Error::kStopped); });
    constexpr std::uint64_t kPeriodNs = 100'000;
    const Instant start = now();
    service.start(ticking.timer, start, Duration::nanoseconds(kPeriodNs));
    PeriodicTimer every(Duration::nanoseconds(3 * kPeriodNs));
    const auto seen_now = [&] { return ticking.ticks + service.missed(ticking.timer); };
    // A service that came late, as its core may, has caught up by the end of some period; one that
    // drifts is ever further behind.
    constexpr Duration kPatience = Duration::seconds(10);
    std::uint64_t ends = 0;
    for (int i = 0; i < 10 || (seen_now() + 1 < 3 * ends && now() - start < kPatience); ++i) {
      ends += 1 + every.wait().value();
    }
    EXPECT_TRUE(service.cancel_and_wait(ticking.timer));
    const std::uint64_t elapsed = (now() - start).count_ns();
    const std::uint64_t seen = seen_now();
    // One at the start, and one for each period since, the last of them maybe not yet.
    EXPECT_LE(seen, elapsed / kPeriodNs + 1);
    EXPECT_GE(seen + 1, 3 * ends);
    testing::count("ticks", ticking.ticks);
    crew[0].request_stop();
  });
}

// Expiry or cancel(), never both, never neither; the one who cancels is on another core, or a
// handler.
TEST(TimerService, ExactlyOneOfExpiryAndCancel) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    TimerService service;
    struct Once {
      std::atomic<unsigned> expired{0};
      ServiceTimer timer{[](void* me) { ++static_cast<Once*>(me)->expired; }, this};
    };
    Crew crew;
    crew.start({.name = "timers", .priority = Priority(14 + static_cast<int>(testing::below(5)))},
               [&] { EXPECT_TRUE(service.run()); });
    const unsigned cores = arch::host::running_config()->cores;
    std::atomic<Once*> target{nullptr};
    std::atomic<unsigned> by_handler{0};
    std::atomic<unsigned> handled{0};
    unsigned raised = 0;
    testing::on_device(0, cores - 1, [&] {
      if (service.cancel(target.load()->timer)) ++by_handler;
      ++handled;
    });
    const testing::DevicesEnd devices_end;
    for (unsigned i = 0; i < testing::rounds(300, 20); ++i) {
      Once once;
      by_handler = 0;
      target = &once;
      const Instant due = now() + Duration::nanoseconds(3000 + testing::below(6000));
      service.start(once.timer, due);
      testing::spin_until(Instant::from_ns(due.since_start_ns() - 1 + testing::below(800)));
      if (testing::below(2) == 0) {
        ++raised;
        testing::raise_device(0);
      }
      const bool cancelled = service.cancel_and_wait(once.timer);
      testing::wait_until([&] { return handled == raised; });
      const unsigned ended = once.expired + by_handler + (cancelled ? 1 : 0);
      ASSERT_EQ(ended, 1U);
      testing::count(once.expired != 0 ? "expired" : "cancelled");
      static_cast<void>(this_thread::sleep_for(Duration::microseconds(5)));
    }
    service.stop();
  });
}

// When cancel_and_wait() returns the function is not running, and the timer may end.
// Who has waited long enough has cancelled it all the same.
TEST(TimerService, CancelAndWaitGivesUp) {
  for_each_machine({.seeds = 20, .parallel_runs = 2}, [] {
    TimerService service;
    struct Stuck {
      Semaphore goes_on{0};
      std::atomic<unsigned> runs{0};
      ServiceTimer timer{[](void* me) {
                           ++static_cast<Stuck*>(me)->runs;
                           EXPECT_TRUE(static_cast<Stuck*>(me)->goes_on.acquire());
                         },
                         this};
    } stuck;
    Crew crew;
    crew.start({.name = "timers", .priority = Priority(17)}, [&] { EXPECT_TRUE(service.run()); });
    service.start(stuck.timer, now(), Duration::microseconds(5));
    testing::wait_until([&] { return stuck.runs != 0; });
    EXPECT_EQ(service.cancel_and_wait_for(stuck.timer, Duration::microseconds(3)).error(),
              Error::kTimedOut);
    EXPECT_EQ(service.cancel_and_wait_until(stuck.timer, now()).error(), Error::kTimedOut);
    stuck.goes_on.release();
    EXPECT_FALSE(service.cancel_and_wait_for(stuck.timer, Duration::seconds(10)).value());
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(20)));
    EXPECT_EQ(stuck.runs, 1U);
    service.stop();
  });
}

TEST(TimerService, CancelAndWaitOutlastsTheFunction) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    TimerService service;
    Crew crew;
    crew.start({.name = "timers", .priority = Priority(17)}, [&] { EXPECT_TRUE(service.run()); });
    struct Slow {
      std::atomic<bool> inside{false};
      std::atomic<unsigned> runs{0};
      ServiceTimer timer{[](void* me) {
                           auto& slow = *static_cast<Slow*>(me);
                           slow.inside = true;
                           ++slow.runs;
                           static_cast<void>(this_thread::sleep_for(Duration::microseconds(3)));
                           slow.inside = false;
                         },
                         this};
    };
    for (unsigned i = 0; i < testing::rounds(200, 15); ++i) {
      Slow slow;
      service.start(slow.timer, now(), Duration::microseconds(5));
      static_cast<void>(this_thread::sleep_for(Duration::nanoseconds(testing::below(20000))));
      EXPECT_TRUE(service.cancel_and_wait(slow.timer));
      EXPECT_FALSE(slow.inside);
      testing::count("runs", slow.runs);
    }
    service.stop();
  });
}

}  // namespace
}  // namespace baton::kernel
