// The mini-UART of Broadcom's auxiliary block, as far as Baton uses it.         [BCM2711 2.2]
//
// The manual's first edition is wrong in places that matter; [BCM2835-ERRATA] has the corrections:
// the two enable bits of AUX_MU_IER are the other way round, its bit 2 must be set for receive
// interrupts to arrive, and eight data bits take 3, not 1, in AUX_MU_LCR.
#ifndef BATON_DRIVERS_UART_MINI_UART_MINI_UART_REGS_H_
#define BATON_DRIVERS_UART_MINI_UART_MINI_UART_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::mini_uart {

// [BCM2711 2.1.1] AUX_ENABLES -- which of the block's three devices are clocked.
struct Enables : mmio::Value<Enables> {
  constexpr Enables with_mini_uart(bool on) const { return with<0, 0>(on ? 1 : 0); }
};
using EnablesReg = mmio::Rw<Enables, 0x04>;

// [BCM2711 2.2.2] AUX_MU_IO -- data, while LCR.DLAB is clear.
using IoReg = mmio::Rw<mmio::Plain<>, 0x40>;

// [BCM2711 2.2.2, BCM2835-ERRATA] AUX_MU_IER -- interrupt enables.
struct Ier : mmio::Value<Ier> {
  constexpr Ier with_rx() const { return with<0, 0>(1); }
  constexpr Ier with_tx() const { return with<1, 1>(1); }
  constexpr Ier with_line_status() const { return with<2, 2>(1); }
};
using IerReg = mmio::Rw<Ier, 0x44>;

// [BCM2711 2.2.2] AUX_MU_IIR -- written: clears the FIFOs.
struct Iir : mmio::Value<Iir> {
  constexpr Iir with_clear_rx() const { return with<1, 1>(1); }
  constexpr Iir with_clear_tx() const { return with<2, 2>(1); }
};
using IirReg = mmio::Wo<Iir, 0x48>;

// [BCM2711 2.2.2, BCM2835-ERRATA] AUX_MU_LCR -- line control.
struct Lcr : mmio::Value<Lcr> {
  static constexpr std::uint32_t kEightBits = 3;
  constexpr Lcr with_data_size(std::uint32_t code) const { return with<1, 0>(code); }
};
using LcrReg = mmio::Rw<Lcr, 0x4c>;

// [BCM2711 2.2.2] AUX_MU_MCR -- RTS.
using McrReg = mmio::Rw<mmio::Plain<>, 0x50>;

// [BCM2711 2.2.2] AUX_MU_LSR -- line status.  Reading it clears `overrun`.
struct Lsr : mmio::Value<Lsr> {
  constexpr bool data_ready() const { return get<0, 0>() != 0; }
  constexpr bool overrun() const { return get<1, 1>() != 0; }
};
using LsrReg = mmio::Ro<Lsr, 0x54>;

// [BCM2711 2.2.2] AUX_MU_CNTL -- receiver, transmitter, automatic flow control.
struct Cntl : mmio::Value<Cntl> {
  constexpr Cntl with_rx_enable(bool on) const { return with<0, 0>(on ? 1 : 0); }
  constexpr Cntl with_tx_enable(bool on) const { return with<1, 1>(on ? 1 : 0); }
};
using CntlReg = mmio::Rw<Cntl, 0x60>;

// [BCM2711 2.2.2] AUX_MU_STAT -- more status, cleared by no read.
struct Stat : mmio::Value<Stat> {
  constexpr bool space_available() const { return get<1, 1>() != 0; }
  constexpr bool tx_done() const { return get<9, 9>() != 0; }  ///< FIFO empty and line idle
};
using StatReg = mmio::Ro<Stat, 0x64>;

// [BCM2711 2.2.2] AUX_MU_BAUD -- rate = clock / (8 * (value + 1)).
using BaudReg = mmio::Rw<mmio::Plain<>, 0x68>;

static_assert(Enables{}.with_mini_uart(true).raw() == 1);
static_assert(Ier{}.with_rx().with_line_status().raw() == 5 && Ier{}.with_tx().raw() == 2);
static_assert(Iir{}.with_clear_rx().with_clear_tx().raw() == 6);
static_assert(Lcr{}.with_data_size(Lcr::kEightBits).raw() == 3);
static_assert(Lsr::from_raw(1).data_ready() && Lsr::from_raw(2).overrun());
static_assert(Cntl{}.with_rx_enable(true).with_tx_enable(true).raw() == 3);
static_assert(Stat::from_raw(0x2).space_available() && Stat::from_raw(0x200).tx_done());

}  // namespace baton::drivers::mini_uart

#endif  // BATON_DRIVERS_UART_MINI_UART_MINI_UART_REGS_H_
