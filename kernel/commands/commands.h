// The commands that every machine has.  Each lives in a file of its own; this is the list.
#ifndef BATON_KERNEL_COMMANDS_COMMANDS_H_
#define BATON_KERNEL_COMMANDS_COMMANDS_H_

#include <span>

#include "kernel/shell/command.h"

namespace baton::kernel::commands {

/// All of them, for the shell.
std::span<const shell::Command> table();

shell::Status cells(shell::Context& context, shell::Words args);
shell::Status cpus(shell::Context& context, shell::Words args);
shell::Status fault(shell::Context& context, shell::Words args);
shell::Status heap(shell::Context& context, shell::Words args);
shell::Status hog(shell::Context& context, shell::Words args);
shell::Status irqs(shell::Context& context, shell::Words args);
shell::Status irqthread(shell::Context& context, shell::Words args);
shell::Status locks(shell::Context& context, shell::Words args);
shell::Status mailboxes(shell::Context& context, shell::Words args);
shell::Status mem(shell::Context& context, shell::Words args);
shell::Status nest(shell::Context& context, shell::Words args);
shell::Status panic(shell::Context& context, shell::Words args);
shell::Status park(shell::Context& context, shell::Words args);
shell::Status peek(shell::Context& context, shell::Words args);
shell::Status poweroff(shell::Context& context, shell::Words args);
shell::Status ps(shell::Context& context, shell::Words args);
shell::Status rcu(shell::Context& context, shell::Words args);
shell::Status reboot(shell::Context& context, shell::Words args);
shell::Status relay(shell::Context& context, shell::Words args);
shell::Status shout(shell::Context& context, shell::Words args);
shell::Status sleep(shell::Context& context, shell::Words args);
shell::Status start(shell::Context& context, shell::Words args);
shell::Status stats(shell::Context& context, shell::Words args);
shell::Status stress(shell::Context& context, shell::Words args);
shell::Status timers(shell::Context& context, shell::Words args);
shell::Status top(shell::Context& context, shell::Words args);
shell::Status unpark(shell::Context& context, shell::Words args);
shell::Status trace(shell::Context& context, shell::Words args);
shell::Status uptime(shell::Context& context, shell::Words args);
shell::Status version(shell::Context& context, shell::Words args);
shell::Status watchdog(shell::Context& context, shell::Words args);

/// Offers the kinds of `fault`, then core numbers.
void complete_fault(const shell::CompletionRequest& request);

}  // namespace baton::kernel::commands

#endif  // BATON_KERNEL_COMMANDS_COMMANDS_H_
