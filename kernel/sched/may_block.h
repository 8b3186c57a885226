// Which calls may be made where, and how the compiler and a debug build know.
//
// | called from                  | calls that block   | all others                       |
// |------------------------------|--------------------|----------------------------------|
// | a thread                     | yes                | yes                              |
// | a thread with interrupts     | no: a debug build  | yes; a switch that they make due |
// | masked or preemption off     | names the caller   | comes when both are on again     |
// | an interrupt handler         | no: not compiled   | yes                              |
//
// _x stands for _for and _until.
//
// | object            | calls that block                   | any context                   |
// |-------------------|------------------------------------|-------------------------------|
// | Semaphore         | acquire, try_acquire_x             | try_acquire, [try_]release    |
// | Event             | wait, wait_x                       | try_wait, set, reset          |
// | EventFlags        | wait, wait_x                       | try_wait, set, clear          |
// | Completion        | wait, wait_x                       | try_wait, complete, fail      |
// | Latch             | wait, wait_x, arrive_and_wait[_x]  | try_wait, count_down          |
// | Barrier           | arrive_and_wait, arrive_and_wait_x | try_arrive, arrive_and_drop   |
// | Mutex,            | lock, lock_unless_stopped,         | none: a handler owns nothing, |
// | RecursiveMutex    | try_lock_x                         | so try_lock, unlock neither   |
// | ConditionVariable | wait, wait_x                       | notify_one, notify_all        |
// | Channel           | send, send_x, receive, receive_x   | try_send, try_receive, close  |
// | MessageQueue      | the same                           | the same                      |
// | WorkQueue         | run, flush, flush_x                | submit, cancel, is_idle, stop |
// | TimerService      | run, cancel_and_wait[_x]           | start, cancel, stop           |
// | BlockPool         | allocate, allocate_x               | try_allocate, a block's end   |
// | Thread            | start, join, join_x                | try_join, and all that asks   |
// |                   |                                    | something of it: suspend, ... |
// | this_thread       | yield, sleep_x, exit               | get, stop_requested           |
//
// A handler says what it is by BATON_IN_HANDLER after its parameters; a call that may block, by
// BATON_MAY_BLOCK.  Then the thread-safety analysis refuses the second inside the first.  It looks
// at one function at a time: a function that a handler calls says BATON_IN_HANDLER, too, if it is
// to be looked at.  What it does not see, such as std::scoped_lock in a handler, a debug build
// does.
#ifndef BATON_KERNEL_SCHED_MAY_BLOCK_H_
#define BATON_KERNEL_SCHED_MAY_BLOCK_H_

#include <atomic>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/preempt.h"
#include "base/annotations.h"
#include "sync/misuse.h"

namespace baton::kernel {

/// What interrupt handlers hold, and threads never do.
class BATON_CAPABILITY("interrupt handler") HandlerContext {};
inline constexpr HandlerContext interrupt_handler;

#define BATON_IN_HANDLER BATON_REQUIRES(::baton::kernel::interrupt_handler)
#define BATON_MAY_BLOCK BATON_EXCLUDES(::baton::kernel::interrupt_handler)

/// In debug builds: the caller is a thread, and may wait.  `object` is what for.
inline void check_may_block([[maybe_unused]] const void* object) {
  BATON_NO_MISUSE(!arch::in_interrupt(), object,
                  "an interrupt handler makes a call that may block");
  BATON_NO_MISUSE(arch::LocalIrq::enabled(), object,
                  "a thread that has masked interrupts makes a call that may block");
  // Relaxed: the thread's own.
  BATON_NO_MISUSE(arch::preempt_state().off.load(std::memory_order_relaxed) == 0, object,
                  "a thread that has forbidden preemption makes a call that may block");
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_MAY_BLOCK_H_
