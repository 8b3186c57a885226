#include "kernel/core_report.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "arch/image_info.h"
#include "arch/trap.h"
#include "kernel/blocking/priority_graph.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/lock_ranks.h"
#include "sync/lock_rank.h"

namespace baton::kernel::report {
namespace {

[[maybe_unused]] constexpr std::size_t kMostMutexes = 16;

}  // namespace

void thread(TextSink& out, unsigned core) {
  const Thread* const thread = CoreScheduler::of(core).current_for_people();
  if (thread == nullptr) return;
  format_to(out, "  thread: {}", thread->name());
  if (thread->stack_bytes() != 0) {
    format_to(out, ", priority {}, {} of {} bytes of stack used", thread->priority().value(),
              thread->stack_high_water(), thread->stack_bytes());
  }
  out.write("\n");
}

void backtrace(TextSink& out, const arch::TrapFrame& frame, std::size_t depth) {
  std::array<arch::BacktraceEntry, kDeepest> entries{};
  const std::size_t found = arch::backtrace(frame, std::span(entries).first(depth));
  out.write("backtrace:\n");
  for (std::size_t i = 0; i < found; ++i) {
    format_to(out, "  #{} {:#018x}", i, entries[i].address);
    if (entries[i].repeats > 1) {
      format_to(out, " repeated {} times", entries[i].repeats);
    }
    out.write("\n");
  }
}

bool knows_locks() { return sync::LockRanks::known(); }

bool locks(TextSink& out, unsigned core) {
  bool any = false;
  sync::LockRanks::for_each_held(core, [&out, &any, core](const sync::HeldLock& held) {
    const auto* const rank = std::ranges::find_if(kRanks, [&held](const RankDescription& each) {
      return static_cast<unsigned>(each.rank) == held.rank;
    });
    format_to(out, "  core {}: spin lock {:#018x}, rank {} ({}), taken from {:#018x}\n", core,
              reinterpret_cast<std::uintptr_t>(held.lock), held.rank,
              rank != kRanks.end() ? rank->name : "of no name",
              reinterpret_cast<std::uintptr_t>(held.return_address));
    any = true;
  });
#ifndef NDEBUG
  Thread* const thread = CoreScheduler::of(core).current_for_people();
  if (thread == nullptr) return any;
  std::size_t count = 0;
  for (const MutexNode& mutex : PriorityGraph::held_by(*thread)) {
    // The list is its core's, and may be a ring by now.
    if (++count > kMostMutexes) break;
    format_to(out, "  core {}: mutex {:#018x}, of thread {}\n", core,
              reinterpret_cast<std::uintptr_t>(&mutex), thread->name());
    any = true;
  }
#endif
  return any;
}

void build_id(TextSink& out) {
  out.write("build-id: ");
  for (const std::byte b : arch::build_id()) {
    format_to(out, "{:02x}", static_cast<unsigned>(b));
  }
  out.write("\n");
}

}  // namespace baton::kernel::report
