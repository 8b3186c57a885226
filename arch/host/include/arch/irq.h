// Interrupt masking of the hosted port: a flag per core.  What is pending is taken when the flag is
// set again, where a virtual machine runs.
#ifndef BATON_ARCH_HOST_IRQ_H_
#define BATON_ARCH_HOST_IRQ_H_

#include "arch/contract/concepts.h"
#include "arch/hosted_cpu.h"

namespace baton::arch {

/// Masks this core's interrupts.
struct LocalIrq {
  using State = bool;
  static State save_and_disable() noexcept {
    // An interrupt may come just before.
    internal::hosted_point();
    const bool enabled_before = enabled();
    internal::write_irqs_enabled(0);
    return enabled_before;
  }
  static void restore(State state) noexcept {
    internal::write_irqs_enabled(state ? 1 : 0);
    internal::hosted_point();
  }
  static bool enabled() noexcept { return internal::read_irqs_enabled() != 0; }
  static void enable() noexcept { restore(true); }
};

static_assert(contract::IrqMask<LocalIrq>);

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_IRQ_H_
