// Interrupts of this core masked, as a guard and as a token.
//
// A function that may only run with interrupts masked takes `const IrqsOff&`: whoever calls it has
// the proof in hand, and nothing is passed at run time.
#ifndef BATON_KERNEL_IRQS_OFF_H_
#define BATON_KERNEL_IRQS_OFF_H_

#include "arch/irq.h"

namespace baton::kernel {

/// Masks this core's interrupts while it lives; puts back what was.  Nests.  Stays on its core.
class [[nodiscard]] IrqsOff {
 public:
  IrqsOff() noexcept : before_(arch::LocalIrq::save_and_disable()) {}
  ~IrqsOff() { arch::LocalIrq::restore(before_); }
  IrqsOff(const IrqsOff&) = delete;
  IrqsOff& operator=(const IrqsOff&) = delete;

 private:
  arch::LocalIrq::State before_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_IRQS_OFF_H_
