#include "drivers/clock/lm3s_sysctl/lm3s_sysctl.h"

#include "base/time.h"
#include "drivers/clock/lm3s_sysctl/lm3s_sysctl_regs.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

using lm3s_sysctl::ClearEventsReg;
using lm3s_sysctl::Clock;
using lm3s_sysctl::ClockReg;
using lm3s_sysctl::Events;
using lm3s_sysctl::EventsReg;
using lm3s_sysctl::GateReg;
using lm3s_sysctl::IdentityReg;
using lm3s_sysctl::VoltageReg;

constexpr Duration kLockLimit = Duration::milliseconds(50);
constexpr std::uint32_t kLeastDivisor = 4;  // the core's 50 MHz
constexpr std::uint32_t kMostDivisor = 16;
constexpr unsigned kUarts = 3;
constexpr unsigned kPorts = 7;

}  // namespace

Result<std::uint32_t> Lm3sSysctl::start_pll(std::uint32_t divisor) noexcept {
  if (divisor < kLeastDivisor || divisor > kMostDivisor) return fail(Error::kOutOfRange);
  // With less, the PLL of this revision is not reliable.           [LM3S6965 errata, A2]
  if (IdentityReg::read(io_).is_a2()) {
    VoltageReg::write(io_, mmio::Plain<>::from_raw(lm3s_sysctl::kVoltage2V75));
  }
  // The order is the manual's: past the PLL, the PLL on, the divisor, wait, through the PLL.
  //                                                                          [LM3S6965 5]
  Clock clock = ClockReg::read(io_).with_pll_bypassed(true).without_divisor();
  ClockReg::write(io_, clock);
  // Off, so that it locks anew.
  clock = clock.with_pll_off(true);
  ClockReg::write(io_, clock);
  ClearEventsReg::write(io_, Events{}.with_pll_locked());
  clock = clock.with_main_oscillator()
              .with_crystal(Clock::k8Mhz)
              .with_source(Clock::kMainOscillator)
              .with_pll_off(false);
  ClockReg::write(io_, clock);
  if (!wait_until(kLockLimit, [this] { return EventsReg::read(io_).pll_locked(); })) {
    return fail(Error::kTimedOut);
  }
  clock = clock.with_divisor(divisor);
  ClockReg::write(io_, clock);
  ClockReg::write(io_, clock.with_pll_bypassed(false));
  return kPllHz / divisor;
}

Result<void> Lm3sSysctl::enable_uart(unsigned number) noexcept {
  if (number >= kUarts) return fail(Error::kOutOfRange);
  enable(lm3s_sysctl::kUarts, number);
  return {};
}

Result<void> Lm3sSysctl::enable_port(unsigned number) noexcept {
  if (number >= kPorts) return fail(Error::kOutOfRange);
  enable(lm3s_sysctl::kPorts, number);
  return {};
}

void Lm3sSysctl::enable(std::size_t gate, unsigned bit) noexcept {
  const std::uint32_t on = GateReg::read(io_, gate).raw() | 1U << bit;
  GateReg::write(io_, mmio::Plain<>::from_raw(on), gate);
  // Three cycles of the core must pass; each of these takes one at least.     [LM3S6965 5]
  for (int i = 0; i < 3; ++i) static_cast<void>(GateReg::read(io_, gate));
}

}  // namespace baton::drivers
