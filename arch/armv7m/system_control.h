// The System Control Space: the core's own registers.      [ARMv7-M B3.2, B3.3, B3.5]
#ifndef BATON_ARCH_ARMV7M_SYSTEM_CONTROL_H_
#define BATON_ARCH_ARMV7M_SYSTEM_CONTROL_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::arch::scs {

inline constexpr std::uintptr_t kBase = 0xe000'e000;

struct SystControl : mmio::Value<SystControl> {  // [ARMv7-M B3.3.3] SYST_CSR
  /// The counter came down to 0 since the last read of this register.
  constexpr bool wrapped() const { return get<16, 16>() != 0; }
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

struct CpuId : mmio::Value<CpuId> {  // [ARMv7-M B3.2.3] CPUID
  constexpr std::uint32_t implementer() const { return get<31, 24>(); }
  constexpr std::uint32_t part() const { return get<15, 4>(); }
};
using CpuIdReg = mmio::Ro<CpuId, 0xd00>;

struct InterruptControl : mmio::Value<InterruptControl> {  // [ARMv7-M B3.2.4] ICSR
  constexpr InterruptControl with_clear_systick(bool on) const {
    return with<25, 25>(on ? 1U : 0U);
  }
  constexpr InterruptControl with_set_systick(bool on) const { return with<26, 26>(on ? 1U : 0U); }
  constexpr InterruptControl with_set_pend_sv(bool on) const { return with<28, 28>(on ? 1U : 0U); }
};
using InterruptControlReg = mmio::Rw<InterruptControl, 0xd04>;
static_assert(InterruptControl().with_clear_systick(true).raw() == 0x0200'0000 &&
              InterruptControl().with_set_systick(true).raw() == 0x0400'0000 &&
              InterruptControl().with_set_pend_sv(true).raw() == 0x1000'0000);

struct ResetControl : mmio::Value<ResetControl> {  // [ARMv7-M B3.2.6] AIRCR
  /// Without it a write is ignored.
  constexpr ResetControl with_key() const { return with<31, 16>(0x5fa); }
  constexpr ResetControl with_reset_request(bool on) const { return with<2, 2>(on ? 1U : 0U); }
};
using ResetControlReg = mmio::Rw<ResetControl, 0xd0c>;
static_assert(ResetControl().with_key().with_reset_request(true).raw() == 0x05fa'0004);

struct Configuration : mmio::Value<Configuration> {  // [ARMv7-M B3.2.8] CCR
  constexpr Configuration with_unaligned_trap(bool on) const { return with<3, 3>(on ? 1U : 0U); }
  constexpr Configuration with_divide_by_zero_trap(bool on) const {
    return with<4, 4>(on ? 1U : 0U);
  }
  /// Exception frames begin at multiples of 8.
  constexpr Configuration with_stack_alignment(bool on) const { return with<9, 9>(on ? 1U : 0U); }
};
using ConfigurationReg = mmio::Rw<Configuration, 0xd14>;

// [ARMv7-M B3.2.10 - B3.2.12] SHPR1-3, a byte for each of the exceptions 4 to 15.
using SystemPriorityReg = mmio::Rw<mmio::Plain<std::uint8_t>, 0xd18, 1, 12>;
inline constexpr std::size_t kFirstSystemPriority = 4;

struct SystemHandlers : mmio::Value<SystemHandlers> {  // [ARMv7-M B3.2.13] SHCSR
  /// Else these faults are HardFaults.
  constexpr SystemHandlers with_faults(bool on) const { return with<18, 16>(on ? 7U : 0U); }
};
using SystemHandlersReg = mmio::Rw<SystemHandlers, 0xd24>;

using FaultStatusReg = mmio::W1c<mmio::Plain<>, 0xd28>;      // [ARMv7-M B3.2.15] CFSR
using HardFaultStatusReg = mmio::W1c<mmio::Plain<>, 0xd2c>;  // [ARMv7-M B3.2.16] HFSR
using MemFaultAddressReg = mmio::Ro<mmio::Plain<>, 0xd34>;   // [ARMv7-M B3.2.17] MMFAR
using BusFaultAddressReg = mmio::Ro<mmio::Plain<>, 0xd38>;   // [ARMv7-M B3.2.18] BFAR

struct Coprocessors : mmio::Value<Coprocessors> {  // [ARMv7-M B3.2.20] CPACR
  /// FP instructions run, in threads of any privilege and in handlers.
  constexpr Coprocessors with_fp(bool on) const { return with<23, 20>(on ? 0xfU : 0U); }
};
using CoprocessorsReg = mmio::Rw<Coprocessors, 0xd88>;

struct MpuType : mmio::Value<MpuType> {  // [ARMv7-M B3.5.4] MPU_TYPE
  constexpr std::uint32_t regions() const { return get<15, 8>(); }
};
using MpuTypeReg = mmio::Ro<MpuType, 0xd90>;

struct MpuControl : mmio::Value<MpuControl> {  // [ARMv7-M B3.5.5] MPU_CTRL
  constexpr bool enabled() const { return get<0, 0>() != 0; }
  constexpr MpuControl with_enabled(bool on) const { return with<0, 0>(on ? 1U : 0U); }
  /// Where no region is, privileged code has the default memory map.
  constexpr MpuControl with_background(bool on) const { return with<2, 2>(on ? 1U : 0U); }
};
using MpuControlReg = mmio::Rw<MpuControl, 0xd94>;

using MpuNumberReg = mmio::Rw<mmio::Plain<>, 0xd98>;  // [ARMv7-M B3.5.6] MPU_RNR
using MpuBaseReg = mmio::Rw<mmio::Plain<>, 0xd9c>;    // [ARMv7-M B3.5.8] MPU_RBAR
using MpuSizeReg = mmio::Rw<mmio::Plain<>, 0xda0>;    // [ARMv7-M B3.5.9] MPU_RASR

}  // namespace baton::arch::scs

#endif  // BATON_ARCH_ARMV7M_SYSTEM_CONTROL_H_
