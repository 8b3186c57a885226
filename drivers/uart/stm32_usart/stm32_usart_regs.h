// The registers of ST's USART, as far as Baton uses them.             [RM0090 30.6, RM0041 23.6]
#ifndef BATON_DRIVERS_UART_STM32_USART_STM32_USART_REGS_H_
#define BATON_DRIVERS_UART_STM32_USART_STM32_USART_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stm32_usart {

// [RM0090 30.6.1] USART_SR -- flags.  Errors go with a read of it that a read of the data follows.
struct Status : mmio::Value<Status> {
  constexpr bool parity_error() const { return get<0, 0>() != 0; }
  constexpr bool framing_error() const { return get<1, 1>() != 0; }
  constexpr bool overrun_error() const { return get<3, 3>() != 0; }
  constexpr bool received() const { return get<5, 5>() != 0; }
  constexpr bool all_sent() const { return get<6, 6>() != 0; }
  constexpr bool has_room() const { return get<7, 7>() != 0; }
};
using StatusReg = mmio::Ro<Status, 0x00>;

// [RM0090 30.6.2] USART_DR -- a byte each way.
struct Data : mmio::Value<Data> {
  constexpr char data() const { return static_cast<char>(get<7, 0>()); }
  constexpr Data with_data(char byte) const { return with<7, 0>(static_cast<unsigned char>(byte)); }
};
using DataReg = mmio::Rw<Data, 0x04>;

// [RM0090 30.3.4, 30.6.3] USART_BRR -- sixteenths: cycles per bit, where 16 samples make one.
using BaudReg = mmio::Rw<mmio::Plain<>, 0x08>;
inline constexpr std::uint32_t kLeastDivisor = 16;
inline constexpr std::uint32_t kMostDivisor = 0xffff;

// [RM0090 30.6.4] USART_CR1 -- zeroes: eight data bits, no parity, 16 samples per bit.
struct Control : mmio::Value<Control> {
  constexpr bool tx_enable() const { return get<3, 3>() != 0; }
  constexpr bool usart_enable() const { return get<13, 13>() != 0; }
  constexpr Control with_rx_enable() const { return with<2, 2>(1); }
  constexpr Control with_tx_enable() const { return with<3, 3>(1); }
  constexpr Control with_rx_interrupt() const { return with<5, 5>(1); }
  constexpr Control with_tx_interrupt() const { return with<7, 7>(1); }
  constexpr Control with_usart_enable() const { return with<13, 13>(1); }
};
using ControlReg = mmio::Rw<Control, 0x0c>;

// [RM0090 30.6.5, 30.6.6] USART_CR2, USART_CR3 -- zeroes: one stop bit, a plain UART without wires
// for flow control, no DMA.
using Control2Reg = mmio::Rw<mmio::Plain<>, 0x10>;
using Control3Reg = mmio::Rw<mmio::Plain<>, 0x14>;

static_assert(Status::from_raw(0x01).parity_error() && Status::from_raw(0x02).framing_error() &&
              Status::from_raw(0x08).overrun_error() && Status::from_raw(0x20).received() &&
              Status::from_raw(0x40).all_sent() && Status::from_raw(0x80).has_room());
static_assert(Data{}.with_data('\xff').raw() == 0xff && Data::from_raw(0x141).data() == 'A');
static_assert(Control{}.with_rx_enable().with_tx_enable().with_usart_enable().raw() == 0x200c);
static_assert(Control{}.with_rx_interrupt().raw() == 0x20 &&
              Control{}.with_tx_interrupt().raw() == 0x80);

}  // namespace baton::drivers::stm32_usart

#endif  // BATON_DRIVERS_UART_STM32_USART_STM32_USART_REGS_H_
