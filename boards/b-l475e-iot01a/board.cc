// ST's B-L475E-IOT01A.  The console is the serial port of the ST-LINK on the board.
#include "boards/cortex_m/board.h"

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "boards/soc/stm32l475/soc.h"

namespace {

struct Board : baton::board::stm32l475::Soc {
  static constexpr std::string_view kName = "B-L475E-IOT01A";

  // LD2 is on when the pin is high.  [UM2153]
  static void set_led(bool on) {
    using Gpio = baton::drivers::Stm32Gpio;
    constexpr std::uint32_t kPin = 14;
    Gpio& port = port_b();
    static_cast<void>(port.write(kPin, on));
    static_cast<void>(port.set_mode(kPin, Gpio::Mode::kOutput));
  }

  // The blue one pulls the pin low.  [UM2153]
  static constexpr std::uint32_t kButton = 13;
  static constexpr unsigned kButtonLine = 40;
  static bool button_pressed() { return !port_c().level(kButton).value_or(true); }
  static baton::Result<void> start_button() { return interrupt_where_c_falls(kButton); }
  static void acknowledge_button() { static_cast<void>(pin_interrupts().take(kButton)); }
};

}  // namespace

BATON_CORTEX_M_BOARD(Board)
