// Interrupts of this core masked, as a guard and as a token.
//
// An operation that is only right with interrupts masked takes `const IrqsOff&`: whoever calls it
// has the proof in hand, nobody can call it without, and nothing is looked at when it runs.
//
// Any context.
#ifndef BATON_SYNC_IRQS_OFF_H_
#define BATON_SYNC_IRQS_OFF_H_

#include "arch/irq.h"

namespace baton::sync {

/// Masks this core's interrupts while it lives; puts back what was.  Nests.  Stays on its core, and
/// keeps the thread there.
class [[nodiscard]] IrqsOff {
 public:
  IrqsOff() noexcept : before_(arch::LocalIrq::save_and_disable()) {}
  ~IrqsOff() { arch::LocalIrq::restore(before_); }
  IrqsOff(const IrqsOff&) = delete;
  IrqsOff& operator=(const IrqsOff&) = delete;

 private:
  arch::LocalIrq::State before_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_IRQS_OFF_H_
