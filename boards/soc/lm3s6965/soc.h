// Texas Instruments' Stellaris LM3S6965: Cortex-M3, 256 KiB of flash, 64 KiB of RAM.
//
// [LM3S6965 2, 5, 8, 12]: where everything is.  For a board's description
// (boards/cortex_m/description.h).
#ifndef BATON_BOARDS_SOC_LM3S6965_SOC_H_
#define BATON_BOARDS_SOC_LM3S6965_SOC_H_

#include <cstdint>

#include "base/result.h"
#include "drivers/gpio/stellaris_gpio/stellaris_gpio.h"
#include "drivers/iface/serial_port.h"

namespace baton::board::lm3s6965 {

/// The console is UART0: PA0 receives, PA1 sends.
struct Soc {
  static constexpr unsigned kLines = 44;
  static constexpr unsigned kConsoleLine = 5;

  /// 50 MHz, from a crystal of 8 MHz.
  static std::uint32_t start_clocks();
  static iface::SerialPort& console();
  static Result<void> start_console(std::uint32_t clock_hz);

  /// Port F, its clock on.
  static drivers::StellarisGpio& port_f();
};

}  // namespace baton::board::lm3s6965

#endif  // BATON_BOARDS_SOC_LM3S6965_SOC_H_
