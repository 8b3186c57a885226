#include "kernel/watchdog.h"

#include "kernel/commands/commands.h"
#include "kernel/core.h"

namespace baton::kernel::commands {

shell::Status watchdog(shell::Context& context, shell::Words args) {
  if (args.size() > 0) {
    Duration limit;
    if (args[0] != "off") {
      const auto given =
          context.number("MILLISECONDS", args[0], kernel::watchdog::kShortestLimit.count_ms(),
                         kernel::watchdog::kLongestLimit.count_ms());
      if (!given) return shell::Status::kFailed;
      limit = Duration::milliseconds(*given);
    }
    kernel::watchdog::set_limit(limit);
    return shell::Status::kOk;
  }
  const Duration limit = kernel::watchdog::limit();
  if (limit == Duration()) {
    context.print("off\n");
  } else {
    context.print("tells of a core that lets others wait for {}\n", limit);
  }
  const std::uint32_t online = online_mask();
  for (unsigned i = 0; i < cores.size(); ++i) {
    if ((online & (1U << i)) == 0) continue;
    const kernel::watchdog::Numbers numbers = kernel::watchdog::numbers(i);
    context.print("cpu {}: {}{}{}, {} looks, told of {} times, for {} at most\n", i,
                  numbers.awake ? "awake" : "asleep", numbers.watches ? ", watches" : "",
                  numbers.stalled ? ", does not schedule" : "", numbers.looks, numbers.stalls,
                  numbers.longest);
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
