// Broadcom's GPIO block: what each pin is connected to, its pull resistor, its level.
#ifndef BATON_DRIVERS_GPIO_BCM2835_GPIO_BCM2835_GPIO_H_
#define BATON_DRIVERS_GPIO_BCM2835_GPIO_BCM2835_GPIO_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

/// The block.  Ready without any initialisation.  write() and level(): any context, any core at
/// once.  set_function() and set_pull(): ten and sixteen pins share a register, so one caller at a
/// time.  Every call: kOutOfRange: there is no such pin.
class Bcm2835Gpio {
 public:
  /// Two ways to set a pull, and two counts of pins.
  enum class Variant : std::uint8_t {
    kBcm2835,  ///< 54 pins; BCM2835, BCM2836, BCM2837
    kBcm2711,  ///< 58 pins
  };
  /// What a pin is connected to, as the hardware codes it.
  enum class Function : std::uint8_t {
    kInput = 0,
    kOutput = 1,
    kAlt5 = 2,
    kAlt4 = 3,
    kAlt0 = 4,
    kAlt1 = 5,
    kAlt2 = 6,
    kAlt3 = 7,
  };
  enum class Pull : std::uint8_t { kNone, kUp, kDown };

  /// `io`: the register window.
  constexpr Bcm2835Gpio(arch::Mmio io, Variant variant) noexcept : io_(io), variant_(variant) {}
  Bcm2835Gpio(const Bcm2835Gpio&) = delete;
  Bcm2835Gpio& operator=(const Bcm2835Gpio&) = delete;

  [[nodiscard]] constexpr std::uint32_t pins() const noexcept {
    return variant_ == Variant::kBcm2711 ? 58 : 54;
  }
  Result<void> set_function(std::uint32_t pin, Function function) noexcept;
  [[nodiscard]] Result<Function> function(std::uint32_t pin) const noexcept;

  /// Takes some 20 us with kBcm2835.
  Result<void> set_pull(std::uint32_t pin, Pull pull) noexcept;

  /// What an output drives, now or once it is one.
  Result<void> write(std::uint32_t pin, bool high) noexcept;
  [[nodiscard]] Result<bool> level(std::uint32_t pin) const noexcept;

 private:
  arch::Mmio io_;
  Variant variant_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_GPIO_BCM2835_GPIO_BCM2835_GPIO_H_
