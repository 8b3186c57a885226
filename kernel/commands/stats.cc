#include <bit>

#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/sched/core_scheduler.h"

namespace baton::kernel::commands {

shell::Status stats(shell::Context& context, shell::Words /*args*/) {
  context.print("{:<5} {:>10} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "",
                "switches", "preempts", "arrivals", "departs", "messages", "kicks", "pulls", "IPIs",
                "interrupt", "sleeps");
  for (CoreMask left = CoreScheduler::active(); left != 0; left &= left - 1) {
    const auto core = static_cast<unsigned>(std::countr_zero(left));
    const CoreScheduler::Counts& counts = CoreScheduler::of(core).counts();
    context.print("cpu {} {:>10} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", core,
                  counts.switches.value(), counts.preemptions.value(), counts.arrivals.value(),
                  counts.departures.value(), counts.messages.value(), counts.kicks.value(),
                  counts.pulls.value(), cores[core].ipis.value(), cores[core].interrupts.value(),
                  cores[core].sleeps.value());
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
