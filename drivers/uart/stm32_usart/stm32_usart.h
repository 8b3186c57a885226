// The USART of ST's STM32F1, F2 and F4 as a plain UART: one byte of buffer each way, eight data
// bits, no parity, one stop bit.
//
// Who may call what is said in drivers/iface/serial_port.h.  The halves share one register, the
// control word with both interrupt enables, and that one is a SharedMask.  The flags are shared in
// one more way: a look at them is the first half of what clears an error.  So a look that the
// transmit half takes between the receive half's two accesses may have an overrun forgotten that
// came just then.  Where the receive half is an interrupt handler on the only core, nothing comes
// between its two accesses.
#ifndef BATON_DRIVERS_UART_STM32_USART_STM32_USART_H_
#define BATON_DRIVERS_UART_STM32_USART_STM32_USART_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/common/shared_mask.h"
#include "drivers/iface/serial_port.h"
#include "drivers/uart/stm32_usart/stm32_usart_regs.h"

namespace baton::drivers {

/// A USART whose clock is on.  Construct, init(), then share as the interface says.
class Stm32Usart final : public iface::SerialPort {
 public:
  struct Config {
    std::uint32_t clock_hz = 0;  ///< of the bus that it is on
    std::uint32_t baud = 115200;
  };

  /// `io`: the register window.  `name`: for logs; outlives the driver.
  constexpr Stm32Usart(arch::Mmio io, std::string_view name) noexcept : io_(io), name_(name) {}

  /// Once, before anything else, by one caller.  Lets characters that are leaving finish (at most
  /// 50 ms).  What the receiver held is discarded.  kInvalidArgument: no clock or no baud rate;
  /// kOutOfRange: the clock cannot be divided to that rate; then nothing was touched.
  Result<void> init(const Config& config) noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] bool try_write(char byte) noexcept override;
  void set_tx_interrupt(bool on) noexcept override;
  [[nodiscard]] bool tx_idle() const noexcept override;
  /// Noise is not told: the character may be right.
  [[nodiscard]] std::optional<iface::RxByte> try_read() noexcept override;
  void set_rx_interrupt(bool on) noexcept override;
  /// Nothing stays: reading takes back what interrupts.
  void acknowledge() noexcept override {}

 private:
  arch::Mmio io_;
  std::string_view name_;
  SharedMask<stm32_usart::ControlReg> control_;
  bool overrun_ = false;  // seen when there was no byte to tell it with; the receive half's
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_UART_STM32_USART_STM32_USART_H_
