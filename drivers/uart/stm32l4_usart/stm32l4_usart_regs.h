// The registers of the USART of ST's STM32L4, as far as Baton uses them.           [RM0351 40.8]
#ifndef BATON_DRIVERS_UART_STM32L4_USART_STM32L4_USART_REGS_H_
#define BATON_DRIVERS_UART_STM32L4_USART_STM32L4_USART_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stm32l4_usart {

// [RM0351 40.8.1] USART_CR1 -- zeroes: eight data bits, no parity, 16 samples per bit.
struct Control : mmio::Value<Control> {
  constexpr bool usart_enable() const { return get<0, 0>() != 0; }
  constexpr bool tx_enable() const { return get<3, 3>() != 0; }
  constexpr Control with_usart_enable() const { return with<0, 0>(1); }
  constexpr Control with_rx_enable() const { return with<2, 2>(1); }
  constexpr Control with_tx_enable() const { return with<3, 3>(1); }
  constexpr Control with_rx_interrupt() const { return with<5, 5>(1); }
  constexpr Control with_tx_interrupt() const { return with<7, 7>(1); }
};
using ControlReg = mmio::Rw<Control, 0x00>;

// [RM0351 40.8.2, 40.8.3] USART_CR2, USART_CR3 -- zeroes: one stop bit, a plain UART without wires
// for flow control, no DMA, overruns are told.
using Control2Reg = mmio::Rw<mmio::Plain<>, 0x04>;
using Control3Reg = mmio::Rw<mmio::Plain<>, 0x08>;

// [RM0351 40.5.4, 40.8.4] USART_BRR -- cycles per bit, where 16 samples make one.
using BaudReg = mmio::Rw<mmio::Plain<>, 0x0c>;
inline constexpr std::uint32_t kLeastDivisor = 16;
inline constexpr std::uint32_t kMostDivisor = 0xffff;

// [RM0351 40.8.7] USART_RQR
struct Request : mmio::Value<Request> {
  constexpr Request with_discard_received() const { return with<3, 3>(1); }
};
using RequestReg = mmio::Wo<Request, 0x18>;

// [RM0351 40.8.8, 40.8.9] USART_ISR, USART_ICR -- flags, and what clears them: the errors stand at
// the same bits in both.
struct Status : mmio::Value<Status> {
  constexpr bool parity_error() const { return get<0, 0>() != 0; }
  constexpr bool framing_error() const { return get<1, 1>() != 0; }
  constexpr bool overrun_error() const { return get<3, 3>() != 0; }
  constexpr bool received() const { return get<5, 5>() != 0; }
  constexpr bool all_sent() const { return get<6, 6>() != 0; }
  constexpr bool has_room() const { return get<7, 7>() != 0; }
  /// Parity, framing, noise, overrun, and nothing else.
  constexpr Status errors() const { return from_raw(get<3, 0>()); }
};
inline constexpr Status kAllErrors = Status::from_raw(0xf);
using StatusReg = mmio::Ro<Status, 0x1c>;
using ClearReg = mmio::Wo<Status, 0x20>;

// [RM0351 40.8.10, 40.8.11] USART_RDR, USART_TDR -- a byte each way.
struct Data : mmio::Value<Data> {
  constexpr char data() const { return static_cast<char>(get<7, 0>()); }
  constexpr Data with_data(char byte) const { return with<7, 0>(static_cast<unsigned char>(byte)); }
};
using ReceiveReg = mmio::Ro<Data, 0x24>;
using TransmitReg = mmio::Wo<Data, 0x28>;

static_assert(Control{}.with_usart_enable().with_rx_enable().with_tx_enable().raw() == 0xd &&
              Control{}.with_rx_interrupt().with_tx_interrupt().raw() == 0xa0 &&
              Control::from_raw(0x9).usart_enable() && Control::from_raw(0x9).tx_enable());
static_assert(Request{}.with_discard_received().raw() == 0x8);
static_assert(Status::from_raw(0x01).parity_error() && Status::from_raw(0x02).framing_error() &&
              Status::from_raw(0x08).overrun_error() && Status::from_raw(0x20).received() &&
              Status::from_raw(0x40).all_sent() && Status::from_raw(0x80).has_room() &&
              Status::from_raw(0x2000ef).errors() == kAllErrors);
static_assert(Data{}.with_data('\xff').raw() == 0xff && Data::from_raw(0x141).data() == 'A');

}  // namespace baton::drivers::stm32l4_usart

#endif  // BATON_DRIVERS_UART_STM32L4_USART_STM32L4_USART_REGS_H_
