// Masking of this core's interrupts.                      [ARMv7-M B1.4.3 PRIMASK]
#ifndef BATON_ARCH_ARMV7M_IRQ_H_
#define BATON_ARCH_ARMV7M_IRQ_H_

#include <cstdint>

#include "arch/contract/concepts.h"

namespace baton::arch {

/// PRIMASK: everything but NMI and HardFault waits.  A supervisor call or a fault while masked
/// becomes a HardFault.
struct LocalIrq {
  using State = std::uint32_t;

  static State save_and_disable() noexcept {
    State state = 0;
    // CPSID takes effect with the next instruction; no barrier is needed.  [ARMv7-M B5.2.1]
    asm volatile("mrs %0, primask\n cpsid i" : "=r"(state)::"memory");
    return state;
  }
  static void restore(State state) noexcept {
    asm volatile("msr primask, %0" ::"r"(state) : "memory");
  }
  static bool enabled() noexcept {
    State state = 0;
    asm volatile("mrs %0, primask" : "=r"(state));
    return state == 0;
  }
  static void enable() noexcept { asm volatile("cpsie i" ::: "memory"); }
};

static_assert(contract::IrqMask<LocalIrq>);

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_IRQ_H_
