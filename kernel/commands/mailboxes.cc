#include <cstdint>

#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/sched/core_scheduler.h"

namespace baton::kernel::commands {

shell::Status mailboxes(shell::Context& context, shell::Words /*args*/) {
  context.print("{:<5} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n", "", "sent", "interrupts",
                "spared", "taken", "batches", "longest");
  const std::uint32_t online = online_mask();
  for (unsigned i = 0; i < cores.size(); ++i) {
    if ((online & (1U << i)) == 0) continue;
    const CoreScheduler::Counts& counts = CoreScheduler::of(i).counts();
    // Read first: it is counted last.
    const std::uint64_t interrupts = counts.kicks.value();
    const std::uint64_t sent = counts.sent.value();
    context.print("cpu {} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}{}\n", i, sent, interrupts,
                  sent - interrupts, counts.messages.value(), counts.batches.value(),
                  counts.longest_batch.value(),
                  CoreScheduler::of(i).has_mail() ? "  something waits" : "");
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
