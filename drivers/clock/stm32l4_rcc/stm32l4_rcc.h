// Reset and clock control of STM32L47x and L48x: the core's clock at its fastest, and whose clock
// is on.
//
// One caller at a time: the board, while it starts.
#ifndef BATON_DRIVERS_CLOCK_STM32L4_RCC_STM32L4_RCC_H_
#define BATON_DRIVERS_CLOCK_STM32L4_RCC_STM32L4_RCC_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

class Stm32l4Rcc {
 public:
  /// What clocks the core after reset.
  static constexpr std::uint32_t kResetHz = 4'000'000;
  /// The fastest without wait states.
  static constexpr std::uint32_t kInternalHz = 16'000'000;
  static constexpr std::uint32_t kFastestHz = 80'000'000;

  /// Which register a device's enable bit is in.
  enum class Bus : std::uint8_t { kAhb2 = 1, kApb1 = 4, kApb2 = 6 };

  /// The register windows of clock control and of the flash memory's interface.
  constexpr Stm32l4Rcc(arch::Mmio io, arch::Mmio flash) noexcept : io_(io), flash_(flash) {}
  Stm32l4Rcc(const Stm32l4Rcc&) = delete;
  Stm32l4Rcc& operator=(const Stm32l4Rcc&) = delete;

  /// Has core and buses run from the chip's own oscillator of 16 MHz (1 % off at most), and,
  /// through the PLL, at kFastestHz; answers the frequency in Hz.  In voltage range 1, as after
  /// reset. That is kInternalHz where the flash memory does not take the wait states that
  /// kFastestHz needs, the PLL does not lock, or the core does not change over to it, each within
  /// 50 ms. kTimedOut: the oscillator does not start; then the core's clock is what it was.
  Result<std::uint32_t> start() noexcept;

  /// False: the flash memory has no interface at all, which an emulator can do without and a chip
  /// cannot.
  [[nodiscard]] bool has_flash_interface() const noexcept;

  /// From here on the device's registers may be touched.  `bit`: of the bus' register.
  /// kOutOfRange: there is no such bit.
  Result<void> enable(Bus bus, unsigned bit) noexcept;

 private:
  bool run_from(std::uint32_t source) noexcept;
  bool slow_down_flash() noexcept;
  bool start_pll() noexcept;
  void stop_pll() noexcept;

  arch::Mmio io_;
  arch::Mmio flash_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_CLOCK_STM32L4_RCC_STM32L4_RCC_H_
