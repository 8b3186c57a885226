// The kernel's part of RCU: when a core reads nothing, when its callbacks run, and who is told when
// a grace period ends (sync/rcu/core_domain.h has the rest).
//
// A read section keeps its thread on its core and from being preempted.  So a core reads nothing
// when it switches threads, and when an interrupt finds a thread that could have been preempted.
// While it sleeps it is away: neither waited for nor woken.  A core whose own callbacks wait for
// others says so before it sleeps, and whoever ends the grace period sends it an interrupt.
//
// Callbacks run in a thread of the core that retired them, `rcu/N`, preemption off.  If a grace
// period takes long, because a core runs one thread and gets no interrupt, whoever waits for it
// sends one (kHurry).
//
// Where the machine has one core, nobody is waited for, and what remains is `rcu/0` and when it is
// called (kernel/one_core_rcu.cc).
//
// A read section must not block.
#ifndef BATON_KERNEL_RCU_H_
#define BATON_KERNEL_RCU_H_

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "sync/irqs_off.h"

namespace baton::kernel::rcu {

/// Before anything else here.  Boot core, once.
void init();

/// This core takes part: what its threads and handlers read is waited for.  Once, interrupts
/// masked, before anything is read.
void start_core();

/// This core takes no part any more, as it stops for good.
void stop_core(const sync::IrqsOff& irqs_off);

/// Reports that this core reads nothing, and runs some of its callbacks; true if it ran any.  In a
/// callback it does nothing.  Threads, outside read sections.  A few loads when there is nothing to
/// do.
bool come_by();

/// The core has come from one thread to another, or could have: it reads nothing.  A switch may
/// leave it out where `sync::CoreDomain::Watch` says that nobody is concerned.  Also where an
/// interrupt ends that has interrupted a thread which may be preempted.
void note_quiescent(const sync::IrqsOff& irqs_off);

/// Sleeps until an interrupt is pending.  The idle thread.
void sleep(const sync::IrqsOff& irqs_off);

/// Waits for a grace period.  Threads that may block, outside read sections and callbacks.
void synchronize() BATON_MAY_BLOCK;

/// Waits until everything that was retired before, on any core, has run.  Likewise.
void barrier() BATON_MAY_BLOCK;

/// What the core's thread for callbacks does, for ever.
[[noreturn]] void run_callbacks();

/// The grace period that is running, for people.
struct Progress {
  bool active;
  std::uint64_t completed;  ///< grace periods since the start
  Duration running;         ///< how long the running one has been seen
  Duration longest;         ///< of those that have ended
};
Progress progress();
/// Of one core, for people.
struct CoreNumbers {
  bool awake;           ///< takes part in grace periods
  bool pending;         ///< the one that runs waits for it
  std::size_t backlog;  ///< callbacks that wait there
  /// How often it slept until a grace period ended that it waited for, and was told.
  std::uint64_t told;
};
/// Threads.
CoreNumbers numbers(unsigned core);

/// After this long the cores that hold a grace period up are interrupted, so that they report.
inline constexpr Duration kHurry = Duration::milliseconds(1);
/// A grace period that lasts this long is told on the console, with who holds it up.
inline constexpr Duration kStall = Duration::seconds(3);

}  // namespace baton::kernel::rcu

#endif  // BATON_KERNEL_RCU_H_
