// Wilderness Labs' Netduino Plus 2.  The console is at the pins SC (sends) and SD (receives).
#include "boards/cortex_m/board.h"

#include <cstdint>
#include <string_view>

#include "boards/soc/stm32f405/soc.h"

namespace {

struct Board : baton::board::stm32f405::Soc<25'000'000> {
  static constexpr std::string_view kName = "Netduino Plus 2";

  // The LED is on when the pin is high.  [NETDUINO]
  static void set_led(bool on) {
    using Gpio = baton::drivers::Stm32Gpio;
    constexpr std::uint32_t kPin = 10;
    Gpio& port = port_a();
    static_cast<void>(port.write(kPin, on));
    static_cast<void>(port.set_mode(kPin, Gpio::Mode::kOutput));
  }
};

}  // namespace

BATON_CORTEX_M_BOARD(Board)
