// The APB UART of Arm's Cortex-M System Design Kit: one byte of buffer each way, eight data bits,
// no parity, one stop bit.
//
// It tells of what happens while an interrupt is enabled, and not of what is so already: a buffer
// that has emptied, or filled, just before would never be told of.  So both interrupts are enabled
// by init() for good, and what has happened stays in the device until acknowledge().  The switches
// of iface::SerialPort therefore switch nothing: until the machine lets the line through, nothing
// comes; afterwards there may be an interrupt more than was wanted, which finds nothing to do.
//
// Who may call what is said in drivers/iface/serial_port.h.  No register has two writers once
// init() is over, but for those where zeroes do nothing.
#ifndef BATON_DRIVERS_UART_CMSDK_UART_CMSDK_UART_H_
#define BATON_DRIVERS_UART_CMSDK_UART_CMSDK_UART_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/serial_port.h"

namespace baton::drivers {

/// A CMSDK UART.  Construct, init(), then share as the interface says.
class CmsdkUart final : public iface::SerialPort {
 public:
  struct Config {
    std::uint32_t clock_hz = 0;  ///< of the bus
    std::uint32_t baud = 115200;
  };

  /// `io`: the register window.  `name`: for logs; outlives the driver.
  constexpr CmsdkUart(arch::Mmio io, std::string_view name) noexcept : io_(io), name_(name) {}

  /// Once, before anything else, by one caller.  Lets a character that is leaving finish (at most
  /// 50 ms).  What the receiver held is discarded.  kInvalidArgument: no clock or no baud rate;
  /// kOutOfRange: the clock cannot be divided to that rate; then nothing was touched.
  Result<void> init(const Config& config) noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] bool try_write(char byte) noexcept override;
  void set_tx_interrupt(bool /*on*/) noexcept override {}
  /// The device shows its buffer only; the rest is time.
  [[nodiscard]] bool tx_idle() const noexcept override;
  [[nodiscard]] std::optional<iface::RxByte> try_read() noexcept override;
  void set_rx_interrupt(bool /*on*/) noexcept override {}
  void acknowledge() noexcept override;

 private:
  arch::Mmio io_;
  std::string_view name_;
  std::uint64_t character_ticks_ = 0;  // how long one takes to leave
  std::uint64_t idle_from_ = 0;        // when the last one has left, if the buffer is empty then
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_UART_CMSDK_UART_CMSDK_UART_H_
