// Switching the machine off and on again, and the watchdog that does the latter unasked.
#ifndef BATON_DRIVERS_IFACE_POWER_H_
#define BATON_DRIVERS_IFACE_POWER_H_

#include "base/result.h"
#include "base/time.h"

namespace baton::iface {

/// Ends the machine's run.  Any core, any context, a panic included; the caller has stopped the
/// other cores where that matters to it.
class PowerControl {
 public:
  PowerControl() = default;
  PowerControl(const PowerControl&) = delete;
  PowerControl& operator=(const PowerControl&) = delete;

  /// Halts the machine until somebody switches it on.  Returns only if the device did not obey
  /// within a time of the driver's choice.
  virtual void power_off() noexcept = 0;

  /// Starts the machine afresh, as after power-on.  Returns only as power_off() does.
  virtual void reboot() noexcept = 0;

 protected:
  ~PowerControl() = default;
};

/// Reboots the machine unless somebody keeps saying that all is well.  One owner at a time.
class Watchdog {
 public:
  Watchdog() = default;
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// The longest time that arm() takes.
  [[nodiscard]] virtual Duration longest() const noexcept = 0;

  /// The machine reboots `after` from now, unless arm() or disarm() is called before; the time is
  /// rounded up to the device's step.  kInvalidArgument: zero; kOutOfRange: more than longest().
  virtual Result<void> arm(Duration after) noexcept = 0;

  /// Stops the countdown.
  virtual void disarm() noexcept = 0;

  /// Time left until the reboot; kEmpty: it is not armed.
  [[nodiscard]] virtual Result<Duration> remaining() const noexcept = 0;

 protected:
  ~Watchdog() = default;
};

}  // namespace baton::iface

#endif  // BATON_DRIVERS_IFACE_POWER_H_
