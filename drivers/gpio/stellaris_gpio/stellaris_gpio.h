// A GPIO port of Stellaris microcontrollers: what each of its 8 pins is connected to, its pull
// resistor, its level.  Those pins that debuggers use, and that must be unlocked first, stay so.
#ifndef BATON_DRIVERS_GPIO_STELLARIS_GPIO_STELLARIS_GPIO_H_
#define BATON_DRIVERS_GPIO_STELLARIS_GPIO_STELLARIS_GPIO_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

/// A port whose clock is on.  Ready without any initialisation.  write() and level(): any context,
/// any core at once.  The others change words that all pins share, so one caller at a time.  Every
/// call: kOutOfRange: there is no such pin.
class StellarisGpio {
 public:
  enum class Mode : std::uint8_t {
    kOff,  ///< connected to nothing, as after reset
    kInput,
    kOutput,
    kDevice,  ///< to the one device of the chip that can have this pin
  };
  enum class Pull : std::uint8_t { kNone, kUp, kDown };

  /// `io`: the register window.
  explicit constexpr StellarisGpio(arch::Mmio io) noexcept : io_(io) {}
  StellarisGpio(const StellarisGpio&) = delete;
  StellarisGpio& operator=(const StellarisGpio&) = delete;

  Result<void> set_mode(std::uint32_t pin, Mode mode) noexcept;
  Result<void> set_pull(std::uint32_t pin, Pull pull) noexcept;

  /// What an output drives.
  Result<void> write(std::uint32_t pin, bool high) noexcept;
  [[nodiscard]] Result<bool> level(std::uint32_t pin) const noexcept;

 private:
  arch::Mmio io_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_GPIO_STELLARIS_GPIO_STELLARIS_GPIO_H_
