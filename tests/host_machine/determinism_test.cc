// Simulated mode: equal seeds give equal runs, other seeds give others, and an interrupt can be put
// at every point of a run.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <set>
#include <vector>

#include "arch/counter.h"
#include "arch/cpu.h"
#include "arch/host/machine.h"
#include "arch/irq.h"
#include "arch/timer.h"
#include "sync/irqs_off.h"
#include "tests/host_machine/migration.h"
#include "tests/host_machine/upcalls.h"

namespace baton::host_test {
namespace {

using arch::host::Config;
using arch::host::End;
using arch::host::Injection;
using arch::host::Outcome;

// What cores write down, in the order in which they do.  Relaxed throughout: one OS thread.
class Log {
 public:
  void add(unsigned what) {
    const unsigned at = size_.fetch_add(1, std::memory_order_relaxed);
    entries_[at % entries_.size()].store(what, std::memory_order_relaxed);
  }
  std::vector<unsigned> all() const {
    std::vector<unsigned> all(size_.load(std::memory_order_relaxed));
    for (unsigned i = 0; i < all.size(); ++i) {
      all[i] = entries_[i % entries_.size()].load(std::memory_order_relaxed);
    }
    return all;
  }

 private:
  std::atomic<unsigned> size_{0};
  std::array<std::atomic<unsigned>, 1024> entries_{};
};

struct Observed {
  Outcome outcome;
  std::vector<unsigned> order;  // who did what, as the program sees it
};

// Cores that interrupt each other, sleep and migrate fibers, and write down in which order.
Observed run_mixed(const Config& config) {
  Log log;
  Migration<std::memory_order_release> migration;
  const WithUpcalls with({.interrupt = [&](unsigned line) {
    log.add(100 * line + arch::core_index());
    if (line == arch::host::kTimerLine) {
      arch::CoreTimer::stop();
    }
    return false;
  }});
  const auto entry = [&] {
    come_up();
    for (unsigned i = 0; i < 10; ++i) {
      log.add(arch::core_index());
      arch::host::lines().send_ipi(1U << ((arch::core_index() + i) % config.cores), i % 8);
      const sync::IrqsOff irqs_off;
      arch::CoreTimer::arm(arch::Counter::ticks() + 3000);
      arch::wait_for_interrupt();
    }
    migration.core_main();
  };
  const std::vector<std::function<void()>> entries(config.cores, entry);
  const Outcome outcome = arch::host::run(config, entries);
  return {.outcome = outcome, .order = log.all()};
}

TEST(Determinism, EqualSeedsGiveEqualRuns) {
  for (const unsigned cores : {1U, 2U, 4U, 8U}) {
    std::set<std::uint64_t> hashes;
    std::set<std::vector<unsigned>> orders;
    constexpr unsigned kSeeds = 40;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      const Observed first = run_mixed({.cores = cores, .seed = seed});
      ASSERT_TRUE(first.outcome.well()) << first.outcome.report;
      const Observed again = run_mixed({.cores = cores, .seed = seed});
      ASSERT_EQ(first.outcome.schedule_hash, again.outcome.schedule_hash) << "seed " << seed;
      EXPECT_EQ(first.outcome.events, again.outcome.events);
      EXPECT_EQ(first.outcome.points, again.outcome.points);
      EXPECT_EQ(first.outcome.time_ns, again.outcome.time_ns);
      ASSERT_EQ(first.order, again.order);
      hashes.insert(first.outcome.schedule_hash);
      orders.insert(first.order);
    }
    EXPECT_EQ(hashes.size(), kSeeds);
    // What the program sees differs, too, and not only the machine's account of it.
    EXPECT_GT(orders.size(), kSeeds / 2) << cores << " cores";
  }
}

TEST(Determinism, ReportOfAFailureIsTheSameAgain) {
  const auto wait_for_good = [] {
    come_up();
    for (;;) {
      arch::wait_for_interrupt();
    }
  };
  const WithUpcalls with({.interrupt = [](unsigned) { return false; }});
  const auto report = [&](std::uint64_t seed) {
    const Outcome outcome =
        arch::host::run({.cores = 3, .seed = seed}, {wait_for_good, wait_for_good, wait_for_good});
    EXPECT_EQ(outcome.end, End::kDeadlock);
    return outcome.report;
  };
  const std::string first = report(5);
  EXPECT_EQ(first, report(5));
  EXPECT_NE(first, report(6));
  EXPECT_NE(first.find("core 2: waits for an interrupt, no timer"), std::string::npos) << first;
  EXPECT_NE(first.find("waits for an interrupt\n"), std::string::npos) << first;
}

// A device's interrupt at the n-th point, for every n: it comes once, and everywhere.
TEST(Injection, SweepsOverEveryPoint) {
  constexpr unsigned kSteps = 20;
  std::set<unsigned> places;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    for (std::uint64_t at = 1; at <= 200; ++at) {
      unsigned step = 0;
      std::vector<unsigned> taken;
      const WithUpcalls with({.interrupt = [&](unsigned line) {
        EXPECT_EQ(line, arch::host::kFirstDevice);
        taken.push_back(step);
        return false;
      }});
      const Config config{
          .cores = 1, .seed = seed, .injections = {{.when = Injection::When::kPoint, .at = at}}};
      const Outcome outcome =
          arch::host::run(config, {[&] {
                            arch::host::lines().enable(arch::host::kFirstDevice, 0);
                            come_up();
                            for (step = 1; step <= kSteps; ++step) {
                              arch::preemption_point();
                              const sync::IrqsOff irqs_off;
                            }
                            // Whatever is on its way gets here.
                            const std::uint64_t until = arch::Counter::ticks() + 100'000;
                            while (arch::Counter::ticks() < until) {
                            }
                          }});
      ASSERT_TRUE(outcome.well()) << outcome.report;
      ASSERT_GT(outcome.points, at);
      ASSERT_EQ(taken.size(), 1U) << "seed " << seed << ", at point " << at;
      places.insert(taken[0]);
    }
  }
  for (unsigned step = 1; step <= kSteps; ++step) {
    EXPECT_TRUE(places.contains(step)) << "never in step " << step;
  }
}

TEST(Injection, ComesAtItsTimeWhenAllWait) {
  std::uint64_t taken_ns = 0;
  const WithUpcalls with({.interrupt = [&](unsigned) {
    taken_ns = arch::Counter::ticks();
    return false;
  }});
  const Config config{.cores = 2,
                      .seed = 9,
                      .injections = {{.at = 5'000'000, .line = arch::host::kFirstDevice + 1}}};
  const Outcome outcome =
      arch::host::run(config, {[&] {
                        arch::host::lines().enable(arch::host::kFirstDevice + 1, 0);
                        come_up();
                        while (taken_ns == 0) {
                          const sync::IrqsOff irqs_off;
                          arch::wait_for_interrupt();
                        }
                      }});
  ASSERT_TRUE(outcome.well()) << outcome.report;
  EXPECT_GE(taken_ns, 5'000'000U);
  EXPECT_LT(taken_ns, 5'100'000U);
  // Time jumps: nobody counted up to there.
  EXPECT_LT(outcome.points, 10'000U);
}

}  // namespace
}  // namespace baton::host_test
