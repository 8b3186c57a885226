// From a described machine to a prompt.
#ifndef BATON_KERNEL_START_H_
#define BATON_KERNEL_START_H_

#include "kernel/machine.h"

namespace baton::kernel {

/// Takes over: interrupts, timers, the other cores, the shell.  From the board's boot_main(), on
/// the boot core, the console's port installed, RAM and devices mapped.  `machine` is read from
/// then on by every core.
[[noreturn]] void start(const Machine& machine);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_START_H_
