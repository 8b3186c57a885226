// Broadcom's power management block: reboot, power off, watchdog.
//
// QEMU's model of it has no countdown: it resets the moment that one is armed, the watchdog's too.
#ifndef BATON_DRIVERS_POWER_BCM2835_PM_BCM2835_PM_H_
#define BATON_DRIVERS_POWER_BCM2835_PM_BCM2835_PM_H_

#include "arch/mmio.h"
#include "base/result.h"
#include "base/time.h"
#include "drivers/iface/power.h"

namespace baton::drivers {

/// The block.  Ready without any initialisation; contexts as drivers/iface/power.h says.  Reboot
/// and power-off use the watchdog's countdown, and a watchdog armed at the same moment by another
/// core may put them off by its time; both then happen all the same.
class Bcm2835Pm final : public iface::PowerControl, public iface::Watchdog {
 public:
  /// `io`: the register window.
  explicit constexpr Bcm2835Pm(arch::Mmio io) noexcept : io_(io) {}

  /// The machine halts: the firmware restarts, sees the mark, and does not boot.  Returns only if
  /// nothing has happened for 100 ms.
  void power_off() noexcept override;
  /// Returns only if nothing has happened for 100 ms.
  void reboot() noexcept override;

  /// A little less than 16 s.
  [[nodiscard]] Duration longest() const noexcept override;
  Result<void> arm(Duration after) noexcept override;
  void disarm() noexcept override;
  [[nodiscard]] Result<Duration> remaining() const noexcept override;

 private:
  void restart() noexcept;

  arch::Mmio io_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_POWER_BCM2835_PM_BCM2835_PM_H_
