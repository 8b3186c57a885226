// The registers of Broadcom's system timer.                     [BCM2835 12.1, BCM2711 10.2]
#ifndef BATON_DRIVERS_TIMER_BCM2835_SYSTEM_TIMER_BCM2835_SYSTEM_TIMER_REGS_H_
#define BATON_DRIVERS_TIMER_BCM2835_SYSTEM_TIMER_BCM2835_SYSTEM_TIMER_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::bcm2835_system_timer {

// CS -- bit n: compare n has matched; it holds the interrupt line until cleared.
struct Status : mmio::Value<Status> {
  constexpr bool matched(std::uint32_t channel) const { return (raw() >> channel & 1U) != 0; }
  static constexpr Status match(std::uint32_t channel) { return from_raw(1U << channel); }
};
using StatusReg = mmio::W1c<Status, 0x00>;

// CLO, CHI -- the halves of the counter, which runs while they are read.
using LowReg = mmio::Ro<mmio::Plain<>, 0x04>;
using HighReg = mmio::Ro<mmio::Plain<>, 0x08>;

// C0 to C3 -- a match is equality with the low half, nothing else.
using CompareReg = mmio::Rw<mmio::Plain<>, 0x0c, 4, 4>;

static_assert(Status::from_raw(8).matched(3) && !Status::from_raw(8).matched(1));
static_assert(Status::match(1).raw() == 2);
static_assert(CompareReg::at(1) == 0x10 && CompareReg::at(3) == 0x18);

}  // namespace baton::drivers::bcm2835_system_timer

#endif  // BATON_DRIVERS_TIMER_BCM2835_SYSTEM_TIMER_BCM2835_SYSTEM_TIMER_REGS_H_
