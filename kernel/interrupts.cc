#include "kernel/interrupts.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <span>

#include "arch/irq.h"
#include "arch/preempt.h"
#include "arch/trap.h"
#include "arch/upcalls.h"
#include "kernel/console.h"
#include "kernel/machine.h"
#include "kernel/panic.h"
#include "kernel/rcu.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"
#include "kernel/sched/one_core.h"
#include "kernel/trace/trace.h"
#include "kernel/watchdog.h"
#include "sync/atomics.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

constinit std::array<InterruptEntry, kMaxHandlers> entries{};
// A core writes its own lines only, and the entries are read only.
struct alignas(arch::kCacheLine) CoreCounts {
  std::array<Count, kMaxHandlers> of;
};
constinit std::array<CoreCounts, arch::kMaxCores> counts{};
constinit sync::Atomic<std::size_t> entries_used{0};
// What the controller said when the first handler came: asked in every interrupt.
constinit sync::Atomic<bool> has_priorities{false};
constinit sync::Atomic<std::uint64_t> unexpected{0};
// Each core's; written in its handlers.
struct alignas(arch::kCacheLine) NestedCount {
  Count count;
};
constinit std::array<NestedCount, arch::kMaxCores> nested;

InterruptEntry* find(iface::IrqNumber irq) {
  // Acquire pairs with the release in set_interrupt_handler(): the entries up to there.
  const std::size_t used = entries_used.load(std::memory_order_acquire);
  for (InterruptEntry& entry : std::span(entries).first(used)) {
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

// The handler, and whatever is more urgent meanwhile.  Called with interrupts masked.
void run_handler(const InterruptEntry& entry) {
  if (!handlers_nest()) {
    entry.handler(entry.argument);
    return;
  }
  arch::LocalIrq::enable();
  entry.handler(entry.argument);
  static_cast<void>(arch::LocalIrq::save_and_disable());
}

void handle_ipi(Ipi ipi, const arch::TrapFrame& frame, bool interrupts_handler,
                const sync::IrqsOff& irqs_off) {
  if constexpr (kOneCore) {
    // Nobody else could stop it.
    const watchdog::OneCoreHooks* const watch = watchdog::internal::one_core_hooks;
    if (watch == nullptr) return;
    if (ipi == Ipi::kWatch) watch->on_interrupt(frame, irqs_off);
    if (ipi == Ipi::kShow) watch->show(frame, interrupts_handler);
    return;
  }
  if (ipi == Ipi::kStop) stop_for_panic(frame);
  if (ipi == Ipi::kWatch) watchdog::on_interrupt(frame, irqs_off);
  if (ipi == Ipi::kShow) watchdog::show(frame, interrupts_handler);
}

// True: the interrupted thread is to give way.
bool end_of_interrupt(const sync::IrqsOff& irqs_off) {
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
                                   InterruptFunction handler, void* argument,
                                   iface::IrqPriority priority) {
  if (find(irq) != nullptr) {
    return fail(Error::kInvalidArgument);
  }
  // Relaxed: the caller is the only one who writes it.
  const std::size_t used = entries_used.load(std::memory_order_relaxed);
  if (used == entries.size()) {
    return fail(Error::kFull);
  }
  InterruptEntry& entry = entries[used];
  entry.irq = irq;
  entry.name = name;
  entry.handler = handler;
  entry.argument = argument;
  entry.priority = priority;
  // A board's own come before there is a machine; the kernel's then.
  if (const Machine* const m = machine_if_any(); m != nullptr) {
    // Relaxed: before any line is unmasked.
    has_priorities.store(m->interrupts->has_priorities(), std::memory_order_relaxed);
  }
  // Release pairs with the acquires in find() and interrupt_entries(): the entry.
  entries_used.store(used + 1, std::memory_order_release);
  return {};
}

Result<void> enable_interrupt(iface::IrqNumber irq, unsigned core) {
  const InterruptEntry* const entry = find(irq);
  if (entry == nullptr) return fail(Error::kNotFound);
  iface::InterruptController& controller = *machine().interrupts;
  if (Result<void> done = controller.set_priority(irq, entry->priority); !done) return done;
  return controller.enable(irq, core);
}

bool handlers_nest() {
  // Relaxed: the same from the first handler on.
  return has_priorities.load(std::memory_order_relaxed);
}

std::uint64_t nested_interrupts(unsigned core) { return nested[core].count.value(); }

std::span<const InterruptEntry> interrupt_entries() {
  // Acquire pairs with the release in set_interrupt_handler(): the entries up to there.
  return std::span(entries).first(entries_used.load(std::memory_order_acquire));
}

std::uint64_t interrupt_count(std::size_t index, unsigned core) {
  return counts[core].of[index].value();
}

std::uint64_t unexpected_interrupts() {
  // Relaxed: a number for people.
  return unexpected.load(std::memory_order_relaxed);
}

void send_ipi(std::uint32_t core_mask, Ipi ipi) {
  static_assert(kIpiKinds == iface::InterruptController::kIpis);
  {
    const sync::IrqsOff irqs_off;
    // Before they come, so that no more come than were sent.
    this_core_state().ipis_sent[static_cast<unsigned>(ipi)].add(
        static_cast<unsigned>(std::popcount(core_mask)));
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
  const bool interrupts_handler = from_handler(frame);
  // Holds here and in what is called, but for run_handler().
  const sync::IrqsOff irqs_off;
  if (interrupts_handler) {
    kernel::nested[core].count.add();
  }
  for (;;) {
    // Inside a handler only what is more urgent; so each priority is on the stack once at most.
    const iface::Claim claim = controller.claim();
    if (claim.kind == iface::Claim::Kind::kNone) {
      // What a handler has woken is seen to when the outermost ends, after its last claim.
      return !interrupts_handler && kernel::end_of_interrupt(irqs_off);
    }
    if (claim.kind == iface::Claim::Kind::kIpi) {
      kernel::cores[core].ipis.add();
      kernel::cores[core].ipis_of[claim.number].add();
      kernel::trace::put(kernel::trace::pack(kernel::trace::Kind::kIpi, claim.number, 0), irqs_off);
      controller.complete(claim);
      kernel::handle_ipi(static_cast<Ipi>(claim.number), frame, interrupts_handler, irqs_off);
      // kWake: the end of the interrupt looks what there is.
      continue;
    }
    kernel::cores[core].interrupts.add();
    kernel::trace::put(kernel::trace::pack(kernel::trace::Kind::kInterrupt, 0, claim.number),
                       irqs_off);
    const auto irq = static_cast<iface::IrqNumber>(claim.number);
    if (kernel::InterruptEntry* entry = kernel::find(irq)) {
      kernel::counts[core].of[static_cast<std::size_t>(entry - kernel::entries.data())].add();
      kernel::run_handler(*entry);
    } else {
      kernel::handle_unexpected(irq);
    }
    controller.complete(claim);
  }
}

}  // namespace baton::arch
