// The shell on the console: the boot core's thread from the end of boot on.
#ifndef BATON_KERNEL_SHELL_THREAD_H_
#define BATON_KERNEL_SHELL_THREAD_H_

#include <span>

#include "kernel/shell/command.h"

namespace baton::kernel {

/// Prints how long the boot took, shows the prompt, and runs what is typed, for good.  `board` are
/// the board's own commands.  Boot core's thread.
[[noreturn]] void run_shell(std::span<const shell::Command> board);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SHELL_THREAD_H_
