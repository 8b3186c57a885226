// On a board such as ST's STM32VLDISCOVERY, with the LED at PC9.
#include <cstdint>

#include "boards/blink/blink.h"
#include "boards/cortex_m/bare_board.h"
#include "boards/soc/stm32f100/soc.h"

namespace {

struct Board : baton::board::stm32f100::Soc<8'000'000> {
  // The green one, LD3, is on when the pin is high.  [UM0919]
  static void set_led(bool on) {
    using Gpio = baton::drivers::Stm32f1Gpio;
    constexpr std::uint32_t kPin = 9;
    Gpio& port = port_c();
    static_cast<void>(port.write(kPin, on));
    static_cast<void>(port.set_mode(kPin, Gpio::Mode::kOutput));
  }
};

}  // namespace

BATON_CORTEX_M_BARE_BOARD(Board, baton::board::Blink<Board>::start)
