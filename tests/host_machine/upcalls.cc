#include "tests/host_machine/upcalls.h"

#include "arch/cpu.h"
#include "arch/host/machine.h"
#include "arch/irq.h"
#include "arch/upcalls.h"

namespace baton::host_test {

Upcalls& upcalls() {
  static Upcalls in_force;
  return in_force;
}

void come_up() {
  arch::host::lines().init_core();
  arch::host::lines().enable(arch::host::kTimerLine, arch::core_index());
  arch::LocalIrq::enable();
}

}  // namespace baton::host_test

namespace baton::arch {

bool on_interrupt(const TrapFrame& /*frame*/) {
  bool preempt = false;
  for (;;) {
    const unsigned line = host::lines().claim();
    if (line == host::kNoLine) {
      return preempt;
    }
    preempt = host_test::upcalls().interrupt(line) || preempt;
    host::lines().complete(line);
  }
}

void on_preemption() { host_test::upcalls().preemption(); }

void secondary_main() {
  host_test::upcalls().secondary();
  park();
}

void on_fault(const TrapFrame& /*frame*/) { host::fail("a fault"); }

}  // namespace baton::arch
