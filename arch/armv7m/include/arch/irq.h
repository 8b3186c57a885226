// Masking of this core's interrupts.                      [ARMv7-M B1.4.3 BASEPRI]
#ifndef BATON_ARCH_ARMV7M_IRQ_H_
#define BATON_ARCH_ARMV7M_IRQ_H_

#include <cstdint>

#include "arch/armv7m/priorities.h"
#include "arch/contract/concepts.h"

namespace baton::arch {

/// Of every interrupt whose handler uses the kernel.
inline constexpr std::uint8_t kKernelPriority = BATON_PRIORITY_KERNEL;

/// BASEPRI: interrupts of the kernel and everything less urgent wait (arch/armv7m/priorities.h).
/// Faults still are what they are, and a board's most urgent interrupts come through.
struct LocalIrq {
  using State = std::uint32_t;

  static State save_and_disable() noexcept {
    State state = 0;
    // Raising takes effect with the next instruction; no barrier is needed.  [ARMv7-M B5.2.3]
#ifdef BATON_CORTEX_M7_R0P1
    // Not so on a Cortex-M7 r0p1 without PRIMASK around it: erratum 837070.
    asm volatile("mrs %0, basepri\n cpsid i\n msr basepri, %1\n cpsie i"
                 : "=&r"(state)
                 : "r"(BATON_PRIORITY_KERNEL)
                 : "memory");
#else
    asm volatile("mrs %0, basepri\n msr basepri, %1"
                 : "=&r"(state)
                 : "r"(BATON_PRIORITY_KERNEL)
                 : "memory");
#endif
    return state;
  }
  /// What waited comes at once or a few instructions later; at the latest before relax() returns.
  static void restore(State state) noexcept {
    asm volatile("msr basepri, %0" ::"r"(state) : "memory");
  }
  /// Whether an interrupt of the kernel may come: never while one is handled.
  static bool enabled() noexcept {
    std::uint32_t priority = 0;
    std::uint32_t handled = 0;
    asm volatile("mrs %0, basepri\n mrs %1, ipsr" : "=r"(priority), "=r"(handled));
    return priority == 0 && handled == 0;
  }
  static void enable() noexcept { restore(0); }
};

static_assert(contract::IrqMask<LocalIrq>);

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_IRQ_H_
