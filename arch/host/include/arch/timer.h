// This core's one-shot timer, of the virtual machine (arch/host/machine.h).
#ifndef BATON_ARCH_HOST_TIMER_H_
#define BATON_ARCH_HOST_TIMER_H_

#include <cstdint>

#include "arch/hosted_cpu.h"

namespace baton::arch {

/// Every call is this core's own, interrupts masked or from its interrupt handler.  The interrupt
/// is level triggered: it stays until the deadline is moved or the timer is stopped.
struct CoreTimer {
  /// Fires once Counter::ticks() reaches `deadline`; at once where it has.
  static void arm(std::uint64_t deadline) noexcept {
    internal::this_hosted_cpu()->arm_timer(deadline);
  }
  static void stop() noexcept {
    internal::this_hosted_cpu()->arm_timer(internal::HostedCpu::kNever);
  }
};

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_TIMER_H_
