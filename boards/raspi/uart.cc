#include "boards/raspi/uart.h"

#include "arch/memory.h"
#include "boards/common/lazy.h"
#include "drivers/fdt/chosen.h"
#include "drivers/gpio/bcm2835_gpio/bcm2835_gpio.h"
#include "drivers/uart/mini_uart/mini_uart.h"
#include "drivers/uart/pl011/pl011.h"

namespace baton::board {
namespace {

using drivers::Bcm2835Gpio;
using drivers::FirmwareClock;

constexpr std::uint32_t kTransmitPin = 14;
constexpr std::uint32_t kReceivePin = 15;
// Where the firmware connects the PL011 to the Bluetooth chip.
constexpr std::uint32_t kBluetoothTransmitPin = 32;
constexpr std::uint32_t kBluetoothReceivePin = 33;

constinit Lazy<drivers::Pl011> pl011;
constinit Lazy<drivers::MiniUart> mini_uart;

bool tree_wants_mini(const drivers::fdt::Fdt& tree) {
  const auto chosen = drivers::fdt::stdout_path(tree);
  return chosen && tree.is_compatible(chosen->node, "brcm,bcm2835-aux-uart");
}

bool tree_wants_pl011(const drivers::fdt::Fdt& tree) {
  const auto chosen = drivers::fdt::stdout_path(tree);
  return chosen && tree.is_compatible(chosen->node, "arm,pl011");
}

bool wants_mini(Bcm2835Gpio& gpio, const std::optional<drivers::fdt::Fdt>& tree,
                std::string_view wanted) {
  if (wanted == "mini" || wanted == "pl011") {
    return wanted == "mini";
  }
  if (tree && (tree_wants_mini(*tree) || tree_wants_pl011(*tree))) {
    return tree_wants_mini(*tree);
  }
  const auto function = gpio.function(kTransmitPin);
  return function && *function == Bcm2835Gpio::Function::kAlt5;
}

// Pins that exist on every board: the calls cannot fail.
void connect(Bcm2835Gpio& gpio, Bcm2835Gpio::Function function) {
  static_cast<void>(gpio.set_function(kTransmitPin, function));
  static_cast<void>(gpio.set_function(kReceivePin, function));
  static_cast<void>(gpio.set_pull(kTransmitPin, Bcm2835Gpio::Pull::kNone));
  static_cast<void>(gpio.set_pull(kReceivePin, Bcm2835Gpio::Pull::kUp));
}

iface::SerialPort* set_up_pl011(arch::Mmio io, Bcm2835Gpio& gpio,
                                drivers::Bcm2835Mailbox& firmware) {
  constexpr std::uint32_t kUsualClockHz = 48'000'000;
  if (const auto bluetooth = gpio.function(kBluetoothTransmitPin);
      bluetooth && *bluetooth == Bcm2835Gpio::Function::kAlt3) {
    static_cast<void>(gpio.set_function(kBluetoothTransmitPin, Bcm2835Gpio::Function::kInput));
    static_cast<void>(gpio.set_function(kBluetoothReceivePin, Bcm2835Gpio::Function::kInput));
  }
  connect(gpio, Bcm2835Gpio::Function::kAlt0);
  drivers::Pl011& port = pl011.emplace(io, "PL011");
  const std::uint32_t clock = firmware.clock_rate(FirmwareClock::kUart).value_or(kUsualClockHz);
  if (port.init({.clock_hz = clock})) {
    return &port;
  }
  // A clock that does not give the rate: ask for the usual one.
  const auto changed = firmware.set_clock_rate(FirmwareClock::kUart, kUsualClockHz);
  return changed && port.init({.clock_hz = *changed}) ? &port : nullptr;
}

iface::SerialPort* set_up_mini(arch::Mmio io, Bcm2835Gpio& gpio,
                               drivers::Bcm2835Mailbox& firmware) {
  constexpr std::uint32_t kUsualClockHz = 250'000'000;
  connect(gpio, Bcm2835Gpio::Function::kAlt5);
  drivers::MiniUart& port = mini_uart.emplace(io, "mini-UART");
  const std::uint32_t clock = firmware.clock_rate(FirmwareClock::kCore).value_or(kUsualClockHz);
  return port.init({.clock_hz = clock}) ? &port : nullptr;
}

}  // namespace

Console set_up_console(const Soc& soc, drivers::Bcm2835Mailbox& firmware,
                       const std::optional<drivers::fdt::Fdt>& tree, std::string_view wanted) {
  const auto gpio_window = arch::map_device(soc.peripherals + kGpioOffset, kWindow);
  const auto pl011_window = arch::map_device(soc.pl011, kWindow);
  const auto aux_window = arch::map_device(soc.aux, kWindow);
  if (!gpio_window || !pl011_window || !aux_window) {
    return {};
  }
  Bcm2835Gpio gpio(*gpio_window, soc.gpio);
  Console console;
  if (wants_mini(gpio, tree, wanted)) {
    console = {
        .port = set_up_mini(*aux_window, gpio, firmware), .irq = soc.aux_irq, .complaint = {}};
  } else {
    console = {
        .port = set_up_pl011(*pl011_window, gpio, firmware), .irq = soc.pl011_irq, .complaint = {}};
  }
  if (!wanted.empty() && wanted != "mini" && wanted != "pl011") {
    console.complaint = "boot argument 'uart' wants pl011 or mini; choosing by what is connected";
  }
  return console;
}

}  // namespace baton::board
