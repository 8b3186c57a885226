// Running something on another core: a request in that core's mailbox, and a thread there that
// takes it, `call/N`.
//
// The mailbox is an AtomicTakeCell: at most one request waits there, which its receiver owns from
// the moment it takes it.  Requests come from a pool and go home when they have run.
#ifndef BATON_KERNEL_CROSS_CALL_H_
#define BATON_KERNEL_CROSS_CALL_H_

#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"

namespace baton::kernel {

/// What runs on the other core: in a thread that stays there, one call at a time.
using CrossCall = void (*)(void* argument);

/// Has core `core` run `call(argument)`, and returns when the request is in its mailbox, not when
/// it has run.  Threads, of any core.  kInvalidArgument: no such core; kNotFound: that core is not
/// online; kFull, kTimedOut: its mailbox stayed full for `limit`.
Result<void> call_on(unsigned core, CrossCall call, void* argument, Duration limit) BATON_MAY_BLOCK;

/// What the core's thread for calls does, for ever.
[[noreturn]] void run_calls();

/// Makes the mailboxes known to `cells`.  Boot core, once.
void register_mailboxes();

}  // namespace baton::kernel

#endif  // BATON_KERNEL_CROSS_CALL_H_
