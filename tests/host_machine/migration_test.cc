// Fibers that go from core to core keep their stack, their registers and their thread pointer, and
// see where they are.
#include "tests/host_machine/migration.h"

#include <gtest/gtest.h>

#include "tests/host_machine/modes.h"

namespace baton::host_test {
namespace {

class MigrationTest : public OnMachines {};

TEST_P(MigrationTest, FibersGoFromCoreToCore) {
  std::uint64_t moves = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    Migration<std::memory_order_release> migration;
    const arch::host::Outcome outcome =
        arch::host::run(config(seed), on_all([&] { migration.core_main(); }));
    ASSERT_TRUE(outcome.well()) << outcome.report;
    ASSERT_EQ(migration.errors(), 0U) << migration.first_error();
    moves += migration.moves();
  }
  if (cores() == 1) {
    EXPECT_EQ(moves, 0U);
  } else {
    EXPECT_GT(moves, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Both, MigrationTest, ::testing::ValuesIn(all_modes()), mode_name);

// Relaxed hand-over is a data race, but on this host, whose cores keep the order, not a wrong
// result: so the controls fail because of their sanitizer, and of nothing else.
TEST(MigrationControl, EndsWellWithoutASanitizer) {
#if !__has_feature(thread_sanitizer)
  EXPECT_EQ(hand_over_unordered(arch::host::Mode::kSimulated), EXIT_SUCCESS);
#endif
}

}  // namespace
}  // namespace baton::host_test
