#include "drivers/gpio/stm32_gpio/stm32_gpio.h"

#include <utility>

#include "drivers/gpio/stm32_gpio/stm32_gpio_regs.h"

namespace baton::drivers {
namespace {

using stm32_gpio::AlternateReg;
using stm32_gpio::kPins;
using stm32_gpio::LevelReg;
using stm32_gpio::ModeReg;
using stm32_gpio::PullReg;
using stm32_gpio::SetResetReg;

constexpr std::uint32_t kAlternateMode = 2;
constexpr std::uint32_t kFunctions = 16;

}  // namespace

Result<void> Stm32Gpio::set_mode(std::uint32_t pin, Mode mode) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  ModeReg::write(io_, ModeReg::read(io_).with_pin(pin, std::to_underlying(mode)));
  return {};
}

Result<void> Stm32Gpio::set_alternate(std::uint32_t pin, std::uint32_t function) noexcept {
  if (pin >= kPins || function >= kFunctions) return fail(Error::kOutOfRange);
  const std::uint32_t word = pin * 2 / kPins;
  AlternateReg::write(io_, AlternateReg::read(io_, word).with_pin(pin, function), word);
  // Last, so that no other device drives the pin meanwhile.
  ModeReg::write(io_, ModeReg::read(io_).with_pin(pin, kAlternateMode));
  return {};
}

Result<void> Stm32Gpio::set_pull(std::uint32_t pin, Pull pull) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  PullReg::write(io_, PullReg::read(io_).with_pin(pin, std::to_underlying(pull)));
  return {};
}

Result<void> Stm32Gpio::write(std::uint32_t pin, bool high) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  const std::uint32_t bit = high ? pin : pin + kPins;
  SetResetReg::write(io_, stm32_gpio::Fields<1>{}.with_pin(bit, 1));
  return {};
}

Result<bool> Stm32Gpio::level(std::uint32_t pin) const noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  return LevelReg::read(io_).of(pin) != 0;
}

}  // namespace baton::drivers
