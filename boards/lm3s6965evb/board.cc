// Texas Instruments' evaluation board for the LM3S6965.
#include "boards/cortex_m/board.h"

#include <cstdint>
#include <string_view>

#include "boards/soc/lm3s6965/soc.h"

namespace {

struct Board : baton::board::lm3s6965::Soc {
  static constexpr std::string_view kName = "LM3S6965 evaluation board";

  // Of the status LED, which is on when the pin is high.  [EKK-LM3S6965]
  static void set_led(bool on) {
    using Gpio = baton::drivers::StellarisGpio;
    constexpr std::uint32_t kPin = 0;
    Gpio& port = port_f();
    static_cast<void>(port.write(kPin, on));
    static_cast<void>(port.set_mode(kPin, Gpio::Mode::kOutput));
  }
};

}  // namespace

BATON_CORTEX_M_BOARD(Board)
