#include "kernel/commands/commands.h"
#include "sync/cell_registry.h"

namespace baton::kernel::commands {

shell::Status cells(shell::Context& context, shell::Words /*args*/) {
  unsigned count = 0;
  sync::for_each_cell([&](const char* name, const sync::CellReport& report) {
    ++count;
    context.print("{:<18} {}", name, report.state);
    if (report.holder.known) {
      context.print("  held by core {} in {} from {:#018x}", report.holder.core,
                    report.holder.in_interrupt ? "a handler" : "a thread",
                    reinterpret_cast<std::uintptr_t>(report.holder.return_address));
    }
    context.print("\n");
  });
  context.print("{} cells\n", count);
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
