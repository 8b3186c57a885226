// A core's timers against a naive queue: armed, cancelled and run in order, however many there are;
// and what arming and cancelling costs.
#include "kernel/timers.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/time.h"
#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

using testing::below;

// Written by the interrupt of the one core.
class Log {
 public:
  struct Entry {
    explicit Entry(Log& whose) : log(&whose) {}
    Log* log;
    Instant due;
    Timer timer{[](void* entry) { static_cast<Entry*>(entry)->run(); }, this};

   private:
    void run() {
      log->order.push_back(this);
      EXPECT_GE(now(), due);
      EXPECT_FALSE(timer.armed());
    }
  };
  std::vector<const Entry*> order;
};

TEST(TimerQueue, RunsSoonestFirstAndEqualsAsTheyWereArmed) {
  testing::for_each_machine({.cores = {1}, .seeds = 40, .parallel_runs = 2}, [] {
    Log log;
    std::vector<std::unique_ptr<Log::Entry>> entries;
    entries.reserve(200);
    for (unsigned i = 0; i < 200; ++i) entries.push_back(std::make_unique<Log::Entry>(log));
    std::multimap<std::uint64_t, const Log::Entry*> expected;
    {
      const sync::IrqsOff irqs_off;
      const std::uint64_t start = now().since_start_ns() + 10'000'000;
      for (unsigned i = 0; i < 2000; ++i) {
        Log::Entry& entry = *entries[below(entries.size())];
        if (entry.timer.armed()) {
          EXPECT_TRUE(this_core_timers(irqs_off).cancel(entry.timer, irqs_off));
          std::erase_if(expected, [&](const auto& one) { return one.second == &entry; });
        } else {
          // Few times, so that many are due at once.
          const std::uint64_t due = start + 1000 * below(50);
          entry.due = Instant::from_ns(due);
          this_core_timers(irqs_off).arm(entry.timer, entry.due, irqs_off);
          expected.emplace(due, &entry);
        }
        EXPECT_FALSE(entry.timer.armed() &&
                     this_core_timers(irqs_off).next_due().since_start_ns() > start + 50'000);
      }
      Log::Entry idle(log);
      EXPECT_FALSE(this_core_timers(irqs_off).cancel(idle.timer, irqs_off));
    }
    testing::wait_until([&] { return log.order.size() >= expected.size(); });
    std::vector<const Log::Entry*> order;
    for (const auto& [due, entry] : expected) order.push_back(entry);
    EXPECT_EQ(log.order, order);
    testing::count("run", order.size());
  });
}

// Not compared with anything: the host is busy with other things, too.
TEST(TimerQueue, ArmAndCancelAmongMany) {
  testing::for_each_machine({.cores = {1}, .seeds = 0}, [] {
    Log log;
    for (const unsigned many : {1U, 100U, 10'000U}) {
      std::vector<std::unique_ptr<Log::Entry>> entries;
      entries.reserve(many);
      for (unsigned i = 0; i < many; ++i) entries.push_back(std::make_unique<Log::Entry>(log));
      const sync::IrqsOff irqs_off;
      TimerQueue& queue = this_core_timers(irqs_off);
      // Later than any test.
      const std::uint64_t start = now().since_start_ns() + 3'600'000'000'000;
      const auto due = [&] { return Instant::from_ns(start + below(1'000'000'000)); };
      for (const auto& entry : entries) queue.arm(entry->timer, due(), irqs_off);
      constexpr unsigned kTimes = 2000;
      const auto begun = std::chrono::steady_clock::now();
      for (unsigned i = 0; i < kTimes; ++i) {
        Log::Entry& entry = *entries[below(many)];
        EXPECT_TRUE(queue.cancel(entry.timer, irqs_off));
        queue.arm(entry.timer, due(), irqs_off);
      }
      const std::chrono::duration<double, std::nano> took =
          std::chrono::steady_clock::now() - begun;
      std::printf("  %5u timers: cancel and arm %7.0f ns\n", many, took.count() / kTimes);
      for (const auto& entry : entries) EXPECT_TRUE(queue.cancel(entry->timer, irqs_off));
    }
  });
}

}  // namespace
}  // namespace baton::kernel
