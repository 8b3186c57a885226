#include "drivers/clock/stm32l4_rcc/stm32l4_rcc.h"

#include <utility>

#include "base/time.h"
#include "drivers/clock/stm32l4_rcc/stm32l4_rcc_regs.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

using stm32l4_rcc::Config;
using stm32l4_rcc::ConfigReg;
using stm32l4_rcc::ControlReg;
using stm32l4_rcc::EnableReg;
using stm32l4_rcc::FlashReg;
using stm32l4_rcc::PllReg;

constexpr Duration kLimit = Duration::milliseconds(50);
// 160 MHz inside, half of which is the core's.
constexpr std::uint32_t kTimes = 10;
constexpr std::uint32_t kCorePart = 2;
static_assert(Stm32l4Rcc::kInternalHz * kTimes / kCorePart == Stm32l4Rcc::kFastestHz);
// For 80 MHz in voltage range 1.                                              [RM0351 3.3.3]
constexpr std::uint32_t kWaitStates = 4;

}  // namespace

Result<std::uint32_t> Stm32l4Rcc::start() noexcept {
  ControlReg::write(io_, ControlReg::read(io_).with_internal(true));
  if (!wait_until(kLimit, [this] { return ControlReg::read(io_).internal_ready(); })) {
    return fail(Error::kTimedOut);
  }
  const Config before = ConfigReg::read(io_);
  if (!run_from(Config::kInternal)) {
    ConfigReg::write(io_, before.with_source(before.source()));
    return fail(Error::kTimedOut);
  }
  ConfigReg::write(io_, ConfigReg::read(io_).with_nothing_divided());
  // The memory first: it does not stand the core's new pace.                  [RM0351 3.3.3]
  if (!slow_down_flash() || !start_pll()) return kInternalHz;
  if (!run_from(Config::kPll)) {
    static_cast<void>(run_from(Config::kInternal));
    stop_pll();
    return kInternalHz;
  }
  return kFastestHz;
}

bool Stm32l4Rcc::run_from(std::uint32_t source) noexcept {
  ConfigReg::write(io_, ConfigReg::read(io_).with_source(source));
  return wait_until(kLimit, [this, source] { return ConfigReg::read(io_).source() == source; });
}

bool Stm32l4Rcc::slow_down_flash() noexcept {
  FlashReg::write(flash_, FlashReg::read(flash_).with_wait_states(kWaitStates));
  if (!wait_until(kLimit, [this] { return FlashReg::read(flash_).wait_states() == kWaitStates; })) {
    return false;
  }
  FlashReg::write(flash_, FlashReg::read(flash_).with_prefetch_and_caches());
  return true;
}

// It is set up while it is off.                                                  [RM0351 6.2.5]
bool Stm32l4Rcc::start_pll() noexcept {
  stop_pll();
  if (!wait_until(kLimit, [this] { return !ControlReg::read(io_).pll_ready(); })) return false;
  PllReg::write(
      io_, PllReg::read(io_).with_internal_source().with_m(1).with_n(kTimes).with_r(kCorePart));
  ControlReg::write(io_, ControlReg::read(io_).with_pll(true));
  if (wait_until(kLimit, [this] { return ControlReg::read(io_).pll_ready(); })) return true;
  stop_pll();
  return false;
}

void Stm32l4Rcc::stop_pll() noexcept {
  ControlReg::write(io_, ControlReg::read(io_).with_pll(false));
}

// Caches are on after reset.                                                     [RM0351 3.7.1]
bool Stm32l4Rcc::has_flash_interface() const noexcept {
  return FlashReg::read(flash_) != stm32l4_rcc::Flash{};
}

Result<void> Stm32l4Rcc::enable(Bus bus, unsigned bit) noexcept {
  constexpr unsigned kBits = 32;
  if (bit >= kBits) return fail(Error::kOutOfRange);
  const std::size_t word = std::to_underlying(bus);
  const std::uint32_t on = EnableReg::read(io_, word).raw() | 1U << bit;
  EnableReg::write(io_, mmio::Plain<>::from_raw(on), word);
  // The clock is there two cycles later: no access to the device may come before.
  //                                                                  [RM0351 6.2.18]
  static_cast<void>(EnableReg::read(io_, word));
  arch::device_barrier();
  return {};
}

}  // namespace baton::drivers
