#include "drivers/gpio/bcm2835_gpio/bcm2835_gpio.h"

#include <cstdint>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/gpio/bcm2835_gpio/bcm2835_gpio_regs.h"

namespace baton::drivers {
namespace {

using bcm2835_gpio::ClearReg;
using bcm2835_gpio::FunctionReg;
using bcm2835_gpio::Functions;
using bcm2835_gpio::LevelReg;
using bcm2835_gpio::Pins;
using bcm2835_gpio::PullClockReg;
using bcm2835_gpio::PullControlReg;
using bcm2835_gpio::PullReg;
using bcm2835_gpio::Pulls;
using bcm2835_gpio::SetReg;

// The manual wants 150 cycles, of a clock it does not name: at 15 MHz, the slowest there might be.
constexpr Duration kPullHold = Duration::microseconds(10);

// The two variants code a pull with up and down exchanged.
constexpr std::uint32_t clocked_code(Bcm2835Gpio::Pull pull) {
  switch (pull) {
    case Bcm2835Gpio::Pull::kDown:
      return 1;
    case Bcm2835Gpio::Pull::kUp:
      return 2;
    case Bcm2835Gpio::Pull::kNone:
      return 0;
  }
  return 0;
}
constexpr std::uint32_t field_code(Bcm2835Gpio::Pull pull) {
  switch (pull) {
    case Bcm2835Gpio::Pull::kUp:
      return 1;
    case Bcm2835Gpio::Pull::kDown:
      return 2;
    case Bcm2835Gpio::Pull::kNone:
      return 0;
  }
  return 0;
}

constexpr mmio::Plain<> plain(std::uint32_t raw) { return mmio::Plain<>::from_raw(raw); }

}  // namespace

Result<void> Bcm2835Gpio::set_function(std::uint32_t pin, Function function) noexcept {
  if (pin >= pins()) {
    return fail(Error::kOutOfRange);
  }
  const std::uint32_t i = Functions::index(pin);
  FunctionReg::write(io_, FunctionReg::read(io_, i).with(pin, std::to_underlying(function)), i);
  return {};
}

Result<Bcm2835Gpio::Function> Bcm2835Gpio::function(std::uint32_t pin) const noexcept {
  if (pin >= pins()) {
    return fail(Error::kOutOfRange);
  }
  return static_cast<Function>(FunctionReg::read(io_, Functions::index(pin)).of(pin));
}

Result<void> Bcm2835Gpio::set_pull(std::uint32_t pin, Pull pull) noexcept {
  if (pin >= pins()) {
    return fail(Error::kOutOfRange);
  }
  if (variant_ == Variant::kBcm2711) {
    const std::uint32_t i = Pulls::index(pin);
    PullControlReg::write(io_, PullControlReg::read(io_, i).with(pin, field_code(pull)), i);
    return {};
  }
  const std::uint32_t i = Pins::index(pin);
  PullReg::write(io_, plain(clocked_code(pull)));
  pause(kPullHold);
  PullClockReg::write(io_, Pins{}.with(pin, 1), i);
  pause(kPullHold);
  PullReg::write(io_, plain(0));
  PullClockReg::write(io_, Pins{}, i);
  return {};
}

Result<void> Bcm2835Gpio::write(std::uint32_t pin, bool high) noexcept {
  if (pin >= pins()) {
    return fail(Error::kOutOfRange);
  }
  const Pins bit = Pins{}.with(pin, 1);
  if (high) {
    SetReg::write(io_, bit, Pins::index(pin));
  } else {
    ClearReg::write(io_, bit, Pins::index(pin));
  }
  return {};
}

Result<bool> Bcm2835Gpio::level(std::uint32_t pin) const noexcept {
  if (pin >= pins()) {
    return fail(Error::kOutOfRange);
  }
  return LevelReg::read(io_, Pins::index(pin)).of(pin) != 0;
}

}  // namespace baton::drivers
