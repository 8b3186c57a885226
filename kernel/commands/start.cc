#include <atomic>

#include "arch/cpu.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/core_start.h"

namespace baton::kernel::commands {

shell::Status start(shell::Context& context, shell::Words args) {
  const auto number = context.number("CORE", args[0], 0, arch::kMaxCores - 1);
  if (!number) return shell::Status::kFailed;
  const auto core = static_cast<unsigned>(*number);
  const Result<void> started = start_core(core);
  if (started) return shell::Status::kOk;
  switch (started.error()) {
    case Error::kNotFound:
      return context.fail("there is no cpu {}", core);
    case Error::kTimedOut:
      return context.fail("cpu {} has not come within {}; if it does, it is used", core,
                          core_patience());
    case Error::kBusy: {
      // Relaxed: a word for people.
      const CoreState state = cores[core].state.load(std::memory_order_relaxed);
      if (state == CoreState::kOnline) return context.fail("cpu {} is online already", core);
      return context.fail("cpu {} was told to start before: it is {}", core, state);
    }
    default:
      return context.fail("cpu {} could not be started: {}", core, started.error());
  }
}

}  // namespace baton::kernel::commands
