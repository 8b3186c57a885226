// The FPGA of Arm's MPS2 board with a Cortex-M image: AN385 (M3), AN386 (M4), AN500 (M7).
//
// [AN385 3], [AN386 3], [AN500 3]: where everything is.  For a board's description
// (boards/cortex_m/description.h).
#ifndef BATON_BOARDS_SOC_MPS2_SOC_H_
#define BATON_BOARDS_SOC_MPS2_SOC_H_

#include <array>
#include <cstdint>

#include "base/result.h"
#include "drivers/iface/serial_port.h"
#include "kernel/machine.h"

namespace baton::board::mps2 {

struct Soc {
  static constexpr unsigned kLines = 32;
  static constexpr std::uint32_t kClockHz = 25'000'000;
  static constexpr unsigned kConsoleLine = 0;
  static constexpr unsigned kConsoleTxLine = 1;
  static constexpr std::array<kernel::MemoryRange, 1> kMoreRam = {{
      {.begin = 0x0000'0000, .bytes = 4U << 20U, .what = "RAM for code"},
  }};

  static iface::SerialPort& console();
  static Result<void> start_console(std::uint32_t clock_hz);
  /// The first of the two user LEDs.
  static void set_led(bool on);
};

}  // namespace baton::board::mps2

#endif  // BATON_BOARDS_SOC_MPS2_SOC_H_
