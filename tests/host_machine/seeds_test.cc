// The runner of seeds: what it makes of runs that end well, badly, or not at all; and its flags.
#include "tests/host_machine/seeds.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "sync/irqs_off.h"
#include "tests/host_machine/upcalls.h"

namespace baton::host_test {
namespace {

using arch::host::Config;
using arch::host::Outcome;

Outcome count_a_little(const Config& config) {
  return arch::host::run(config, {[] {
                           for (unsigned i = 0; i < 50; ++i) {
                             arch::relax();
                           }
                         }});
}

Outcome fail_from_seed_7(const Config& config) {
  return arch::host::run(config, {[&] {
                           arch::relax();
                           if (config.seed >= 7) {
                             arch::host::fail("seven or more");
                           }
                         }});
}

// Of a sweep inside of EXPECT_NONFATAL_FAILURE, which sees no local variables.
std::uint64_t failures = ~std::uint64_t{0};

TEST(Sweep, CountsAndHashes) {
  const Swept first = sweep({.seeds = 20}, &count_a_little);
  EXPECT_EQ(first.runs, 20U);
  EXPECT_EQ(first.failures, 0U);
  EXPECT_GE(first.points, 20U * 50);
  const Swept again = sweep({.seeds = 20}, &count_a_little);
  EXPECT_EQ(first.hash, again.hash);
  EXPECT_NE(first.hash, sweep({.seeds = 21}, &count_a_little).hash);
}

TEST(Sweep, SaysWhichSeedFails) {
  const Swept swept = sweep({.seeds = 20}, &fail_from_seed_7);
  EXPECT_EQ(swept.first_failure, 7U);
  EXPECT_EQ(swept.runs, 7U);
  EXPECT_NE(swept.report.find("seven or more\nseed 7,"), std::string::npos) << swept.report;
  EXPECT_EQ(sweep({.seeds = 20, .stop_at_first_failure = false}, &fail_from_seed_7).failures, 14U);
}

TEST(Sweep, RunsThatCrashOrFailAnExpectationAreFailures) {
  const Swept crashed = sweep({.seeds = 3}, [](const Config& config) -> Outcome {
    if (config.seed == 2) {
      std::_Exit(3);
    }
    return count_a_little(config);
  });
  EXPECT_EQ(crashed.first_failure, 2U);
  EXPECT_EQ(crashed.report, "the run ended with status 3");

  const Swept killed = sweep({.seeds = 1}, [](const Config&) -> Outcome {
    raise(SIGKILL);
    return {};
  });
  EXPECT_EQ(killed.first_failure, 1U);
  EXPECT_EQ(killed.report, "the run was ended by signal 9");

  const Swept unexpected = sweep({.seeds = 5}, [](const Config& config) {
    EXPECT_NE(config.seed, 4U) << "this failure belongs to a passing test";
    return count_a_little(config);
  });
  EXPECT_EQ(unexpected.first_failure, 4U);
}

// What failed in the test before a run is not the run's failure.
TEST(Sweep, FailuresBeforeARunAreNotTheRuns) {
  EXPECT_NONFATAL_FAILURE(
      {
        ADD_FAILURE() << "before";
        failures = sweep({.seeds = 3}, &count_a_little).failures;
      },
      "before");
  EXPECT_EQ(failures, 0U);
}

TEST(RunSeeds, FailsTheTestWithSeedAndReplay) {
  EXPECT_NONFATAL_FAILURE(run_seeds({.seeds = 20}, &fail_from_seed_7), "--replay=7");
}

TEST(ExpectFound, FailsTheTestWhereNothingIsFound) {
  EXPECT_NONFATAL_FAILURE(expect_found({.seeds = 5}, &count_a_little, "deadlock"), "no seed finds");
  EXPECT_NONFATAL_FAILURE(expect_found({.seeds = 10}, &fail_from_seed_7, "deadlock"), "seven");
}

// The oldest mistake of all: looked and slept with interrupts unmasked, the wake-up may come
// between the two.  `masked` is the right way.
Outcome wait_for_flag(const Config& config, bool masked) {
  std::atomic<bool> flag{false};
  std::atomic<bool> up{false};
  const WithUpcalls with({.interrupt = [](unsigned) { return false; }});
  const auto sleeper = [&] {
    come_up();
    // Release pairs with the acquire in the waker: the core takes part.
    up.store(true, std::memory_order_release);
    // Acquire, both, pairs with the release in the waker.
    if (masked) {
      for (;;) {
        const sync::IrqsOff irqs_off;
        if (flag.load(std::memory_order_acquire)) {
          return;
        }
        arch::wait_for_interrupt();
      }
    }
    // Acquire pairs with the release in the waker.
    while (!flag.load(std::memory_order_acquire)) {
      arch::preemption_point();
      arch::wait_for_interrupt();
    }
  };
  const auto waker = [&] {
    come_up();
    // Acquire pairs with the release in the sleeper.
    while (!up.load(std::memory_order_acquire)) {
      arch::relax();
    }
    // Release pairs with the acquire in the sleeper.
    flag.store(true, std::memory_order_release);
    arch::host::lines().send_ipi(1, 0);
  };
  return arch::host::run(config, {sleeper, waker});
}

constexpr std::uint64_t kSeeds = kSlow ? 50 : 200;

TEST(ExpectFound, LostWakeUp) {
  expect_found(
      {.config = {.cores = 2}, .seeds = 200},
      [](const Config& config) { return wait_for_flag(config, false); }, "deadlock");
  run_seeds({.config = {.cores = 2}, .seeds = kSeeds},
            [](const Config& config) { return wait_for_flag(config, true); });
}

AskedSeeds parse(std::vector<std::string> flags, bool* good, std::size_t* left) {
  std::vector<char*> argv{const_cast<char*>("test")};
  for (std::string& flag : flags) {
    argv.push_back(flag.data());
  }
  const AskedSeeds before = asked_seeds();
  int argc = static_cast<int>(argv.size());
  testing::internal::CaptureStderr();
  *good = parse_seed_flags(&argc, argv.data());
  static_cast<void>(testing::internal::GetCapturedStderr());
  *left = static_cast<std::size_t>(argc);
  const AskedSeeds parsed = asked_seeds();
  // As before, for the tests that come after.
  restore_asked_seeds(before);
  return parsed;
}

TEST(Flags, SeedsReplayAndCores) {
  bool good = false;
  std::size_t left = 0;
  AskedSeeds asked = parse({"--seeds=3..90", "--other", "--cores=4"}, &good, &left);
  EXPECT_TRUE(good);
  EXPECT_EQ(left, 2U);
  EXPECT_EQ(asked.first, 3U);
  EXPECT_EQ(asked.last, 90U);
  EXPECT_EQ(asked.cores, 4U);
  EXPECT_FALSE(asked.replay);
  asked = parse({"--replay=18446744073709551615"}, &good, &left);
  EXPECT_TRUE(good);
  EXPECT_TRUE(asked.replay);
  EXPECT_EQ(asked.first, ~std::uint64_t{0});
  EXPECT_EQ(asked.last, ~std::uint64_t{0});
  for (const char* bad : {"--seeds=", "--seeds=5..4", "--seeds=0..4", "--seeds=1..", "--seeds=a..b",
                          "--replay=", "--replay=0", "--replay=1x", "--cores=9", "--cores=0",
                          "--replay=18446744073709551616"}) {
    parse({bad}, &good, &left);
    EXPECT_FALSE(good) << bad;
  }
}

}  // namespace
}  // namespace baton::host_test
