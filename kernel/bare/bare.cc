#include "kernel/bare/bare.h"

#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/upcalls.h"
#include "base/assert.h"
#include "kernel/core.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"
#include "kernel/timers.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

constinit const bare::Machine* the_machine = nullptr;

[[noreturn]] void fail_for_good() {
  static_cast<void>(arch::LocalIrq::save_and_disable());
  if (the_machine != nullptr) the_machine->on_failure();
  for (;;) arch::wait_for_interrupt();
}

}  // namespace

namespace bare {

void start(const Machine& machine) {
  the_machine = &machine;
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::adopt(irqs_off);
  }
  BATON_CHECK(machine.interrupts->init());
  BATON_CHECK(machine.interrupts->init_core());
  BATON_CHECK(machine.interrupts->enable(machine.timer_irq, 0));
  arch::LocalIrq::enable();
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::activate(irqs_off);
  }
  machine.start_program();
  for (;;) {
    // What has ended the sleep is handled, however soon interrupts are masked again.
    arch::relax();
    const sync::IrqsOff irqs_off;
    CoreScheduler::reschedule(irqs_off);
    arch::wait_for_interrupt();
  }
}

}  // namespace bare

namespace sched_hooks {

// The core sends it to itself, for its end to look who is to run.
void interrupt_cores(CoreMask mask) { the_machine->interrupts->send_ipi(mask, 0); }
void on_context_switch(const sync::IrqsOff& /*irqs_off*/) {}

}  // namespace sched_hooks
}  // namespace baton::kernel

namespace baton {

void assertion_failed(const char* /*condition*/, const char* /*file*/, int /*line*/) {
  kernel::fail_for_good();
}
void assertion_failed_here() { kernel::fail_for_good(); }

}  // namespace baton

namespace baton::arch {

void secondary_main() { kernel::fail_for_good(); }
void on_fault(const TrapFrame& /*frame*/) { kernel::fail_for_good(); }

bool on_interrupt(const TrapFrame& /*frame*/) {
  iface::InterruptController& controller = *kernel::the_machine->interrupts;
  const sync::IrqsOff irqs_off;
  for (;;) {
    const iface::Claim claim = controller.claim();
    if (claim.kind == iface::Claim::Kind::kNone) {
      return kernel::CoreScheduler::on_interrupt_end(irqs_off);
    }
    if (claim.kind == iface::Claim::Kind::kIrq &&
        static_cast<iface::IrqNumber>(claim.number) == kernel::the_machine->timer_irq) {
      kernel::this_core_timers(irqs_off).on_interrupt();
    }
    controller.complete(claim);
  }
}

}  // namespace baton::arch
