#include "drivers/clock/stm32f4_rcc/stm32f4_rcc.h"

#include <utility>

#include "base/time.h"
#include "drivers/clock/stm32f4_rcc/stm32f4_rcc_regs.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

using stm32f4_rcc::Config;
using stm32f4_rcc::ConfigReg;
using stm32f4_rcc::Control;
using stm32f4_rcc::ControlReg;
using stm32f4_rcc::EnableReg;
using stm32f4_rcc::FlashReg;
using stm32f4_rcc::PllReg;

constexpr Duration kCrystalLimit = Duration::milliseconds(100);
constexpr Duration kLimit = Duration::milliseconds(50);
constexpr std::uint32_t kMhz = 1'000'000;
constexpr std::uint32_t kLeastCrystalMhz = 4;
constexpr std::uint32_t kMostCrystalMhz = 26;
// The PLL is fed with 1 MHz: 336 MHz inside, half of which is the core's, a seventh USB's.
constexpr std::uint32_t kTimes = 336;
constexpr std::uint32_t kCorePart = 2;
constexpr std::uint32_t kUsbPart = 7;
static_assert(kTimes / kCorePart * kMhz == Stm32f4Rcc::kFastestHz);
// For 168 MHz at 2.7 V and more.                                            [RM0090 table 10]
constexpr std::uint32_t kWaitStates = 5;

}  // namespace

Result<Stm32f4Rcc::Clocks> Stm32f4Rcc::start(std::uint32_t crystal_hz) noexcept {
  const std::uint32_t crystal_mhz = crystal_hz / kMhz;
  if (crystal_hz % kMhz != 0 || crystal_mhz < kLeastCrystalMhz || crystal_mhz > kMostCrystalMhz) {
    return fail(Error::kOutOfRange);
  }
  Control control = ControlReg::read(io_);
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
  if (!start_pll(crystal ? crystal_hz : kInternalHz, crystal)) return fail(Error::kTimedOut);

  // The memory and the buses first: they do not stand the core's new pace.      [RM0090 3.5.1]
  FlashReg::write(flash_, FlashReg::read(flash_).with_wait_states(kWaitStates));
  if (!wait_until(kLimit, [this] { return FlashReg::read(flash_).wait_states() == kWaitStates; })) {
    return fail(Error::kTimedOut);
  }
  FlashReg::write(flash_, FlashReg::read(flash_).with_prefetch_and_caches());
  const Config before = ConfigReg::read(io_);
  ConfigReg::write(
      io_, before.with_core_undivided().with_bus1(Config::kQuarter).with_bus2(Config::kHalf));
  if (!run_from(Config::kPll)) {
    ConfigReg::write(io_, before);
    return fail(Error::kTimedOut);
  }
  return Clocks{.core_hz = kFastestHz,
                .bus1_hz = kFastestHz / 4,
                .bus2_hz = kFastestHz / 2,
                .from_crystal = crystal};
}

bool Stm32f4Rcc::run_from(std::uint32_t source) noexcept {
  ConfigReg::write(io_, ConfigReg::read(io_).with_source(source));
  return wait_until(kLimit, [this, source] { return ConfigReg::read(io_).source() == source; });
}

bool Stm32f4Rcc::start_crystal() noexcept {
  ControlReg::write(io_, ControlReg::read(io_).with_crystal(true));
  if (wait_until(kCrystalLimit, [this] { return ControlReg::read(io_).crystal_ready(); })) {
    return true;
  }
  ControlReg::write(io_, ControlReg::read(io_).with_crystal(false));
  return false;
}

// It is set up while it is off.                                                  [RM0090 7.2.3]
bool Stm32f4Rcc::start_pll(std::uint32_t source_hz, bool crystal) noexcept {
  ControlReg::write(io_, ControlReg::read(io_).with_pll(false));
  if (!wait_until(kLimit, [this] { return !ControlReg::read(io_).pll_ready(); })) return false;
  PllReg::write(io_, PllReg::read(io_)
                         .with_m(source_hz / kMhz)
                         .with_n(kTimes)
                         .with_p(kCorePart)
                         .with_q(kUsbPart)
                         .with_crystal(crystal));
  ControlReg::write(io_, ControlReg::read(io_).with_pll(true));
  if (wait_until(kLimit, [this] { return ControlReg::read(io_).pll_ready(); })) return true;
  ControlReg::write(io_, ControlReg::read(io_).with_pll(false));
  return false;
}

Result<void> Stm32f4Rcc::enable(Bus bus, unsigned bit) noexcept {
  constexpr unsigned kBits = 32;
  if (bit >= kBits) return fail(Error::kOutOfRange);
  const std::size_t word = std::to_underlying(bus);
  const std::uint32_t on = EnableReg::read(io_, word).raw() | 1U << bit;
  EnableReg::write(io_, mmio::Plain<>::from_raw(on), word);
  // The clock is there two cycles later: no access to the device may come before.
  //                                                                  [ES0182 2.1.13]
  static_cast<void>(EnableReg::read(io_, word));
  arch::device_barrier();
  return {};
}

}  // namespace baton::drivers
