// Runs every model program over sync/ to its end.
#include <span>
#include <sstream>

#include "gtest/gtest.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"
#include "tests/model/table.h"

namespace baton::model {
namespace {

void expect_all_pass(std::span<const Program> programs) {
  ASSERT_FALSE(programs.empty());
  Table table("executions.txt");
  for (const Program& program : programs) {
    const Report report = explore(program.name, program.body, program.options);
    EXPECT_TRUE(report.ok) << report;
    // Those with many threads, and no end of schedules: those with few preemptions.
    EXPECT_TRUE(report.complete || program.options.preemption_bound > 0) << report;
    std::ostringstream line;
    line << report;
    table.row("%s", line.str().c_str());
  }
  table.row(
      "Every schedule and every read that the model has (bounded: every schedule with few "
      "preemptions); it has no load buffering, and orders seq_cst as executed "
      "(tests/model/README.md).");
}

TEST(SyncModel, AtomicTakeCell) { expect_all_pass(atomic_take_cell_programs()); }
TEST(SyncModel, StaticOwnedAndPool) { expect_all_pass(owned_programs()); }
TEST(SyncModel, Inbox) { expect_all_pass(inbox_programs()); }
TEST(SyncModel, CombiningCell) { expect_all_pass(combining_cell_programs()); }
TEST(SyncModel, CellRegistry) { expect_all_pass(cell_registry_programs()); }
TEST(SyncModel, IrqTakeCell) { expect_all_pass(irq_take_cell_programs()); }
TEST(SyncModel, MapCell) { expect_all_pass(map_cell_programs()); }
TEST(SyncModel, OptionalCell) { expect_all_pass(optional_cell_programs()); }
TEST(SyncModel, NumericCell) { expect_all_pass(numeric_cell_programs()); }
TEST(SyncModel, Stack) { expect_all_pass(stack_programs()); }
TEST(SyncModel, SpinLock) { expect_all_pass(spin_lock_programs()); }
TEST(SyncModel, Rcu) { expect_all_pass(rcu_programs()); }
TEST(SyncModel, RcuDomain) { expect_all_pass(rcu_domain_programs()); }
TEST(SyncModel, RcuSingleCore) { expect_all_pass(rcu_single_core_programs()); }
TEST(SyncModel, RcuList) { expect_all_pass(rcu_list_programs()); }
TEST(SyncModel, RcuSList) { expect_all_pass(rcu_slist_programs()); }
TEST(SyncModel, RcuHashTable) { expect_all_pass(rcu_hash_table_programs()); }
TEST(KernelModel, LineQueue) { expect_all_pass(line_queue_programs()); }
TEST(KernelModel, RcuSleepers) { expect_all_pass(rcu_sleepers_programs()); }
TEST(KernelModel, WatchRoster) { expect_all_pass(watch_roster_programs()); }
TEST(KernelModel, ThreadControl) { expect_all_pass(thread_control_programs()); }
TEST(KernelModel, CoreMailbox) { expect_all_pass(core_mailbox_programs()); }
TEST(KernelModel, Trace) { expect_all_pass(trace_programs()); }
TEST(KernelModel, HeapArena) { expect_all_pass(heap_arena_programs()); }
TEST(KernelModel, Placement) { expect_all_pass(sched_placement_programs()); }
TEST(SyncModel, SpscRing) { expect_all_pass(spsc_ring_programs()); }
TEST(SyncModel, MpmcRing) { expect_all_pass(mpmc_ring_programs()); }
TEST(SyncModel, MpscQueue) { expect_all_pass(mpsc_queue_programs()); }
TEST(SyncModel, Dma) { expect_all_pass(dma_programs()); }
TEST(SyncModel, SeqLock) { expect_all_pass(seq_lock_programs()); }

}  // namespace
}  // namespace baton::model
