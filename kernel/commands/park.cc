#include <optional>

#include "arch/cpu.h"
#include "kernel/commands/commands.h"
#include "kernel/sched/core_scheduler.h"

namespace baton::kernel::commands {
namespace {

std::optional<unsigned> core_number(shell::Context& context, shell::Words args) {
  const auto core = context.number("CORE", args[0], 0, arch::kMaxCores - 1);
  if (!core) return std::nullopt;
  return static_cast<unsigned>(*core);
}

}  // namespace

shell::Status park(shell::Context& context, shell::Words args) {
  const std::optional<unsigned> core = core_number(context, args);
  if (!core) return shell::Status::kFailed;
  const Result<void> parked = CoreScheduler::park_core(*core);
  if (parked) return shell::Status::kOk;
  if (parked.error() == Error::kBusy) {
    return context.fail("cpu {} is the last one, or a thread is bound to it ('ps': AFFINITY)",
                        *core);
  }
  return context.fail("there is no cpu {}, or it is parked already", *core);
}

shell::Status unpark(shell::Context& context, shell::Words args) {
  const std::optional<unsigned> core = core_number(context, args);
  if (!core) return shell::Status::kFailed;
  if (CoreScheduler::unpark_core(*core)) return shell::Status::kOk;
  return context.fail("cpu {} is not parked", *core);
}

}  // namespace baton::kernel::commands
