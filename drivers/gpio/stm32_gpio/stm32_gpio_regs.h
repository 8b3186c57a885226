// The registers of a GPIO port of ST's STM32F2, F4 and L4.                             [RM0090 8.4]
#ifndef BATON_DRIVERS_GPIO_STM32_GPIO_STM32_GPIO_REGS_H_
#define BATON_DRIVERS_GPIO_STM32_GPIO_STM32_GPIO_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stm32_gpio {

inline constexpr std::uint32_t kPins = 16;

// A register of fields of `kBits` bits, one for each pin from the lowest bit on.
template <unsigned kBits>
struct Fields : mmio::Value<Fields<kBits>> {
  static constexpr std::uint32_t kPerWord = 32 / kBits;
  static constexpr std::uint32_t kMask = (1U << kBits) - 1;
  constexpr std::uint32_t of(std::uint32_t pin) const {
    return this->raw() >> (pin % kPerWord * kBits) & kMask;
  }
  constexpr Fields with_pin(std::uint32_t pin, std::uint32_t value) const {
    const std::uint32_t shift = pin % kPerWord * kBits;
    return Fields::from_raw((this->raw() & ~(kMask << shift)) | (value & kMask) << shift);
  }
};

using ModeReg = mmio::Rw<Fields<2>, 0x00>;      // [RM0090 8.4.1] MODER
using PullReg = mmio::Rw<Fields<2>, 0x0c>;      // [RM0090 8.4.4] PUPDR
using LevelReg = mmio::Ro<Fields<1>, 0x10>;     // [RM0090 8.4.5] IDR
using SetResetReg = mmio::Wo<Fields<1>, 0x18>;  // [RM0090 8.4.7] BSRR: set; from bit 16, reset
using AlternateReg = mmio::Rw<Fields<4>, 0x20, 4, 2>;  // [RM0090 8.4.9, 8.4.10] AFRL, AFRH

static_assert(Fields<2>{}.with_pin(15, 3).raw() == 0xc000'0000 &&
              Fields<2>::from_raw(0x8).of(1) == 2);
static_assert(Fields<4>{}.with_pin(9, 7).raw() == 0x70 && Fields<4>::from_raw(0x70).of(9) == 7);
static_assert(AlternateReg::at(1) == 0x24);

}  // namespace baton::drivers::stm32_gpio

#endif  // BATON_DRIVERS_GPIO_STM32_GPIO_STM32_GPIO_REGS_H_
