// The System Control Space: the core's own registers.      [ARMv7-M B3.2, B3.3]
#ifndef BATON_ARCH_ARMV7M_SYSTEM_CONTROL_H_
#define BATON_ARCH_ARMV7M_SYSTEM_CONTROL_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::arch::scs {

inline constexpr std::uintptr_t kBase = 0xe000'e000;

struct SystControl : mmio::Value<SystControl> {  // [ARMv7-M B3.3.3] SYST_CSR
  constexpr SystControl with_enabled(bool on) const { return with<0, 0>(on ? 1U : 0U); }
  constexpr SystControl with_interrupt(bool on) const { return with<1, 1>(on ? 1U : 0U); }
  /// Else an external clock of the implementation's choice.
  constexpr SystControl with_processor_clock(bool on) const { return with<2, 2>(on ? 1U : 0U); }
};
using SystControlReg = mmio::Rw<SystControl, 0x010>;
static_assert(
    SystControl().with_enabled(true).with_interrupt(true).with_processor_clock(true).raw() == 7);

using Counter = mmio::Plain<>;
using SystReloadReg = mmio::Rw<Counter, 0x014>;   // [ARMv7-M B3.3.4] SYST_RVR
using SystCurrentReg = mmio::Rw<Counter, 0x018>;  // [ARMv7-M B3.3.5] SYST_CVR

struct InterruptControl : mmio::Value<InterruptControl> {  // [ARMv7-M B3.2.4] ICSR
  constexpr InterruptControl with_clear_systick(bool on) const {
    return with<25, 25>(on ? 1U : 0U);
  }
};
using InterruptControlReg = mmio::Rw<InterruptControl, 0xd04>;
static_assert(InterruptControl().with_clear_systick(true).raw() == 0x0200'0000);

using HardFaultStatusReg = mmio::W1c<mmio::Plain<>, 0xd2c>;  // [ARMv7-M B3.2.16] HFSR

}  // namespace baton::arch::scs

#endif  // BATON_ARCH_ARMV7M_SYSTEM_CONTROL_H_
