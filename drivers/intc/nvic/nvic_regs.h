// The registers of the NVIC, as offsets in the System Control Space.      [ARMv7-M B3.4, B3.2.4]
#ifndef BATON_DRIVERS_INTC_NVIC_NVIC_REGS_H_
#define BATON_DRIVERS_INTC_NVIC_NVIC_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::nvic {

/// The most external lines there are.  [ARMv7-M B1.5.2]
inline constexpr unsigned kMaxLines = 496;
inline constexpr unsigned kWords = (kMaxLines + 31) / 32;

// One bit per line; zeroes do nothing.
using SetEnableReg = mmio::Wo<mmio::Plain<>, 0x100, 4, kWords>;     // [ARMv7-M B3.4.4] NVIC_ISER
using ClearEnableReg = mmio::Wo<mmio::Plain<>, 0x180, 4, kWords>;   // [ARMv7-M B3.4.5] NVIC_ICER
using ClearPendingReg = mmio::Wo<mmio::Plain<>, 0x280, 4, kWords>;  // [ARMv7-M B3.4.7] NVIC_ICPR

// One byte per line, of which the top bits exist.  [ARMv7-M B3.4.9] NVIC_IPR
using PriorityReg = mmio::Rw<mmio::Plain<std::uint8_t>, 0x400, 1, kMaxLines>;

struct InterruptControl : mmio::Value<InterruptControl> {  // [ARMv7-M B3.2.4] ICSR
  /// The exception that is handled.
  constexpr std::uint32_t active() const { return get<8, 0>(); }
  constexpr InterruptControl with_set_pend_sv() const { return with<28, 28>(1); }
};
using InterruptControlReg = mmio::Rw<InterruptControl, 0xd04>;
static_assert(InterruptControl{}.with_set_pend_sv().raw() == 0x1000'0000);
static_assert(InterruptControl::from_raw(0x0040'f80f).active() == 15);

}  // namespace baton::drivers::nvic

#endif  // BATON_DRIVERS_INTC_NVIC_NVIC_REGS_H_
