#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/console.h"
#include "kernel/machine.h"

namespace baton::kernel::commands {
namespace {

constexpr Duration kPatience = Duration::seconds(1);

}  // namespace

shell::Status poweroff(shell::Context& context, shell::Words /*args*/) {
  context.print("power off\n");
  static_cast<void>(context.interrupted());  // what was written goes to the port
  console::flush(kPatience);
  machine().power->power_off();
  return context.fail("the machine did not obey");
}

shell::Status reboot(shell::Context& context, shell::Words /*args*/) {
  context.print("reboot\n");
  static_cast<void>(context.interrupted());  // what was written goes to the port
  console::flush(kPatience);
  machine().power->reboot();
  return context.fail("the machine did not obey");
}

}  // namespace baton::kernel::commands
