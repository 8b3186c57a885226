// ST's STM32F405: Cortex-M4 with FP registers, 1 MiB of flash, 192 KiB of RAM.
//
// [STM32F405], [RM0090 2, 7, 8, 30]: where everything is.  For a board's description
// (boards/cortex_m/description.h).
#ifndef BATON_BOARDS_SOC_STM32F405_SOC_H_
#define BATON_BOARDS_SOC_STM32F405_SOC_H_

#include <array>
#include <cstdint>

#include "base/result.h"
#include "drivers/gpio/stm32_gpio/stm32_gpio.h"
#include "drivers/iface/serial_port.h"
#include "kernel/machine.h"

namespace baton::board::stm32f405 {

/// What every board with this chip has.  The console is USART1: PB6 sends, PB7 receives.
struct Chip {
  static constexpr unsigned kLines = 82;
  static constexpr unsigned kConsoleLine = 37;
  static constexpr std::array<kernel::MemoryRange, 1> kMoreRam = {{
      {.begin = 0x1000'0000, .bytes = 64U << 10U, .what = "RAM of the core alone (CCM)"},
  }};

  static iface::SerialPort& console();
  static Result<void> start_console(std::uint32_t clock_hz);

  /// 168 MHz, from a crystal of `crystal_hz`; from the chip's own oscillator where that is dead.
  static std::uint32_t start_clocks_with(std::uint32_t crystal_hz);

  /// Ports A and C, the port's clock on.
  static drivers::Stm32Gpio& port_a();
  static drivers::Stm32Gpio& port_c();
};

/// Of a board with a crystal of `kCrystalHz`.
template <std::uint32_t kCrystalHz>
struct Soc : Chip {
  static std::uint32_t start_clocks() { return start_clocks_with(kCrystalHz); }
};

}  // namespace baton::board::stm32f405

#endif  // BATON_BOARDS_SOC_STM32F405_SOC_H_
