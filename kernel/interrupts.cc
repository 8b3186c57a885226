#include "kernel/interrupts.h"

#include <span>

#include "arch/preempt.h"
#include "arch/upcalls.h"
#include "kernel/console.h"
#include "kernel/machine.h"
#include "kernel/panic.h"
#include "kernel/rcu.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"
#include "kernel/trace/trace.h"
#include "sync/irqs_off.h"

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

// True: the interrupted thread is to give way.
bool end_of_interrupt() {
  const sync::IrqsOff irqs_off;
  // Relaxed: of this core's thread.
  if (arch::preempt_state().off.load(std::memory_order_relaxed) == 0) {
    rcu::note_quiescent(irqs_off);
  }
  const bool gives_way = CoreScheduler::on_interrupt_end(irqs_off);
  trace::put(trace::pack(trace::Kind::kInterruptEnd, 0, 0), irqs_off);
  return gives_way;
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
  {
    const sync::IrqsOff irqs_off;
    trace::put(trace::pack(trace::Kind::kIpiSent, static_cast<unsigned>(ipi), core_mask), irqs_off);
  }
  machine().interrupts->send_ipi(core_mask, static_cast<unsigned>(ipi));
}

}  // namespace baton::kernel

namespace baton::kernel::sched_hooks {

void interrupt_cores(CoreMask mask) { send_ipi(mask, Ipi::kWake); }

void on_context_switch(const sync::IrqsOff& irqs_off) { rcu::note_quiescent(irqs_off); }

}  // namespace baton::kernel::sched_hooks

namespace baton::arch {

bool on_interrupt(const TrapFrame& frame) {
  using kernel::Ipi;
  iface::InterruptController& controller = *kernel::machine().interrupts;
  const unsigned core = core_index();
  const sync::IrqsOff irqs_off;
  for (;;) {
    const iface::Claim claim = controller.claim();
    if (claim.kind == iface::Claim::Kind::kNone) {
      return kernel::end_of_interrupt();
    }
    if (claim.kind == iface::Claim::Kind::kIpi) {
      kernel::cores[core].ipis.add();
      kernel::trace::put(kernel::trace::pack(kernel::trace::Kind::kIpi, claim.number, 0), irqs_off);
      controller.complete(claim);
      if (claim.number == static_cast<std::uint32_t>(Ipi::kStop)) {
        kernel::stop_for_panic(frame);
      }
      // kWake: the end of the interrupt looks what there is.
      continue;
    }
    kernel::cores[core].interrupts.add();
    kernel::trace::put(kernel::trace::pack(kernel::trace::Kind::kInterrupt, 0, claim.number),
                       irqs_off);
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
