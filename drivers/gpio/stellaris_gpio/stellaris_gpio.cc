#include "drivers/gpio/stellaris_gpio/stellaris_gpio.h"

#include "drivers/gpio/stellaris_gpio/stellaris_gpio_regs.h"

namespace baton::drivers {
namespace {

using stellaris_gpio::AlternateReg;
using stellaris_gpio::DataReg;
using stellaris_gpio::DigitalReg;
using stellaris_gpio::DirectionReg;
using stellaris_gpio::kPins;
using stellaris_gpio::Pins;
using stellaris_gpio::PullDownReg;
using stellaris_gpio::PullUpReg;

template <class Reg>
void change(arch::Mmio& io, std::uint32_t pin, bool on) {
  Reg::write(io, Reg::read(io).with_pin(pin, on));
}

}  // namespace

Result<void> StellarisGpio::set_mode(std::uint32_t pin, Mode mode) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  // Connected last, and let go first: nothing but what was asked for ever drives it.
  if (mode == Mode::kOff) change<DigitalReg>(io_, pin, false);
  change<DirectionReg>(io_, pin, mode == Mode::kOutput);
  change<AlternateReg>(io_, pin, mode == Mode::kDevice);
  if (mode != Mode::kOff) change<DigitalReg>(io_, pin, true);
  return {};
}

Result<void> StellarisGpio::set_pull(std::uint32_t pin, Pull pull) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  change<PullUpReg>(io_, pin, pull == Pull::kUp);
  change<PullDownReg>(io_, pin, pull == Pull::kDown);
  return {};
}

Result<void> StellarisGpio::write(std::uint32_t pin, bool high) noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  DataReg::write(io_, Pins{}.with_pin(pin, high), 1U << pin);
  return {};
}

Result<bool> StellarisGpio::level(std::uint32_t pin) const noexcept {
  if (pin >= kPins) return fail(Error::kOutOfRange);
  return DataReg::read(io_, 1U << pin).of(pin);
}

}  // namespace baton::drivers
