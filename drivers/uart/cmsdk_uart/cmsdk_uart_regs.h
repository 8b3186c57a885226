// The registers of the APB UART of Arm's Cortex-M System Design Kit.               [CMSDK 4.3.2]
#ifndef BATON_DRIVERS_UART_CMSDK_UART_CMSDK_UART_REGS_H_
#define BATON_DRIVERS_UART_CMSDK_UART_CMSDK_UART_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::cmsdk_uart {

// [CMSDK 4.3.2] DATA -- a byte each way.
struct Data : mmio::Value<Data> {
  constexpr char data() const { return static_cast<char>(get<7, 0>()); }
  constexpr Data with_data(char byte) const { return with<7, 0>(static_cast<unsigned char>(byte)); }
};
using DataReg = mmio::Rw<Data, 0x000>;

// [CMSDK 4.3.2] STATE -- flags; the overruns stay until they are written as 1.
struct State : mmio::Value<State> {
  constexpr bool tx_full() const { return get<0, 0>() != 0; }
  constexpr bool rx_full() const { return get<1, 1>() != 0; }
  constexpr bool rx_overrun() const { return get<3, 3>() != 0; }
  constexpr State with_tx_overrun() const { return with<2, 2>(1); }
  constexpr State with_rx_overrun() const { return with<3, 3>(1); }
};
using StateReg = mmio::W1c<State, 0x004>;

// [CMSDK 4.3.2] CTRL
struct Control : mmio::Value<Control> {
  constexpr bool tx_enable() const { return get<0, 0>() != 0; }
  constexpr Control with_tx_enable(bool on) const { return with<0, 0>(on ? 1 : 0); }
  constexpr Control with_rx_enable(bool on) const { return with<1, 1>(on ? 1 : 0); }
  constexpr Control with_tx_interrupt(bool on) const { return with<2, 2>(on ? 1 : 0); }
  constexpr Control with_rx_interrupt(bool on) const { return with<3, 3>(on ? 1 : 0); }
};
using ControlReg = mmio::Rw<Control, 0x008>;

// [CMSDK 4.3.2] INTSTATUS, INTCLEAR -- what has happened while its interrupt was enabled.
struct Interrupts : mmio::Value<Interrupts> {
  static constexpr Interrupts all() { return from_raw(0xf); }
};
using InterruptReg = mmio::W1c<Interrupts, 0x00c>;

// [CMSDK 4.3.2] BAUDDIV -- cycles per bit, at least 16.
using BaudDivisorReg = mmio::Rw<mmio::Plain<>, 0x010>;
inline constexpr std::uint32_t kLeastDivisor = 16;
inline constexpr std::uint32_t kMostDivisor = 0xf'ffff;

static_assert(Data{}.with_data('\xff').raw() == 0xff && Data::from_raw('A').data() == 'A');
static_assert(State::from_raw(1).tx_full() && State::from_raw(2).rx_full() &&
              State::from_raw(8).rx_overrun() && State{}.with_rx_overrun().raw() == 8 &&
              State{}.with_tx_overrun().raw() == 4);
static_assert(Control{}
                  .with_tx_enable(true)
                  .with_rx_enable(true)
                  .with_tx_interrupt(true)
                  .with_rx_interrupt(true)
                  .raw() == 0xf);

}  // namespace baton::drivers::cmsdk_uart

#endif  // BATON_DRIVERS_UART_CMSDK_UART_CMSDK_UART_REGS_H_
