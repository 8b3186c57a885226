// The model programs over sync/ and protocols of the kernel, by name, so that one binary can run
// each as a test and another can run them all against every weakened order.
#ifndef BATON_TESTS_MODEL_PROGRAM_H_
#define BATON_TESTS_MODEL_PROGRAM_H_

#include <span>

#include "tests/model/explorer.h"

namespace baton::model {

struct Program {
  const char* name;
  void (*body)(Execution& run);
  Options options{};
};

/// By what they are about.
std::span<const Program> atomic_take_cell_programs();
std::span<const Program> owned_programs();
std::span<const Program> inbox_programs();
std::span<const Program> combining_cell_programs();
std::span<const Program> cell_registry_programs();
std::span<const Program> irq_take_cell_programs();
std::span<const Program> map_cell_programs();
std::span<const Program> optional_cell_programs();
std::span<const Program> numeric_cell_programs();
std::span<const Program> rcu_programs();
std::span<const Program> spin_lock_programs();
std::span<const Program> stack_programs();
std::span<const Program> rcu_domain_programs();
std::span<const Program> rcu_single_core_programs();
std::span<const Program> rcu_list_programs();
std::span<const Program> rcu_slist_programs();
std::span<const Program> rcu_hash_table_programs();
std::span<const Program> line_queue_programs();
std::span<const Program> rcu_sleepers_programs();
std::span<const Program> watch_roster_programs();
std::span<const Program> spsc_ring_programs();
std::span<const Program> mpmc_ring_programs();
std::span<const Program> mpsc_queue_programs();
std::span<const Program> seq_lock_programs();
std::span<const Program> thread_control_programs();
std::span<const Program> core_mailbox_programs();
std::span<const Program> trace_programs();
std::span<const Program> heap_arena_programs();
std::span<const Program> sched_placement_programs();
std::span<const Program> dma_programs();

/// All of them.
// clang-format off: one in a line
inline constexpr std::span<const Program> (*kProgramGroups[])() = {
    atomic_take_cell_programs,
    owned_programs,
    inbox_programs,
    combining_cell_programs,
    cell_registry_programs,
    irq_take_cell_programs,
    map_cell_programs,
    optional_cell_programs,
    numeric_cell_programs,
    rcu_programs,
    spin_lock_programs,
    stack_programs,
    rcu_domain_programs,
    rcu_single_core_programs,
    rcu_list_programs,
    rcu_slist_programs,
    rcu_hash_table_programs,
    spsc_ring_programs,
    mpmc_ring_programs,
    mpsc_queue_programs,
    seq_lock_programs,
    line_queue_programs,
    rcu_sleepers_programs,
    watch_roster_programs,
    thread_control_programs,
    core_mailbox_programs,
    trace_programs,
    heap_arena_programs,
    sched_placement_programs,
    dma_programs,
};
// clang-format on

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_PROGRAM_H_
