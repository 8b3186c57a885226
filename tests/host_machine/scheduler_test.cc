// Threads that are preempted by their core's timer and move between cores; and what the machine
// finds when the moving is done wrong.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/host_machine/demo_scheduler.h"
#include "tests/host_machine/modes.h"
#include "tests/host_machine/seeds.h"

namespace baton::host_test {
namespace {

using arch::host::Config;
using arch::host::Outcome;

template <Planted kPlanted>
Outcome run_demo(const Config& config) {
  DemoScheduler<kPlanted> scheduler(config.cores);
  const WithUpcalls with(scheduler.upcalls());
  const std::vector<std::function<void()>> entries(config.cores, [&] { scheduler.core_main(); });
  Outcome outcome = arch::host::run(config, entries);
  EXPECT_EQ(scheduler.errors(), 0U);
  if (outcome.well()) {
    EXPECT_EQ(scheduler.ended(), scheduler.kThreads);
    EXPECT_GT(outcome.preemptions, 0U);
  }
  return outcome;
}

class SchedulerTest : public OnMachines {};

TEST_P(SchedulerTest, ThreadsArePreemptedAndMove) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const Outcome outcome = run_demo<Planted::kNothing>(config(seed));
    ASSERT_TRUE(outcome.well()) << outcome.report;
  }
}

INSTANTIATE_TEST_SUITE_P(Both, SchedulerTest, ::testing::ValuesIn(all_modes()), mode_name);

constexpr std::uint64_t kSeeds = kSlow ? 20 : 200;

TEST(SchedulerSeeds, Well) {
  for (const unsigned cores : {1U, 2U, 4U, 8U}) {
    run_seeds({.config = {.cores = cores}, .seeds = kSeeds}, &run_demo<Planted::kNothing>);
  }
}

TEST(SchedulerSeeds, ThreadSentBeforeItIsSavedIsFound) {
  expect_found({.config = {.cores = 2}, .seeds = 100}, &run_demo<Planted::kSentBeforeSaved>,
               "a context that is not saved");
}

}  // namespace
}  // namespace baton::host_test
