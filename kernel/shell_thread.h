// The shell on the console: a thread of the boot core, whose interrupts bring what is typed.
#ifndef BATON_KERNEL_SHELL_THREAD_H_
#define BATON_KERNEL_SHELL_THREAD_H_

#include <span>

#include "kernel/shell/command.h"

namespace baton::kernel {

/// Starts the thread, which prints how long the boot took, shows the prompt, and runs what is
/// typed, for good.  `board` are the board's own commands.  Boot core, once.
void start_shell(std::span<const shell::Command> board);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SHELL_THREAD_H_
