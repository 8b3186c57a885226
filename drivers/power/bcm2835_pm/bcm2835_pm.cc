#include "drivers/power/bcm2835_pm/bcm2835_pm.h"

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"
#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/power/bcm2835_pm/bcm2835_pm_regs.h"

namespace baton::drivers {
namespace {

using bcm2835_pm::Rstc;
using bcm2835_pm::RstcReg;
using bcm2835_pm::RstsReg;
using bcm2835_pm::Wdog;
using bcm2835_pm::WdogReg;

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

// Long enough to arm it after the countdown was set, and a sixth of a millisecond altogether.
constexpr std::uint32_t kRestartTicks = 10;
constexpr Duration kObeyLimit = Duration::milliseconds(100);

constexpr Duration to_duration(std::uint32_t ticks) {
  return Duration::nanoseconds(ticks * kNsPerSecond / Wdog::kHz);
}
constexpr Duration kLongest = to_duration(Wdog::kMost);

// Rounded up: a watchdog is never early.  At most kLongest, so the product fits.
constexpr std::uint32_t to_ticks(Duration duration) {
  return static_cast<std::uint32_t>((duration.count_ns() * Wdog::kHz + kNsPerSecond - 1U) /
                                    kNsPerSecond);
}
static_assert(to_ticks(kLongest) == Wdog::kMost);
static_assert(to_ticks(Duration::nanoseconds(1)) == 1);

}  // namespace

void Bcm2835Pm::restart() noexcept {
  WdogReg::write(io_, Wdog::countdown(kRestartTicks));
  RstcReg::write(io_, RstcReg::read(io_).with_full_reset());
  arch::device_barrier();
  pause(kObeyLimit);
}

void Bcm2835Pm::power_off() noexcept {
  RstsReg::write(io_, RstsReg::read(io_).with_halt());
  restart();
}

void Bcm2835Pm::reboot() noexcept {
  // Also takes back the mark of a power-off that failed.
  RstsReg::write(io_, RstsReg::read(io_).with_default_partition());
  restart();
}

Duration Bcm2835Pm::longest() const noexcept { return kLongest; }

Result<void> Bcm2835Pm::arm(Duration after) noexcept {
  if (after == Duration{}) {
    return fail(Error::kInvalidArgument);
  }
  if (after > kLongest) {
    return fail(Error::kOutOfRange);
  }
  // The countdown first: armed with an old one, it might be over at once.
  WdogReg::write(io_, Wdog::countdown(to_ticks(after)));
  RstcReg::write(io_, RstcReg::read(io_).with_full_reset());
  return {};
}

void Bcm2835Pm::disarm() noexcept { RstcReg::write(io_, Rstc::stopped()); }

Result<Duration> Bcm2835Pm::remaining() const noexcept {
  if (!RstcReg::read(io_).armed()) {
    return fail(Error::kEmpty);
  }
  return to_duration(WdogReg::read(io_).ticks());
}

}  // namespace baton::drivers
