// ST's STM32F100: Cortex-M3 of 24 MHz, 128 KiB of flash, 8 KiB of RAM.
//
// [STM32F100], [RM0041 2, 6, 7, 8, 23]: where everything is.  For a board's description
// (boards/cortex_m/description.h).
#ifndef BATON_BOARDS_SOC_STM32F100_SOC_H_
#define BATON_BOARDS_SOC_STM32F100_SOC_H_

#include <cstdint>

#include "base/result.h"
#include "drivers/gpio/stm32f1_gpio/stm32f1_gpio.h"
#include "drivers/iface/serial_port.h"

namespace baton::board::stm32f100 {

/// What every board with this chip has.  The console is USART1: PA9 sends, PA10 receives.
struct Chip {
  static constexpr unsigned kLines = 61;
  static constexpr unsigned kConsoleLine = 37;

  static iface::SerialPort& console();
  static Result<void> start_console(std::uint32_t clock_hz);

  /// 24 MHz, from a crystal of `crystal_hz`; from the chip's own oscillator where that is dead.
  static std::uint32_t start_clocks_with(std::uint32_t crystal_hz);

  /// The port's clock on.
  static drivers::Stm32f1Gpio& port_c();
};

/// Of a board with a crystal of `kCrystalHz`.
template <std::uint32_t kCrystalHz>
struct Soc : Chip {
  static std::uint32_t start_clocks() { return start_clocks_with(kCrystalHz); }
};

}  // namespace baton::board::stm32f100

#endif  // BATON_BOARDS_SOC_STM32F100_SOC_H_
