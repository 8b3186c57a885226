// The one command of the smallest image.
#include <array>
#include <span>

#include "bench/kernel/power.h"
#include "kernel/commands/commands.h"
#include "kernel/shell/command.h"

namespace baton::kernel_bench {
namespace {

constexpr std::array<kernel::shell::Command, 1> kTable = {{
    {.name = "poweroff", .arguments = "", .help = "switch the machine off", .run = poweroff},
}};
static_assert(kernel::shell::well_formed(kTable));

}  // namespace
}  // namespace baton::kernel_bench

std::span<const baton::kernel::shell::Command> baton::kernel::commands::table() {
  return baton::kernel_bench::kTable;
}
