// What a switch from one thread to another leaves behind: whose time it was, and a record of it.
//
// The scheduler's own, in the way of every switch.
#ifndef BATON_KERNEL_SCHED_ACCOUNT_H_
#define BATON_KERNEL_SCHED_ACCOUNT_H_

#include <cstdint>

#include "arch/counter.h"
#include "kernel/records.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/trace/trace.h"

namespace baton::kernel {

inline void CoreScheduler::account(Thread& left, Fate fate, Thread& next) {
  // What a trace calls them.
  using trace::Why;
  static_assert(static_cast<int>(Fate::kPreempted) == static_cast<int>(Why::kPreempted) &&
                static_cast<int>(Fate::kYields) == static_cast<int>(Why::kYields) &&
                static_cast<int>(Fate::kParks) == static_cast<int>(Why::kWaits) &&
                static_cast<int>(Fate::kSuspended) == static_cast<int>(Why::kSuspended) &&
                static_cast<int>(Fate::kMoves) == static_cast<int>(Why::kMoves) &&
                static_cast<int>(Fate::kDies) == static_cast<int>(Why::kEnds));
  const std::uint64_t now = arch::Counter::ticks();
  const std::uint64_t ran = now - switched_at_;
  left.cpu_ticks_.add(ran);
  // Whoever is preempted goes on with the rest of its turn.
  left.slice_ticks_ = fate == Fate::kPreempted ? left.slice_ticks_ + ran : 0;
  if (fate == Fate::kPreempted && &left != &idle_) counts_.preemptions.add();
  switched_at_ = now;
  pen_.put_masked(now, trace::pack(trace::Kind::kSwitch, static_cast<unsigned>(fate),
                                   left.trace_id_, next.trace_id_));
  next.switches_.add();
  counts_.switches.add();
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_ACCOUNT_H_
