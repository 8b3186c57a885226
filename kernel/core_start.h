// How cores come online: the boot core, the others at boot, and those that come later.
//
// A core that comes online is complete, whenever that is: it runs threads, hears other cores, has
// its `rcu/N` and `call/N`, and is watched.  It sees to that itself, so that one that was slow, and
// that nobody waits for any more, is as good as any.
//
//   kOff --start_core()--> kStarting --came--> kOnline
//                              |                  ^
//                              '--too late--> kFailed --came after all
//
// kFailed is also what a core is that could not be started, or that came and could not be set up.
#ifndef BATON_KERNEL_CORE_START_H_
#define BATON_KERNEL_CORE_START_H_

#include "base/result.h"
#include "base/time.h"
#include "kernel/boot_arguments.h"
#include "kernel/sched/may_block.h"

namespace baton::kernel {

/// The machine's cores exist from here on.  Boot core, before all else here.
void prepare_cores(const BootOptions& options);

/// The boot core comes online.  The interrupt controller and the timer's handler are set up.
/// kTimedOut: its interrupts do not work; or as InterruptController's init_core() and enable().
Result<void> start_boot_core();

/// Starts all others but those that are to be left off, and waits until each is online, or has had
/// BootOptions::patience; tells of those that did not come.  Boot core.
void start_other_cores();

/// Starts a core that was left off, and waits until it is online.  Threads.  kNotFound: the machine
/// has no such core; kBusy: it is not off; kTimedOut: it has not come within
/// BootOptions::patience (if it comes later, it is used); or what arch::start_core() fails with.
Result<void> start_core(unsigned core) BATON_MAY_BLOCK;

/// How long a core may take to come.
Duration core_patience();

}  // namespace baton::kernel

#endif  // BATON_KERNEL_CORE_START_H_
