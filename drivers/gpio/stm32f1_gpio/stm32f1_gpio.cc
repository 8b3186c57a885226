#include "drivers/gpio/stm32f1_gpio/stm32f1_gpio.h"

#include <utility>

#include "drivers/gpio/stm32f1_gpio/stm32f1_gpio_regs.h"

namespace baton::drivers {

using stm32f1_gpio::Config;
using stm32f1_gpio::ConfigReg;
using stm32f1_gpio::kPins;
using stm32f1_gpio::LevelReg;
using stm32f1_gpio::SetReset;
using stm32f1_gpio::SetResetReg;

Result<void> Stm32f1Gpio::set_mode(std::uint32_t pin, Mode mode) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  const std::uint32_t word = pin / Config::kPerWord;
  ConfigReg::write(io_, ConfigReg::read(io_, word).with_pin(pin, std::to_underlying(mode)), word);
  return {};
}

Result<void> Stm32f1Gpio::write(std::uint32_t pin, bool high) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  SetResetReg::write(io_, SetReset::of(pin, high));
  return {};
}

Result<bool> Stm32f1Gpio::level(std::uint32_t pin) const noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  return LevelReg::read(io_).of(pin);
}

}  // namespace baton::drivers
