// Broadcom's system timer: one counter at 1 MHz for all cores, since the firmware started, and two
// alarms that software may use (the firmware has the other two).
//
// The counter is good for any context and any core.  An alarm has one owner at a time.
#ifndef BATON_DRIVERS_TIMER_BCM2835_SYSTEM_TIMER_BCM2835_SYSTEM_TIMER_H_
#define BATON_DRIVERS_TIMER_BCM2835_SYSTEM_TIMER_BCM2835_SYSTEM_TIMER_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"
#include "base/time.h"

namespace baton::drivers {

/// The timer.  Ready without any initialisation.
class Bcm2835SystemTimer {
 public:
  static constexpr std::uint64_t kHz = 1'000'000;
  /// The farthest alarm: half the way round the low half of the counter, some 35 minutes.
  static constexpr Duration kLongest = Duration::microseconds(0x7ffffffe);

  /// Compares 1 and 3; 0 and 2 belong to the firmware.
  enum class Alarm : std::uint8_t { k1 = 1, k3 = 3 };

  /// `io`: the register window.
  explicit constexpr Bcm2835SystemTimer(arch::Mmio io) noexcept : io_(io) {}
  Bcm2835SystemTimer(const Bcm2835SystemTimer&) = delete;
  Bcm2835SystemTimer& operator=(const Bcm2835SystemTimer&) = delete;

  /// Ticks since the counter was zero.  Any context, any core.
  [[nodiscard]] std::uint64_t ticks() const noexcept;

  /// The same as a duration.
  [[nodiscard]] Duration now() const noexcept { return Duration::microseconds(ticks()); }

  /// The alarm's interrupt comes `after` from now, or a little later, and stays until
  /// acknowledge(). The hardware compares for equality only, so a point in time that passes while
  /// this sets it up is moved on until one does not; in that case the interrupt may come twice.
  /// kOutOfRange: more than kLongest; kTimedOut: the counter ran away from every attempt.
  [[nodiscard]] Result<void> arm(Alarm alarm, Duration after) noexcept;

  /// True once the alarm's time has come, until acknowledge().
  [[nodiscard]] bool due(Alarm alarm) const noexcept;

  /// Ends the alarm's interrupt.
  void acknowledge(Alarm alarm) noexcept;

  /// Puts the alarm off as far as the hardware can, 71 minutes: it has no way to switch it off for
  /// good.  Whoever never wants it again masks its interrupt as well.
  void disarm(Alarm alarm) noexcept;

 private:
  arch::Mmio io_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_TIMER_BCM2835_SYSTEM_TIMER_BCM2835_SYSTEM_TIMER_H_
