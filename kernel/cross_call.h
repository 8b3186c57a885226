// Running something on another core: a request in that core's mailbox, and an interrupt to wake it.
//
// The mailbox is an AtomicTakeCell: at most one request waits there, which its receiver owns from
// the moment it takes it.  Requests come from a pool and go home when they have run.
#ifndef BATON_KERNEL_CROSS_CALL_H_
#define BATON_KERNEL_CROSS_CALL_H_

#include "base/result.h"
#include "base/time.h"

namespace baton::kernel {

/// What runs on the other core: in its thread context, interrupts unmasked, between two sleeps.
using CrossCall = void (*)(void* argument);

/// Has core `core` run `call(argument)`, and returns when the request is in its mailbox, not when
/// it has run.  From threads of any core; the boot core's thread takes no calls, it is the shell's.
/// kInvalidArgument: the boot core or the caller itself; kNotFound: that core is not online;
/// kTimedOut: its mailbox stayed full for `limit`.
Result<void> call_on(unsigned core, CrossCall call, void* argument, Duration limit);

/// Runs what waits in this core's mailbox; true if something did.  Threads, interrupts unmasked.
bool run_waiting_call();

/// True when nothing waits.  With interrupts masked, an arrival after it ends the next sleep.
bool mailbox_is_empty();

/// Makes the mailboxes known to `cells`.  Boot core, once.
void register_mailboxes();

}  // namespace baton::kernel

#endif  // BATON_KERNEL_CROSS_CALL_H_
