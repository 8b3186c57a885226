#include "arch/cores.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/sched/core_scheduler.h"

namespace baton::kernel::commands {

shell::Status cpus(shell::Context& context, shell::Words /*args*/) {
  const std::uint32_t online = online_mask();
  for (unsigned i = 0; i < cores.size(); ++i) {
    const Core& core = cores[i];
    // Relaxed: a word for people; the fields below are read only where online_mask() acquired them.
    const CoreState state = core.state.load(std::memory_order_relaxed);
    if (state == CoreState::kAbsent) {
      continue;
    }
    if ((online & (1U << i)) == 0) {
      context.print("cpu {} {}\n", i, state);
      continue;
    }
    context.print("cpu {} online  {} ({} {:#x}), ", i, arch::core_model_name(core.model),
                  arch::kCoreModelRegister, core.model);
    if constexpr (arch::kHasExceptionLevels) {
      context.print("affinity {:#x}, entered at EL{}, ", core.affinity, core.entry_level);
    }
    context.print("since {}; {} interrupts, {} IPIs, {} calls, {} sleeps{}\n",
                  Duration::nanoseconds(core.online_since_ns), core.interrupts.value(),
                  core.ipis.value(), core.calls.value(), core.sleeps.value(),
                  (CoreScheduler::active() >> i & 1U) == 0 ? "; parked" : "");
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
