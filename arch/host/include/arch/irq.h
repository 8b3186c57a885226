// Interrupt masking of the hosted port: a flag per thread, as a thread plays a core.
#ifndef BATON_ARCH_HOST_IRQ_H_
#define BATON_ARCH_HOST_IRQ_H_

#include "arch/contract/concepts.h"

namespace baton::arch {

namespace internal {
inline thread_local bool hosted_irqs_enabled = true;
}  // namespace internal

/// Masks this core's interrupts.
struct LocalIrq {
  using State = bool;
  static State save_and_disable() noexcept {
    const bool enabled_before = internal::hosted_irqs_enabled;
    internal::hosted_irqs_enabled = false;
    return enabled_before;
  }
  static void restore(State state) noexcept { internal::hosted_irqs_enabled = state; }
  static bool enabled() noexcept { return internal::hosted_irqs_enabled; }
};

static_assert(contract::IrqMask<LocalIrq>);

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_IRQ_H_
