// ST's STM32L475: Cortex-M4 with FP registers, 1 MiB of flash, 128 KiB of RAM.
//
// [STM32L475], [RM0351 2, 6, 8, 13, 40]: where everything is.  For a board's description
// (boards/cortex_m/description.h).
#ifndef BATON_BOARDS_SOC_STM32L475_SOC_H_
#define BATON_BOARDS_SOC_STM32L475_SOC_H_

#include <array>
#include <cstdint>

#include "base/result.h"
#include "drivers/gpio/stm32_exti/stm32_exti.h"
#include "drivers/gpio/stm32_gpio/stm32_gpio.h"
#include "drivers/iface/serial_port.h"
#include "kernel/machine.h"

namespace baton::board::stm32l475 {

/// What every board with this chip has.  The console is USART1: PB6 sends, PB7 receives.
struct Soc {
  static constexpr unsigned kLines = 82;
  static constexpr unsigned kConsoleLine = 37;
  static constexpr std::array<kernel::MemoryRange, 2> kMoreRam = {{
      {.begin = 0x2001'0000, .bytes = 32U << 10U, .what = "the rest of SRAM1"},
      {.begin = 0x1000'0000, .bytes = 32U << 10U, .what = "SRAM2"},
  }};

  static iface::SerialPort& console();
  static Result<void> start_console(std::uint32_t clock_hz);

  /// QEMU hands its USART a byte only when its main loop wakes anyway, which the timer brings
  /// about.
  static bool console_loses_interrupts();

  /// 80 MHz from the chip's own oscillator, which needs no crystal; less if it cannot be.
  static std::uint32_t start_clocks();

  /// The port's clock on.
  static drivers::Stm32Gpio& port_b();
  static drivers::Stm32Gpio& port_c();
  /// Makes a pin of port C an input, pulled up, that interrupts when it falls: pins 10 to 15 at
  /// line 40, of which pin_interrupts() knows which it was.
  static Result<void> interrupt_where_c_falls(std::uint32_t pin);
  static drivers::Stm32Exti& pin_interrupts();
};

}  // namespace baton::board::stm32l475

#endif  // BATON_BOARDS_SOC_STM32L475_SOC_H_
