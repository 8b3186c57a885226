// Arm's PrimeCell UART (PL011): 16 or 32 bytes of FIFO each way, eight data bits, no parity.
//
// Who may call what is said in drivers/iface/serial_port.h: the receive half and the transmit half
// may be in the driver at once.  They share one register, the interrupt mask, and that one is a
// SharedMask; every other register belongs to one half, or tells both without changing.
//
// Nothing looks at the identification registers: on some SoCs they do not answer as the manual
// says.
//
// Stellaris microcontrollers have one without the modem's wires (Config::modem_lines).
#ifndef BATON_DRIVERS_UART_PL011_PL011_H_
#define BATON_DRIVERS_UART_PL011_PL011_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/common/shared_mask.h"
#include "drivers/iface/serial_port.h"
#include "drivers/uart/pl011/pl011_regs.h"

namespace baton::drivers {

/// A PL011.  Construct, init(), then share as the interface says.
class Pl011 final : public iface::SerialPort {
 public:
  struct Config {
    std::uint32_t clock_hz = 0;  ///< UARTCLK
    std::uint32_t baud = 115200;
    /// Let the hardware hold RTS and obey CTS; only where both wires are there.
    bool flow_control = false;
    /// False: there are no modem's wires, and the bits that stand for them are reserved, as in
    /// Stellaris microcontrollers.  [LM3S6965 12.5]
    bool modem_lines = true;
  };

  /// What the divisor registers hold.
  struct Divisor {
    std::uint32_t whole = 0;
    std::uint32_t sixtyfourths = 0;
    friend bool operator==(const Divisor&, const Divisor&) = default;
  };

  /// `io`: the register window.  `name`: for logs; outlives the driver.
  constexpr Pl011(arch::Mmio io, std::string_view name) noexcept : io_(io), name_(name) {}

  /// Once, before anything else, by one caller.  Lets a character that is leaving finish (at most
  /// 50 ms), then sets the line up with both FIFOs on and both interrupts off.  What the receiver
  /// held is discarded.  kInvalidArgument: no clock or no baud rate, or flow control without wires;
  /// kOutOfRange: the clock cannot be divided to that rate; then nothing was touched.
  Result<void> init(const Config& config) noexcept;

  /// The divisor nearest to `baud`, within 0.8 % of it.  Errors as init().        [PL011 3.3.6]
  static Result<Divisor> divisor_for(std::uint32_t clock_hz, std::uint32_t baud) noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] bool try_write(char byte) noexcept override;
  void set_tx_interrupt(bool on) noexcept override;
  [[nodiscard]] bool tx_idle() const noexcept override;
  [[nodiscard]] std::optional<iface::RxByte> try_read() noexcept override;
  void set_rx_interrupt(bool on) noexcept override;
  void acknowledge() noexcept override;

 private:
  arch::Mmio io_;
  std::string_view name_;
  SharedMask<pl011::ImscReg> mask_;
  bool modem_lines_ = true;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_UART_PL011_PL011_H_
