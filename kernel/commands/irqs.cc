#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/sched/core_scheduler.h"

namespace baton::kernel::commands {
namespace {

struct NamedIpi {
  Ipi ipi;
  std::string_view name;
};
// A core that gets the last one prints no more.
constexpr std::array<NamedIpi, 3> kIpis{
    {{Ipi::kWake, "wake"}, {Ipi::kWatch, "watch"}, {Ipi::kShow, "show"}}};

// Why cores were told to look.
void print_what_for(shell::Context& context, unsigned count) {
  using Counts = CoreScheduler::Counts;
  struct Row {
    std::string_view name;
    Count Counts::* count;
  };
  constexpr std::array<Row, 3> kRows{{{"messages", &Counts::kicks},
                                      {"parking", &Counts::park_kicks},
                                      {"itself", &Counts::self_kicks}}};
  for (const Row& row : kRows) {
    context.print("{:>12}", row.name);
    for (unsigned i = 0; i < count; ++i) {
      context.print(" {:>10}", (CoreScheduler::of(i).counts().*row.count).value());
    }
    context.print("\n");
  }
}

// What arrived first: the other may become more meanwhile, and never less.
void print_ipis(shell::Context& context, unsigned count) {
  for (const auto& [ipi, name] : kIpis) {
    const auto kind = static_cast<unsigned>(ipi);
    context.print("{:<12}", name);
    for (unsigned i = 0; i < count; ++i) context.print(" {:>10}", cores[i].ipis_of[kind].value());
    context.print("\n{:>12}", "sent");
    for (unsigned i = 0; i < count; ++i) context.print(" {:>10}", cores[i].ipis_sent[kind].value());
    context.print("\n");
    if (ipi == Ipi::kWake) print_what_for(context, count);
  }
}

}  // namespace

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
  context.print("\n");
  print_ipis(context, count);
  context.print("without a handler: {}\n", unexpected_interrupts());
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
