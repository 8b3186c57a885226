// A chip of which nothing is known yet but that it has a Cortex-M with SysTick: the console is a
// debugger's, by RAM or by semihosting.  For a board's first hours, before it has a UART
// (docs/porting.md).
//
// The board says the rest: kName, kLines, kClockHz (boards/cortex_m/description.h).
#ifndef BATON_BOARDS_SOC_ANY_SOC_H_
#define BATON_BOARDS_SOC_ANY_SOC_H_

#include <cstdint>

#include "base/result.h"
#include "drivers/iface/serial_port.h"

namespace baton::board::any {

/// The console is two rings in RAM.  A debugger that knows SEGGER's RTT shows and fills them; for
/// any other, the last KiB of text is at `ram_log_text`.
struct Soc {
  static constexpr bool kConsoleIsPolled = true;
  static iface::SerialPort& console();
  static Result<void> start_console(std::uint32_t clock_hz);
};

/// The console is that of the debugger or emulator that listens to semihosting; what somebody
/// appends to the file `baton.in` in its folder, there before the start, is typed.
struct SemihostingSoc {
  static constexpr bool kConsoleIsPolled = true;
  static iface::SerialPort& console();
  static Result<void> start_console(std::uint32_t clock_hz);
};

}  // namespace baton::board::any

#endif  // BATON_BOARDS_SOC_ANY_SOC_H_
