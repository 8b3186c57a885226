// The commands that need no machine: help, echo, history, repeat, time.
#ifndef BATON_KERNEL_SHELL_BUILTINS_H_
#define BATON_KERNEL_SHELL_BUILTINS_H_

#include <span>

#include "kernel/shell/command.h"

namespace baton::kernel::shell {

/// Their table, which every shell has.
std::span<const Command> builtin_commands();

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_BUILTINS_H_
