// The kernel's part of RCU: when a core reads nothing, when its callbacks run, and who is told when
// a grace period ends (sync/rcu/core_domain.h has the rest).
//
// A core comes by in its loop, where it reports and runs callbacks, and is away while it sleeps: it
// is neither waited for nor woken.  A core that sleeps while its own callbacks wait for others says
// so first, and whoever ends the grace period sends it an interrupt.
//
// A read section must not sleep, nor call what may: sleep_until(), Context::interrupted().
#ifndef BATON_KERNEL_RCU_H_
#define BATON_KERNEL_RCU_H_

#include <cstdint>

#include "base/time.h"
#include "sync/irqs_off.h"

namespace baton::kernel::rcu {

/// Before anything else here.  Boot core, once.
void init();

/// This core takes part: what its threads and handlers read is waited for.  Once, interrupts
/// masked, before anything is read.
void start_core();

/// This core takes no part any more, as it stops for good.
void stop_core(const sync::IrqsOff& irqs_off);

/// Comes by: reports that this core reads nothing, and runs some of its callbacks.  Threads,
/// outside read sections, interrupts unmasked; in a callback it does nothing.  A few loads when
/// there is nothing to do.
void come_by();

/// Sleeps until an interrupt is pending; returns at once when there may be callbacks to run.  The
/// core has come by since it last slept.  Threads, outside read sections.
void sleep(const sync::IrqsOff& irqs_off);

/// Waits for a grace period; the core runs callbacks and sleeps meanwhile.  Threads, outside read
/// sections and callbacks.
void synchronize();

/// Waits, without sleep, until everything that was retired before, on any core, has run.  Cores
/// that sleep and have something to run are woken for it.  Likewise.
void barrier();

/// The grace period that is running, for people.
struct Progress {
  bool active;
  std::uint64_t completed;  ///< grace periods since the start
  Duration running;         ///< how long the running one has been seen
  Duration longest;         ///< of those that have ended
};
Progress progress();
/// How often this core slept until a grace period ended that it waited for, and was told.
std::uint64_t times_told(unsigned core);

/// A grace period that lasts this long is told on the console, with who holds it up.
inline constexpr Duration kStall = Duration::seconds(3);

}  // namespace baton::kernel::rcu

#endif  // BATON_KERNEL_RCU_H_
