// The commands of the torture's image, in place of the kernel's own.
#include "kernel/commands/commands.h"

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "arch/cpu.h"
#include "base/time.h"
#include "kernel/console.h"
#include "kernel/machine.h"
#include "kernel/shell/command.h"
#include "sync/rcu/core_domain.h"
#include "tests/target/rcu/broken_domain.h"
#include "tests/target/rcu/idle.h"
#include "tests/target/rcu/torture.h"

namespace baton::rcu_torture {
namespace {

using kernel::shell::Context;
using kernel::shell::Status;
using kernel::shell::Words;

constinit Torture<sync::CoreDomain> right_torture;
constinit Torture<HastyDomain> hasty_torture;

Status torture(Context& context, Words args) {
  constexpr std::uint64_t kLongest = 3600;
  const auto seconds = context.number("SECONDS", args[0], 1, kLongest);
  if (!seconds) return Status::kFailed;
  static constinit bool played = false;
  if (std::exchange(played, true)) return context.fail("once per boot");
  const Duration length = Duration::seconds(*seconds);
  if (args.size() == 1) return right_torture.run(context, length, arch::kMaxCores);
  if (args[1] == "hasty") return hasty_torture.run(context, length, arch::kMaxCores);
  if (args[1] == "skip") return right_torture.run(context, length, 1);
  return context.usage();
}

Status idle(Context& context, Words /*args*/) { return check_idle(context); }

Status stall(Context& context, Words /*args*/) { return check_stall(context); }

Status poweroff(Context& context, Words /*args*/) {
  context.print("power off\n");
  static_cast<void>(context.interrupted());  // what was written goes to the port
  kernel::console::flush(Duration::seconds(1));
  kernel::machine().power->power_off();
  return context.fail("the machine did not obey");
}

constexpr std::array<kernel::shell::Command, 4> kTable = {{
    {.name = "idle", .arguments = "", .help = "grace periods and cores that sleep", .run = idle},
    {.name = "poweroff", .arguments = "", .help = "switch the machine off", .run = poweroff},
    {.name = "stall", .arguments = "", .help = "hold a grace period up", .run = stall},
    {.name = "torture",
     .arguments = "SECONDS [BROKEN]",
     .help = "every core reads and replaces the same elements",
     .run = torture,
     .details = "BROKEN is what must be found out:\n"
                "  hasty  no grace period\n"
                "  skip   core 1 is not waited for\n"},
}};
static_assert(kernel::shell::well_formed(kTable));

}  // namespace
}  // namespace baton::rcu_torture

std::span<const baton::kernel::shell::Command> baton::kernel::commands::table() {
  return rcu_torture::kTable;
}
