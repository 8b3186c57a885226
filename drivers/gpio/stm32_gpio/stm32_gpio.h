// A GPIO port of ST's STM32F2, F4 and L4: what each of its 16 pins is connected to, its pull
// resistor, its level.
#ifndef BATON_DRIVERS_GPIO_STM32_GPIO_STM32_GPIO_H_
#define BATON_DRIVERS_GPIO_STM32_GPIO_STM32_GPIO_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

/// A port whose clock is on.  Ready without any initialisation.  write() and level(): any context,
/// any core at once.  The others change words that all pins share, so one caller at a time.  Every
/// call: kOutOfRange: there is no such pin, or no such function.
class Stm32Gpio {
 public:
  enum class Mode : std::uint8_t { kInput = 0, kOutput = 1, kAnalog = 3 };
  enum class Pull : std::uint8_t { kNone = 0, kUp = 1, kDown = 2 };

  /// `io`: the register window.
  explicit constexpr Stm32Gpio(arch::Mmio io) noexcept : io_(io) {}
  Stm32Gpio(const Stm32Gpio&) = delete;
  Stm32Gpio& operator=(const Stm32Gpio&) = delete;

  Result<void> set_mode(std::uint32_t pin, Mode mode) noexcept;
  /// Connects the pin to a device of the chip: 0 to 15, as the data sheet of the chip numbers them.
  Result<void> set_alternate(std::uint32_t pin, std::uint32_t function) noexcept;
  Result<void> set_pull(std::uint32_t pin, Pull pull) noexcept;

  /// What an output drives, now or once it is one.
  Result<void> write(std::uint32_t pin, bool high) noexcept;
  [[nodiscard]] Result<bool> level(std::uint32_t pin) const noexcept;

 private:
  arch::Mmio io_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_GPIO_STM32_GPIO_STM32_GPIO_H_
