// The registers of the BCM2836's per-core interrupt block and of the BCM2835's interrupt controller
// behind it, as far as Baton uses them.
#ifndef BATON_DRIVERS_INTC_BCM2836_BCM2836_REGS_H_
#define BATON_DRIVERS_INTC_BCM2836_BCM2836_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::bcm2836 {

inline constexpr unsigned kCores = 4;
inline constexpr unsigned kMailboxes = 4;

// The per-core block.

// [QA7 4.4] GPU interrupts routing -- the one core that has all interrupts of the controller
// behind.
struct GpuRouting : mmio::Value<GpuRouting> {
  constexpr GpuRouting with_irq_core(std::uint32_t core) const { return with<1, 0>(core); }
  constexpr GpuRouting with_fiq_core(std::uint32_t core) const { return with<3, 2>(core); }
};
using GpuRoutingReg = mmio::Rw<GpuRouting, 0x0c>;

// [QA7 4.5] Performance monitor routing -- writing ones sets, clears; bit n is core n's IRQ, bit
// n+4 its FIQ.
using PmuSetReg = mmio::Rw<mmio::Plain<>, 0x10>;
using PmuClearReg = mmio::Wo<mmio::Plain<>, 0x14>;

// [QA7 4.6, 4.7] Core timers, mailboxes: interrupt control -- bits 0-3 IRQ, bits 4-7 FIQ.
using TimerControlReg = mmio::Rw<mmio::Plain<>, 0x40, 4, kCores>;
using MailboxControlReg = mmio::Rw<mmio::Plain<>, 0x50, 4, kCores>;

// [QA7 4.10] Core interrupt source -- what makes the core's IRQ; a bit per source.
struct Source : mmio::Value<Source> {
  constexpr bool mailbox0() const { return get<4, 4>() != 0; }
  constexpr bool gpu() const { return get<8, 8>() != 0; }
};
using SourceReg = mmio::Ro<Source, 0x60, 4, kCores>;

// [QA7 4.8] Mailboxes -- writing ones sets bits; reading gives them, writing ones there clears
// them. Index: core * kMailboxes + mailbox.
using MailboxSetReg = mmio::Wo<mmio::Plain<>, 0x80, 4, kCores * kMailboxes>;
using MailboxReg = mmio::W1c<mmio::Plain<>, 0xc0, 4, kCores * kMailboxes>;

// The controller behind, at its own window: the manual's offsets less 0x200.   [BCM2835 7.5]

// Basic pending -- eight sources of its own, and where to look further.
struct Basic : mmio::Value<Basic> {
  constexpr std::uint32_t own() const { return get<7, 0>(); }
  /// Something in GPU 0-31: bit 8, or one of the five that bypass it (GPU 7, 9, 10, 18, 19).
  constexpr bool first_bank() const { return get<8, 8>() != 0 || get<14, 10>() != 0; }
  /// Something in GPU 32-63: bit 9, or one of the six that bypass it (GPU 53 to 57, 62).
  constexpr bool second_bank() const { return get<9, 9>() != 0 || get<20, 15>() != 0; }
};
using BasicPendingReg = mmio::Ro<Basic, 0x00>;
using PendingReg = mmio::Ro<mmio::Plain<>, 0x04, 4, 2>;
using FiqControlReg = mmio::Rw<mmio::Plain<>, 0x0c>;
// Writing ones enables, disables.  Banks: GPU 0-31, GPU 32-63, the eight basic ones.
using EnableReg = mmio::Rw<mmio::Plain<>, 0x10, 4, 3>;
using DisableReg = mmio::Rw<mmio::Plain<>, 0x1c, 4, 3>;

static_assert(GpuRouting{}.with_irq_core(2).with_fiq_core(1).raw() == 6);
static_assert(Source::from_raw(0x10).mailbox0() && Source::from_raw(0x100).gpu());
static_assert(TimerControlReg::at(3) == 0x4c && SourceReg::at(3) == 0x6c);
static_assert(MailboxSetReg::at(3 * kMailboxes) == 0xb0 && MailboxReg::at(kMailboxes) == 0xd0);
static_assert(Basic::from_raw(0x100).first_bank() && Basic::from_raw(0x400).first_bank() &&
              Basic::from_raw(0x4000).first_bank() && !Basic::from_raw(0x8200).first_bank());
static_assert(Basic::from_raw(0x200).second_bank() && Basic::from_raw(0x8000).second_bank() &&
              Basic::from_raw(0x100000).second_bank() && !Basic::from_raw(0x4100).second_bank());
static_assert(DisableReg::at(2) == 0x24 && EnableReg::at(2) == 0x18);

}  // namespace baton::drivers::bcm2836

#endif  // BATON_DRIVERS_INTC_BCM2836_BCM2836_REGS_H_
