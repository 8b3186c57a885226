#include "kernel/rcu.h"

#include "kernel/commands/commands.h"
#include "kernel/core.h"

namespace baton::kernel::commands {

shell::Status rcu(shell::Context& context, shell::Words /*args*/) {
  const kernel::rcu::Progress progress = kernel::rcu::progress();
  context.print("{} grace periods, the longest {}; ", progress.completed, progress.longest);
  if (progress.active) {
    context.print("one has been running for {}\n", progress.running);
  } else {
    context.print("none is running\n");
  }
  const std::uint32_t online = online_mask();
  for (unsigned i = 0; i < cores.size(); ++i) {
    if ((online & (1U << i)) == 0) {
      continue;
    }
    const kernel::rcu::CoreNumbers numbers = kernel::rcu::numbers(i);
    context.print(
        "cpu {}: {}{}, {} callbacks wait, told {} times\n", i, numbers.awake ? "awake" : "asleep",
        numbers.pending ? ", holds the grace period up" : "", numbers.backlog, numbers.told);
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
