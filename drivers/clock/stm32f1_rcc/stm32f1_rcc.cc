#include "drivers/clock/stm32f1_rcc/stm32f1_rcc.h"

#include <utility>

#include "base/time.h"
#include "drivers/clock/stm32f1_rcc/stm32f1_rcc_regs.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

using stm32f1_rcc::Config;
using stm32f1_rcc::Config2Reg;
using stm32f1_rcc::ConfigReg;
using stm32f1_rcc::Control;
using stm32f1_rcc::ControlReg;
using stm32f1_rcc::EnableReg;

constexpr Duration kCrystalLimit = Duration::milliseconds(100);
constexpr Duration kLimit = Duration::milliseconds(50);
constexpr std::uint32_t kLeastTimes = 2;
constexpr std::uint32_t kMostTimes = 6;  // of a crystal of at least 4 MHz
// The chip's own oscillator comes to the PLL halved.                              [RM0041 6.2.3]
constexpr std::uint32_t kTimesInternal = Stm32f1Rcc::kFastestHz / (Stm32f1Rcc::kInternalHz / 2);

}  // namespace

Result<void> Stm32f1Rcc::start(std::uint32_t crystal_hz) noexcept {
  const std::uint32_t times = crystal_hz == 0 ? 0 : kFastestHz / crystal_hz;
  if (times < kLeastTimes || times > kMostTimes || times * crystal_hz != kFastestHz) {
    return fail(Error::kOutOfRange);
  }
  const Control control = ControlReg::read(io_);
  if (!control.internal_ready() && ConfigReg::read(io_).source() == Config::kInternal) {
    return fail(Error::kUnsupported);
  }
  // Whoever loaded us may have left another clock on.
  ControlReg::write(io_, control.with_internal(true));
  if (!wait_until(kLimit, [this] { return ControlReg::read(io_).internal_ready(); }) ||
      !run_from(Config::kInternal)) {
    return fail(Error::kTimedOut);
  }
  const bool crystal = start_crystal();
  if (!start_pll(crystal, crystal ? times : kTimesInternal)) return fail(Error::kTimedOut);
  if (!run_from(Config::kPll)) {
    static_cast<void>(run_from(Config::kInternal));
    return fail(Error::kTimedOut);
  }
  return {};
}

bool Stm32f1Rcc::run_from(std::uint32_t source) noexcept {
  ConfigReg::write(io_, ConfigReg::read(io_).with_nothing_divided().with_source(source));
  return wait_until(kLimit, [this, source] { return ConfigReg::read(io_).source() == source; });
}

bool Stm32f1Rcc::start_crystal() noexcept {
  ControlReg::write(io_, ControlReg::read(io_).with_crystal(true));
  if (wait_until(kCrystalLimit, [this] { return ControlReg::read(io_).crystal_ready(); })) {
    return true;
  }
  ControlReg::write(io_, ControlReg::read(io_).with_crystal(false));
  return false;
}

// It is set up while it is off.                                                   [RM0041 6.2.3]
bool Stm32f1Rcc::start_pll(bool crystal, std::uint32_t times) noexcept {
  ControlReg::write(io_, ControlReg::read(io_).with_pll(false));
  if (!wait_until(kLimit, [this] { return !ControlReg::read(io_).pll_ready(); })) return false;
  Config2Reg::write(io_, mmio::Plain<>());
  ConfigReg::write(io_, ConfigReg::read(io_).with_pll(crystal, times));
  ControlReg::write(io_, ControlReg::read(io_).with_pll(true));
  if (wait_until(kLimit, [this] { return ControlReg::read(io_).pll_ready(); })) return true;
  ControlReg::write(io_, ControlReg::read(io_).with_pll(false));
  return false;
}

Result<void> Stm32f1Rcc::enable(Bus bus, unsigned bit) noexcept {
  constexpr unsigned kBits = 32;
  if (bit >= kBits) return fail(Error::kOutOfRange);
  const std::size_t word = std::to_underlying(bus);
  const std::uint32_t on = EnableReg::read(io_, word).raw() | 1U << bit;
  EnableReg::write(io_, mmio::Plain<>::from_raw(on), word);
  // It takes effect before the device is touched.
  static_cast<void>(EnableReg::read(io_, word));
  arch::device_barrier();
  return {};
}

}  // namespace baton::drivers
