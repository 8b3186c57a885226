// The least kernel for one core: threads and timers, and nothing to read.
//
// For images that must be tiny, in place of //kernel: no console, no shell, no panic in words, no
// RCU callbacks, no interrupts but the timer's.  Scheduler, timers, stack guards and checks are the
// very same.
#ifndef BATON_KERNEL_BARE_BARE_H_
#define BATON_KERNEL_BARE_BARE_H_

#include "drivers/iface/interrupt_controller.h"

namespace baton::kernel::bare {

struct Machine {
  iface::InterruptController* interrupts = nullptr;
  iface::IrqNumber timer_irq{};
  /// Starts the first threads, and returns: what calls it becomes the idle thread.
  void (*start_program)() = nullptr;
  /// After a fault or a check that failed: interrupts masked, and nobody else runs any more.  May
  /// show it (an LED); when it returns, the core stops.
  void (*on_failure)() = nullptr;
};

/// From boot_main(), once, when the clock runs.  `machine` outlives everything.
[[noreturn]] void start(const Machine& machine);

}  // namespace baton::kernel::bare

#endif  // BATON_KERNEL_BARE_BARE_H_
