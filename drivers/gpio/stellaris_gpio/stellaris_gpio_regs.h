// The registers of a GPIO port of Stellaris microcontrollers.                      [LM3S6965 8]
#ifndef BATON_DRIVERS_GPIO_STELLARIS_GPIO_STELLARIS_GPIO_REGS_H_
#define BATON_DRIVERS_GPIO_STELLARIS_GPIO_STELLARIS_GPIO_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stellaris_gpio {

inline constexpr std::uint32_t kPins = 8;

// One bit for each pin.
struct Pins : mmio::Value<Pins> {
  constexpr bool of(std::uint32_t pin) const { return (raw() >> pin & 1U) != 0; }
  constexpr Pins with_pin(std::uint32_t pin, bool on) const {
    return from_raw((raw() & ~(1U << pin)) | (on ? 1U : 0U) << pin);
  }
};

// [LM3S6965 8] GPIODATA -- 256 addresses: bits 2 to 9 of the address say which pins it is of.
using DataReg = mmio::Rw<Pins, 0x000, 4, 256>;
using DirectionReg = mmio::Rw<Pins, 0x400>;  // GPIODIR: outputs
using AlternateReg = mmio::Rw<Pins, 0x420>;  // GPIOAFSEL: the chip's device has the pin
using PullUpReg = mmio::Rw<Pins, 0x510>;     // GPIOPUR: setting one clears the pin's pull down
using PullDownReg = mmio::Rw<Pins, 0x514>;   // GPIOPDR: likewise
using DigitalReg = mmio::Rw<Pins, 0x51c>;    // GPIODEN: the pin is connected at all

static_assert(DataReg::at(1U << 7U) == 0x200);
static_assert(Pins::from_raw(0x81).with_pin(0, false).with_pin(3, true).raw() == 0x88);
static_assert(Pins::from_raw(0x80).of(7) && !Pins::from_raw(0x80).of(6));

}  // namespace baton::drivers::stellaris_gpio

#endif  // BATON_DRIVERS_GPIO_STELLARIS_GPIO_STELLARIS_GPIO_REGS_H_
