// A GPIO port of ST's STM32F1: what each of its 16 pins does, and its level.
#ifndef BATON_DRIVERS_GPIO_STM32F1_GPIO_STM32F1_GPIO_H_
#define BATON_DRIVERS_GPIO_STM32F1_GPIO_STM32F1_GPIO_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

/// A port whose clock is on.  Ready without any initialisation.  write() and level(): any context.
/// set_mode() changes words that eight pins share, so one caller at a time.  Every call:
/// kOutOfRange: there is no such pin.
class Stm32f1Gpio {
 public:
  /// Which device of the chip an alternate function is, the chip decides; its remapping is not
  /// touched.  Outputs drive both ways, with edges for up to 2 MHz.
  enum class Mode : std::uint8_t {
    kAnalog = 0x0,
    kOutput = 0x2,
    kInput = 0x4,
    kPulled = 0x8,  ///< an input, to what write() said last
    kAlternate = 0xa,
  };

  /// `io`: the register window.
  explicit constexpr Stm32f1Gpio(arch::Mmio io) noexcept : io_(io) {}
  Stm32f1Gpio(const Stm32f1Gpio&) = delete;
  Stm32f1Gpio& operator=(const Stm32f1Gpio&) = delete;

  Result<void> set_mode(std::uint32_t pin, Mode mode) noexcept;

  /// What an output drives, or a pulled input is pulled to, now or once it is one.
  Result<void> write(std::uint32_t pin, bool high) noexcept;
  [[nodiscard]] Result<bool> level(std::uint32_t pin) const noexcept;

 private:
  arch::Mmio io_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_GPIO_STM32F1_GPIO_STM32F1_GPIO_H_
