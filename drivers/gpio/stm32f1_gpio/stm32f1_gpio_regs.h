// The registers of a GPIO port of ST's STM32F1.                                     [RM0041 7.2]
#ifndef BATON_DRIVERS_GPIO_STM32F1_GPIO_STM32F1_GPIO_REGS_H_
#define BATON_DRIVERS_GPIO_STM32F1_GPIO_STM32F1_GPIO_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stm32f1_gpio {

inline constexpr std::uint32_t kPins = 16;

// [RM0041 7.2.1, 7.2.2] GPIOx_CRL, GPIOx_CRH -- four bits for each of eight pins.
struct Config : mmio::Value<Config> {
  static constexpr std::uint32_t kPerWord = 8;
  static constexpr std::uint32_t kBits = 4;
  static constexpr std::uint32_t kMask = 0xf;
  constexpr Config with_pin(std::uint32_t pin, std::uint32_t code) const {
    const std::uint32_t shift = pin % kPerWord * kBits;
    return from_raw((raw() & ~(kMask << shift)) | (code & kMask) << shift);
  }
};
using ConfigReg = mmio::Rw<Config, 0x00, 4, 2>;

// One bit for each pin.
struct Levels : mmio::Value<Levels> {
  constexpr bool of(std::uint32_t pin) const { return (raw() >> pin & 1U) != 0; }
};
using LevelReg = mmio::Ro<Levels, 0x08>;  // [RM0041 7.2.3] GPIOx_IDR

// [RM0041 7.2.5] GPIOx_BSRR -- sets what an output drives, and which way an input is pulled; from
// bit 16 on, resets.
struct SetReset : mmio::Value<SetReset> {
  static constexpr SetReset of(std::uint32_t pin, bool high) {
    return from_raw(1U << (high ? pin : pin + kPins));
  }
};
using SetResetReg = mmio::Wo<SetReset, 0x10>;

static_assert(ConfigReg::at(1) == 0x04);
static_assert(Config::from_raw(0x4444'4444).with_pin(9, 0xa).raw() == 0x4444'44a4);
static_assert(Levels::from_raw(0x8000).of(15) && !Levels::from_raw(0x7fff).of(15));
static_assert(SetReset::of(9, true).raw() == 0x200 && SetReset::of(9, false).raw() == 0x200'0000);

}  // namespace baton::drivers::stm32f1_gpio

#endif  // BATON_DRIVERS_GPIO_STM32F1_GPIO_STM32F1_GPIO_REGS_H_
