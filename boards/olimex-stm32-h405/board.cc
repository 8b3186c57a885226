// Olimex' STM32-H405.  The console is at the pins PB6 (sends) and PB7 (receives).
#include "boards/cortex_m/board.h"

#include <cstdint>
#include <string_view>

#include "boards/soc/stm32f405/soc.h"

namespace {

struct Board : baton::board::stm32f405::Soc<8'000'000> {
  static constexpr std::string_view kName = "Olimex STM32-H405";

  // The LED is on when the pin is low.  [STM32-H405]
  static void set_led(bool on) {
    using Gpio = baton::drivers::Stm32Gpio;
    constexpr std::uint32_t kPin = 12;
    Gpio& port = port_c();
    static_cast<void>(port.write(kPin, !on));
    static_cast<void>(port.set_mode(kPin, Gpio::Mode::kOutput));
  }
};

}  // namespace

BATON_CORTEX_M_BOARD(Board)
