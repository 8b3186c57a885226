// Which of the two UARTs is on the header, and setting it up.
#ifndef BATON_BOARDS_RASPI_UART_H_
#define BATON_BOARDS_RASPI_UART_H_

#include <optional>
#include <string_view>

#include "boards/raspi/soc.h"
#include "drivers/fdt/fdt.h"
#include "drivers/firmware/bcm2835_mailbox/bcm2835_mailbox.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/iface/serial_port.h"

namespace baton::board {

struct Console {
  iface::SerialPort* port = nullptr;  ///< null: neither could be set up
  iface::IrqNumber irq{};
  std::string_view complaint;  ///< to be printed once there is a console
};

/// `wanted` ("pl011" or "mini") decides if it names one; else what the tree's /chosen names; else
/// what the firmware has connected to pins 14 and 15; else the PL011, which then is connected
/// there. Boot core, once.
Console set_up_console(const Soc& soc, drivers::Bcm2835Mailbox& firmware,
                       const std::optional<drivers::fdt::Fdt>& tree, std::string_view wanted);

}  // namespace baton::board

#endif  // BATON_BOARDS_RASPI_UART_H_
