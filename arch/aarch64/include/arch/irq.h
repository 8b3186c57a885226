// Masking of this core's interrupts.                      [ARMv8-A C5.2.2 DAIF]
#ifndef BATON_ARCH_AARCH64_IRQ_H_
#define BATON_ARCH_AARCH64_IRQ_H_

#include <cstdint>

#include "arch/contract/concepts.h"

namespace baton::arch {

/// DAIF's I bit.  FIQ, debug and SError are left alone.
struct LocalIrq {
  using State = std::uint64_t;

  static State save_and_disable() noexcept {
    State state = 0;
    asm volatile("mrs %0, daif\n msr daifset, #2" : "=r"(state)::"memory");
    return state;
  }
  static void restore(State state) noexcept {
    asm volatile("msr daif, %0" ::"r"(state) : "memory");
  }
  static bool enabled() noexcept {
    State state = 0;
    asm volatile("mrs %0, daif" : "=r"(state));
    return (state & 0x80U) == 0;
  }
  static void enable() noexcept { asm volatile("msr daifclr, #2" ::: "memory"); }
};

static_assert(contract::IrqMask<LocalIrq>);

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_IRQ_H_
