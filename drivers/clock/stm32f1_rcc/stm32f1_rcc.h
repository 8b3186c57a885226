// Reset and clock control of STM32F100: the core's clock at its fastest, and whose clock is on.
//
// One caller at a time: the board, while it starts.
#ifndef BATON_DRIVERS_CLOCK_STM32F1_RCC_STM32F1_RCC_H_
#define BATON_DRIVERS_CLOCK_STM32F1_RCC_STM32F1_RCC_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

class Stm32f1Rcc {
 public:
  /// What clocks the core after reset.
  static constexpr std::uint32_t kInternalHz = 8'000'000;
  static constexpr std::uint32_t kFastestHz = 24'000'000;

  /// Which register a device's enable bit is in.
  enum class Bus : std::uint8_t { kAhb = 0, kApb2 = 1, kApb1 = 2 };

  /// The register window.
  explicit constexpr Stm32f1Rcc(arch::Mmio io) noexcept : io_(io) {}
  Stm32f1Rcc(const Stm32f1Rcc&) = delete;
  Stm32f1Rcc& operator=(const Stm32f1Rcc&) = delete;

  /// Has core and buses run at kFastestHz, which the flash memory stands without wait states, from
  /// a crystal of `crystal_hz`, or, where that does not start within 100 ms, from the chip's own
  /// oscillator.
  /// kOutOfRange: a crystal of which kFastestHz is no multiple from 2 to 6; then nothing was
  /// touched.  kUnsupported: the oscillator that the core runs from is not ready, which cannot be:
  /// an emulator without clocks.  kTimedOut: the PLL does not lock within 50 ms, or the core does
  /// not change over; then it runs as after reset.
  Result<void> start(std::uint32_t crystal_hz) noexcept;

  /// From here on the device's registers may be touched.  `bit`: of the bus' register.
  /// kOutOfRange: there is no such bit.
  Result<void> enable(Bus bus, unsigned bit) noexcept;

 private:
  bool run_from(std::uint32_t source) noexcept;
  bool start_crystal() noexcept;
  bool start_pll(bool crystal, std::uint32_t times) noexcept;

  arch::Mmio io_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_CLOCK_STM32F1_RCC_STM32F1_RCC_H_
