// Runs every model program over sync/ to its end.
#include <iostream>
#include <span>

#include "gtest/gtest.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"

namespace baton::model {
namespace {

void expect_all_pass(std::span<const Program> programs) {
  ASSERT_FALSE(programs.empty());
  for (const Program& program : programs) {
    const Report report = explore(program.name, program.body, program.options);
    EXPECT_TRUE(report.ok) << report;
    EXPECT_TRUE(report.complete) << report;
    std::cout << report << '\n' << std::flush;
  }
  std::cout
      << "Every schedule and every read that the model has; it has no load buffering, and orders "
         "seq_cst as executed (tests/model/README.md).\n";
}

TEST(SyncModel, AtomicTakeCell) { expect_all_pass(atomic_take_cell_programs()); }
TEST(SyncModel, StaticOwnedAndPool) { expect_all_pass(owned_programs()); }
TEST(SyncModel, Inbox) { expect_all_pass(inbox_programs()); }
TEST(SyncModel, CombiningCell) { expect_all_pass(combining_cell_programs()); }
TEST(SyncModel, CellRegistry) { expect_all_pass(cell_registry_programs()); }
TEST(SyncModel, IrqTakeCell) { expect_all_pass(irq_take_cell_programs()); }
TEST(SyncModel, MapCell) { expect_all_pass(map_cell_programs()); }
TEST(SyncModel, OptionalCell) { expect_all_pass(optional_cell_programs()); }

}  // namespace
}  // namespace baton::model
