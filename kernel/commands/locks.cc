#include "kernel/commands/commands.h"
#include "kernel/sched/lock_ranks.h"

namespace baton::kernel::commands {

shell::Status locks(shell::Context& context, shell::Words /*args*/) {
  context.print("spin locks, in the order in which they may be taken:\n");
  for (const RankDescription& lock : kRanks) {
    context.print("{:>3} {:<15} {:<28} {}\n", static_cast<unsigned>(lock.rank), lock.name,
                  lock.locks, lock.reason);
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
