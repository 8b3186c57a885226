// The kernel's scheduler under kernel/stress on the virtual machine: every scenario, in both modes,
// on 1 to 8 cores.  What must be true of each the scenario itself knows.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "arch/host/machine.h"
#include "base/time.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/churn.h"
#include "kernel/stress/stress.h"
#include "tests/host_machine/seeds.h"

namespace baton::host_test {
namespace {

// Many runs on an instrumented machine take long.
constexpr unsigned kSeeds = kSlow ? 3 : 25;
constexpr unsigned kRealMilliseconds = kSlow ? 2000 : 300;

class KernelStress : public ::testing::TestWithParam<kernel::stress::Scenario*> {};

TEST_P(KernelStress, IsWell) {
  kernel::stress::Scenario& scenario = *GetParam();
  kernel::testing::for_each_machine({.cores = {1, 2, 4, 8}, .seeds = kSeeds}, [&] {
    // The crews are as large as the machine, so all of it must be there.
    kernel::testing::wait_until(
        [] { return kernel::stress::core_count() == arch::host::running_config()->cores; });
    scenario.start(kernel::testing::seed());
    // Real time must be long enough for every thread to get its turn on a busy host.
    const auto length =
        Duration::milliseconds(kernel::testing::simulated() ? 5 : kRealMilliseconds);
    static_cast<void>(kernel::this_thread::sleep_for(length));
    scenario.halt();
    const kernel::stress::Outcome outcome = scenario.stop();
    EXPECT_EQ(outcome.errors, 0U);
    kernel::testing::count(scenario.counts().data(), outcome.done);
    if (!scenario.also_counts().empty()) {
      kernel::testing::count(scenario.also_counts().data(), outcome.also);
    }
  });
}

// A hundred thousand threads, where nothing else has to run.  On an instrumented machine as many as
// do not take long.
TEST(Churn, ManyThreadsBeginAndEnd) {
  static constexpr std::uint64_t kMany = kSlow ? 3'000 : 100'000;
  kernel::testing::for_each_machine({.cores = {4}, .seeds = 1, .limit_s = 60}, [] {
    static constinit kernel::stress::Churn churn(kernel::stress::Churn::Naps::kNone);
    churn.start(kernel::testing::seed());
    kernel::testing::wait_until([] { return churn.done() >= kMany; });
    churn.halt();
    const kernel::stress::Outcome outcome = churn.stop();
    EXPECT_EQ(outcome.errors, 0U);
    EXPECT_GE(outcome.done, kMany);
    kernel::testing::count("threads", outcome.done);
  });
}

std::vector<kernel::stress::Scenario*> all_scenarios() {
  const auto all = kernel::stress::scenarios();
  return {all.begin(), all.end()};
}

INSTANTIATE_TEST_SUITE_P(All, KernelStress, ::testing::ValuesIn(all_scenarios()),
                         [](const auto& info) {
                           std::string name(info.param->name());
                           for (char& c : name) {
                             if (c == ' ' || c == '-') {
                               c = '_';
                             }
                           }
                           return name;
                         });

}  // namespace
}  // namespace baton::host_test
