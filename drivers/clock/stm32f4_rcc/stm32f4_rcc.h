// Reset and clock control of STM32F405 to F417: the core's clock at its fastest, and whose clock
// is on.
//
// One caller at a time: the board, while it starts.
#ifndef BATON_DRIVERS_CLOCK_STM32F4_RCC_STM32F4_RCC_H_
#define BATON_DRIVERS_CLOCK_STM32F4_RCC_STM32F4_RCC_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

class Stm32f4Rcc {
 public:
  /// What clocks the core after reset.
  static constexpr std::uint32_t kInternalHz = 16'000'000;
  static constexpr std::uint32_t kFastestHz = 168'000'000;

  struct Clocks {
    std::uint32_t core_hz = 0;
    std::uint32_t bus1_hz = 0;  ///< APB1
    std::uint32_t bus2_hz = 0;  ///< APB2
    bool from_crystal = false;  ///< or from the chip's own oscillator, which is 1 % off or more
    friend bool operator==(const Clocks&, const Clocks&) = default;
  };
  static constexpr Clocks after_reset() noexcept {
    return {.core_hz = kInternalHz, .bus1_hz = kInternalHz, .bus2_hz = kInternalHz};
  }

  /// Which register a device's enable bit is in.
  enum class Bus : std::uint8_t { kAhb1 = 0, kApb1 = 4, kApb2 = 5 };

  /// The register windows of clock control and of the flash memory's interface.
  constexpr Stm32f4Rcc(arch::Mmio io, arch::Mmio flash) noexcept : io_(io), flash_(flash) {}
  Stm32f4Rcc(const Stm32f4Rcc&) = delete;
  Stm32f4Rcc& operator=(const Stm32f4Rcc&) = delete;

  /// Has the core run at kFastestHz, from a crystal of `crystal_hz`, or, where that does not start
  /// within 100 ms, from the chip's own oscillator.  For supply voltages of 2.7 V and more.
  /// kOutOfRange: a crystal that is not of 4 to 26 whole MHz; then nothing was touched.
  /// kUnsupported: the oscillator that the core runs from is not ready, which cannot be: an
  /// emulator without clocks.  kTimedOut: the PLL does not lock within 50 ms, or the core does not
  /// change over; then it runs as after reset.
  Result<Clocks> start(std::uint32_t crystal_hz) noexcept;

  /// From here on the device's registers may be touched.  `bit`: of the bus' register.
  /// kOutOfRange: there is no such bit.
  Result<void> enable(Bus bus, unsigned bit) noexcept;

 private:
  bool run_from(std::uint32_t source) noexcept;
  bool start_crystal() noexcept;
  bool start_pll(std::uint32_t source_hz, bool crystal) noexcept;

  arch::Mmio io_;
  arch::Mmio flash_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_CLOCK_STM32F4_RCC_STM32F4_RCC_H_
