// The mini-UART of Broadcom's BCM2835 and its successors: eight bytes of FIFO each way, eight data
// bits, no parity; it notices overruns, but neither breaks nor framing errors.
//
// Who may call what is said in drivers/iface/serial_port.h.  Two registers could make one half
// disturb the other.  The interrupt enables are one word: a SharedMask.  Reading the line status
// forgets the overrun, so only the receive half reads it, and the transmit half goes by the extra
// status register, which forgets nothing.
//
// The rate hangs on the core clock, which the firmware changes unless config.txt fixes it.
#ifndef BATON_DRIVERS_UART_MINI_UART_MINI_UART_H_
#define BATON_DRIVERS_UART_MINI_UART_MINI_UART_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/common/shared_mask.h"
#include "drivers/iface/serial_port.h"
#include "drivers/uart/mini_uart/mini_uart_regs.h"

namespace baton::drivers {

/// A mini-UART.  Construct, init(), then share as the interface says.
class MiniUart final : public iface::SerialPort {
 public:
  struct Config {
    std::uint32_t clock_hz = 0;  ///< the core clock
    std::uint32_t baud = 115200;
  };

  /// `aux`: the window of the whole auxiliary block.  `name`: for logs; outlives the driver.
  constexpr MiniUart(arch::Mmio aux, std::string_view name) noexcept : io_(aux), name_(name) {}

  /// Once, before anything else, by one caller, while nobody else changes which devices of the
  /// auxiliary block are on.  Lets characters that are leaving finish (at most 50 ms); what the
  /// receiver held is discarded.  kInvalidArgument: no clock or no baud rate; kOutOfRange: the
  /// nearest rate that the clock gives is more than 2 % off; then nothing was touched.
  Result<void> init(const Config& config) noexcept;

  /// What AUX_MU_BAUD must hold.  Errors as init().
  static Result<std::uint32_t> divisor_for(std::uint32_t clock_hz, std::uint32_t baud) noexcept;

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
  SharedMask<mini_uart::IerReg> mask_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_UART_MINI_UART_MINI_UART_H_
