#include "kernel/commands/commands.h"
#include "kernel/commands/thread_rows.h"

namespace baton::kernel::commands {
constinit ThreadRows thread_rows;

shell::Status ps(shell::Context& context, shell::Words /*args*/) {
  ThreadRows& rows = thread_rows;
  rows.take();
  context.print("{:<12} {:>4} {:<9} {:>3} {:>8} {:>12} {:>10} {:>7} {:>13}\n", "NAME", "PRIO",
                "STATE", "CPU", "AFFINITY", "TIME", "SWITCHES", "MOVES", "STACK");
  for (const ThreadRow& row : rows.all()) {
    context.print("{:<12} {:>2}{:<2} {:<9} {:>3} {:>#8x} {:>12} {:>10} {:>7} {:>6}/{:<6}\n",
                  row.name, row.priority, row.inherits ? "^" : "", row.state, row.core,
                  row.affinity, row.cpu_time, row.switches, row.migrations, row.stack_used,
                  row.stack_bytes);
  }
  if (rows.left_out() != 0) context.print("and {} more\n", rows.left_out());
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
