// External interrupts of ST's STM32F2, F4 and L4: edges at pins.
//
// There are 16 lines, one for each pin number; which port's pin it is, is chosen.  Several lines
// share an interrupt of the core; take() tells whose it was.
#ifndef BATON_DRIVERS_GPIO_STM32_EXTI_STM32_EXTI_H_
#define BATON_DRIVERS_GPIO_STM32_EXTI_STM32_EXTI_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

/// The clock of the system configuration is on.  take(): any context.  The others change words that
/// all lines share, so one caller at a time.
class Stm32Exti {
 public:
  enum class Edge : std::uint8_t { kRising = 1, kFalling = 2, kBoth = 3 };

  /// The register windows of external interrupts and of the system configuration.
  constexpr Stm32Exti(arch::Mmio io, arch::Mmio configuration) noexcept
      : io_(io), configuration_(configuration) {}
  Stm32Exti(const Stm32Exti&) = delete;
  Stm32Exti& operator=(const Stm32Exti&) = delete;

  /// From here on `edge` at pin `pin` of port `port` (A is 0) interrupts; what the line saw before
  /// is forgotten.  kOutOfRange: there is no such pin or port.
  Result<void> connect(std::uint32_t port, std::uint32_t pin, Edge edge) noexcept;
  /// Of no port any more.  kOutOfRange: there is no such pin.
  Result<void> disconnect(std::uint32_t pin) noexcept;

  /// Whether there was an edge since the last call, of which there may have been several.
  [[nodiscard]] bool take(std::uint32_t pin) noexcept;

 private:
  arch::Mmio io_;
  arch::Mmio configuration_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_GPIO_STM32_EXTI_STM32_EXTI_H_
