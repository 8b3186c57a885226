// The kernel's part of RCU where the machine has one core (kernel/rcu.h).
//
// A read section keeps its thread from being preempted, and handlers end before their thread goes
// on.  So a thread that runs outside of read sections knows that nobody reads: nothing is waited
// for, nobody is to be told, nothing is timed.  What remains is a thread that runs callbacks, and
// the places that look whether there are any: the end of an interrupt, and the idle thread.
#include "kernel/one_core_rcu.h"

#include "arch/cpu.h"
#include "kernel/blocking/event.h"
#include "kernel/core.h"
#include "kernel/sched/preempt.h"
#include "sync/rcu/single_core_domain.h"

namespace baton::kernel::rcu::one_core {
namespace {

using Domain = sync::PreemptibleCoreDomain;

Domain& domain() { return Domain::default_domain(); }

constinit Event bell{Reset::kAuto};
// Its thread, since it last looked.  Interrupts masked.
constinit bool called = false;
constinit bool in_callback = false;  // preemption off

}  // namespace

bool come_by() {
  const PreemptOff preempt_off;
  if (in_callback) return false;
  called = false;
  in_callback = true;
  const bool ran = domain().process() != 0;
  in_callback = false;
  return ran;
}

void note_quiescent(const sync::IrqsOff& /*irqs_off*/) {
  domain().quiescent();
  if (called || !domain().has_work()) return;
  called = true;
  bell.set();
}

void sleep(const sync::IrqsOff& irqs_off) {
  note_quiescent(irqs_off);
  if (called) return;  // its thread is more urgent than this one
  this_core_state().sleeps.add();
  // Masked: an interrupt that comes between the look and the sleep ends the sleep.
  arch::wait_for_interrupt();
}

void synchronize() { domain().synchronize(); }

void barrier() {
  const PreemptOff preempt_off;
  in_callback = true;
  domain().barrier();
  in_callback = false;
}

void run_callbacks() {
  for (;;) {
    if (!come_by()) bell.wait_in_any_case();
  }
}

Progress progress() {
  return {.active = false, .completed = domain().grace_periods(), .running = {}, .longest = {}};
}

CoreNumbers numbers() {
  const PreemptOff preempt_off;
  return {.awake = true, .pending = false, .backlog = domain().backlog(), .told = 0};
}

}  // namespace baton::kernel::rcu::one_core
