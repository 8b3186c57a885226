#include <cstddef>
#include <span>

#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"

namespace baton::kernel::commands {

shell::Status irqs(shell::Context& context, shell::Words /*args*/) {
  const unsigned count = core_count();
  context.print("{:<12}", machine().interrupts->name());
  for (unsigned i = 0; i < count; ++i) {
    context.print("      cpu {}", i);
  }
  context.print("\n");
  const std::span<const InterruptEntry> entries = interrupt_entries();
  for (std::size_t at = 0; at < entries.size(); ++at) {
    const InterruptEntry& entry = entries[at];
    context.print("{:>4} {:<7}", static_cast<std::uint32_t>(entry.irq), entry.name);
    for (unsigned i = 0; i < count; ++i) {
      context.print(" {:>10}", interrupt_count(at, i));
    }
    context.print("\n");
  }
  context.print("     {:<7}", "IPI");
  for (unsigned i = 0; i < count; ++i) {
    context.print(" {:>10}", cores[i].ipis.value());
  }
  if (handlers_nest()) {
    context.print("\n     {:<7}", "nested");
    for (unsigned i = 0; i < count; ++i) {
      context.print(" {:>10}", nested_interrupts(i));
    }
  }
  context.print("\nwithout a handler: {}\n", unexpected_interrupts());
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
