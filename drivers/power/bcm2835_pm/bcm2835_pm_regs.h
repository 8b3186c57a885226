// The registers of Broadcom's power management block that restart the machine.      [BCM-PM]
//
// No public manual describes them; offsets and bits are those that the firmware's published boot
// programs and operating systems use.  Every write carries a password, or is ignored.
#ifndef BATON_DRIVERS_POWER_BCM2835_PM_BCM2835_PM_REGS_H_
#define BATON_DRIVERS_POWER_BCM2835_PM_BCM2835_PM_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::bcm2835_pm {

inline constexpr std::uint32_t kPassword = 0x5a;

// RSTC -- what happens when the countdown ends.
struct Rstc : mmio::Value<Rstc> {
  static constexpr std::uint32_t kFullReset = 2;
  static constexpr Rstc stopped() { return from_raw(0x5a000102); }
  constexpr bool armed() const { return get<5, 4>() == kFullReset; }
  constexpr Rstc with_full_reset() const { return with<5, 4>(kFullReset).with<31, 24>(kPassword); }
};
using RstcReg = mmio::Rw<Rstc, 0x1c>;

// RSTS -- what the last reset was, and the partition that the firmware shall boot from: six bits,
// at the even places 0 to 10.  Partition 63 means: do not boot.
struct Rsts : mmio::Value<Rsts> {
  static constexpr std::uint32_t kPartitionBits = 0x555;
  constexpr Rsts with_default_partition() const {
    return from_raw(raw() & ~kPartitionBits).with<31, 24>(kPassword);
  }
  constexpr Rsts with_halt() const {
    return from_raw(raw() | kPartitionBits).with<31, 24>(kPassword);
  }
};
using RstsReg = mmio::Rw<Rsts, 0x20>;

// WDOG -- the countdown, in steps of 1/65536 s.
struct Wdog : mmio::Value<Wdog> {
  static constexpr std::uint32_t kMost = 0xfffff;
  static constexpr std::uint32_t kHz = 65536;
  constexpr std::uint32_t ticks() const { return get<19, 0>(); }
  static constexpr Wdog countdown(std::uint32_t ticks) {
    return Wdog{}.with<19, 0>(ticks).with<31, 24>(kPassword);
  }
};
using WdogReg = mmio::Rw<Wdog, 0x24>;

static_assert(Rstc::from_raw(0x102).with_full_reset().raw() == 0x5a000122);
static_assert(Rstc::from_raw(0x122).armed() && !Rstc::stopped().armed());
static_assert(Rsts::from_raw(0x1000).with_halt().raw() == 0x5a001555);
static_assert(Rsts::from_raw(0x1555).with_default_partition().raw() == 0x5a001000);
static_assert(Wdog::countdown(10).raw() == 0x5a00000a &&
              Wdog::from_raw(0x5a0fffff).ticks() == 0xfffff);

}  // namespace baton::drivers::bcm2835_pm

#endif  // BATON_DRIVERS_POWER_BCM2835_PM_BCM2835_PM_REGS_H_
