#include "kernel/interrupts.h"

#include <span>

#include "arch/upcalls.h"
#include "kernel/console.h"
#include "kernel/machine.h"
#include "kernel/panic.h"

namespace baton::kernel {
namespace {

constinit std::array<InterruptEntry, kMaxHandlers> entries{};
constinit std::size_t entries_used = 0;
constinit std::atomic<std::uint64_t> unexpected{0};

InterruptEntry* find(iface::IrqNumber irq) {
  for (InterruptEntry& entry : std::span(entries).first(entries_used)) {
    if (entry.irq == irq) {
      return &entry;
    }
  }
  return nullptr;
}

void handle_unexpected(iface::IrqNumber irq) {
  // Relaxed: a number for people.
  unexpected.fetch_add(1, std::memory_order_relaxed);
  const Result<void> masked = machine().interrupts->disable(irq);
  console::print("interrupt {} has no handler; {}", static_cast<std::uint32_t>(irq),
                 masked ? "its line is masked now" : "its line could not be masked");
}

}  // namespace

Result<void> set_interrupt_handler(iface::IrqNumber irq, std::string_view name,
                                   InterruptHandler handler, void* argument) {
  if (find(irq) != nullptr) {
    return fail(Error::kInvalidArgument);
  }
  if (entries_used == entries.size()) {
    return fail(Error::kFull);
  }
  InterruptEntry& entry = entries[entries_used++];
  entry.irq = irq;
  entry.name = name;
  entry.handler = handler;
  entry.argument = argument;
  return {};
}

std::span<const InterruptEntry> interrupt_entries() {
  return std::span(entries).first(entries_used);
}

std::uint64_t unexpected_interrupts() {
  // Relaxed: a number for people.
  return unexpected.load(std::memory_order_relaxed);
}

void send_ipi(std::uint32_t core_mask, Ipi ipi) {
  machine().interrupts->send_ipi(core_mask, static_cast<unsigned>(ipi));
}

}  // namespace baton::kernel

namespace baton::arch {

void on_interrupt(const TrapFrame& frame) {
  using kernel::Ipi;
  iface::InterruptController& controller = *kernel::machine().interrupts;
  const unsigned core = core_index();
  for (;;) {
    const iface::Claim claim = controller.claim();
    if (claim.kind == iface::Claim::Kind::kNone) {
      return;
    }
    if (claim.kind == iface::Claim::Kind::kIpi) {
      kernel::cores[core].ipis.add();
      controller.complete(claim);
      if (claim.number == static_cast<std::uint32_t>(Ipi::kStop)) {
        kernel::stop_for_panic(frame);
      }
      // kWake has done its work by ending the core's sleep.
      continue;
    }
    kernel::cores[core].interrupts.add();
    const auto irq = static_cast<iface::IrqNumber>(claim.number);
    if (kernel::InterruptEntry* entry = kernel::find(irq)) {
      entry->count[core].add();
      entry->handler(entry->argument);
    } else {
      kernel::handle_unexpected(irq);
    }
    controller.complete(claim);
  }
}

}  // namespace baton::arch
