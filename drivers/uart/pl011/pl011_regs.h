// The registers of Arm's PrimeCell UART (PL011), as far as Baton uses them.        [PL011 3.2]
#ifndef BATON_DRIVERS_UART_PL011_PL011_REGS_H_
#define BATON_DRIVERS_UART_PL011_PL011_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::pl011 {

// [PL011 3.3.1] UARTDR -- data; reading takes from the receive FIFO, writing puts into the other.
struct Dr : mmio::Value<Dr> {
  constexpr char data() const { return static_cast<char>(get<7, 0>()); }
  constexpr bool framing_error() const { return get<8, 8>() != 0; }
  constexpr bool parity_error() const { return get<9, 9>() != 0; }
  constexpr bool break_error() const { return get<10, 10>() != 0; }
  constexpr bool overrun_error() const { return get<11, 11>() != 0; }
  constexpr Dr with_data(char byte) const { return with<7, 0>(static_cast<unsigned char>(byte)); }
};
using DrReg = mmio::Rw<Dr, 0x000>;

// [PL011 3.3.3] UARTFR -- flags.
struct Fr : mmio::Value<Fr> {
  constexpr bool busy() const { return get<3, 3>() != 0; }
  constexpr bool rx_fifo_empty() const { return get<4, 4>() != 0; }
  constexpr bool tx_fifo_full() const { return get<5, 5>() != 0; }
};
using FrReg = mmio::Ro<Fr, 0x018>;

// [PL011 3.3.5, 3.3.6] UARTIBRD, UARTFBRD -- the divisor, whole part and sixty-fourths.
using IbrdReg = mmio::Rw<mmio::Plain<>, 0x024>;
using FbrdReg = mmio::Rw<mmio::Plain<>, 0x028>;

// [PL011 3.3.7] UARTLCR_H -- line control.  A write also takes the divisor over.
struct Lcrh : mmio::Value<Lcrh> {
  static constexpr std::uint32_t kEightBits = 3;
  constexpr Lcrh with_fifos(bool on) const { return with<4, 4>(on ? 1 : 0); }
  constexpr Lcrh with_word_length(std::uint32_t code) const { return with<6, 5>(code); }
};
using LcrhReg = mmio::Rw<Lcrh, 0x02c>;

// [PL011 3.3.8] UARTCR -- control.
struct Cr : mmio::Value<Cr> {
  constexpr bool uart_enable() const { return get<0, 0>() != 0; }
  constexpr Cr with_uart_enable(bool on) const { return with<0, 0>(on ? 1 : 0); }
  constexpr Cr with_tx_enable(bool on) const { return with<8, 8>(on ? 1 : 0); }
  constexpr Cr with_rx_enable(bool on) const { return with<9, 9>(on ? 1 : 0); }
  constexpr Cr with_request_to_send(bool on) const { return with<11, 11>(on ? 1 : 0); }
  constexpr Cr with_rts_flow_control(bool on) const { return with<14, 14>(on ? 1 : 0); }
  constexpr Cr with_cts_flow_control(bool on) const { return with<15, 15>(on ? 1 : 0); }
};
using CrReg = mmio::Rw<Cr, 0x030>;

// [PL011 3.3.9] UARTIFLS -- at which filling the FIFOs interrupt.
struct Ifls : mmio::Value<Ifls> {
  static constexpr std::uint32_t kOneEighth = 0;
  static constexpr std::uint32_t kOneQuarter = 1;
  static constexpr std::uint32_t kOneHalf = 2;
  constexpr Ifls with_tx_level(std::uint32_t code) const { return with<2, 0>(code); }
  constexpr Ifls with_rx_level(std::uint32_t code) const { return with<5, 3>(code); }
};
using IflsReg = mmio::Rw<Ifls, 0x034>;

// [PL011 3.3.10 - 3.3.13] The eleven causes: mask, raw, masked, clear.
struct Irqs : mmio::Value<Irqs> {
  constexpr bool rx() const { return get<4, 4>() != 0; }
  constexpr bool tx() const { return get<5, 5>() != 0; }
  constexpr bool rx_timeout() const { return get<6, 6>() != 0; }
  constexpr Irqs with_modem() const { return with<3, 0>(0xf); }
  constexpr Irqs with_rx() const { return with<4, 4>(1); }
  constexpr Irqs with_tx() const { return with<5, 5>(1); }
  constexpr Irqs with_rx_timeout() const { return with<6, 6>(1); }
  constexpr Irqs with_errors() const { return with<10, 7>(0xf); }
};
using ImscReg = mmio::Rw<Irqs, 0x038>;
using RisReg = mmio::Ro<Irqs, 0x03c>;
using MisReg = mmio::Ro<Irqs, 0x040>;
using IcrReg = mmio::Wo<Irqs, 0x044>;

static_assert(Dr::from_raw(0xf41).data() == 'A' && Dr::from_raw(0x100).framing_error() &&
              Dr::from_raw(0x200).parity_error() && Dr::from_raw(0x400).break_error() &&
              Dr::from_raw(0x800).overrun_error());
static_assert(Dr{}.with_data('\xff').raw() == 0xff,
              "a negative char must not spill into the flags");
static_assert(Fr::from_raw(0x08).busy() && Fr::from_raw(0x10).rx_fifo_empty() &&
              Fr::from_raw(0x20).tx_fifo_full());
static_assert(Lcrh{}.with_fifos(true).with_word_length(Lcrh::kEightBits).raw() == 0x70);
static_assert(Cr{}.with_uart_enable(true).with_tx_enable(true).with_rx_enable(true).raw() == 0x301);
static_assert(
    Cr{}.with_request_to_send(true).with_rts_flow_control(true).with_cts_flow_control(true).raw() ==
    0xc800);
static_assert(Ifls{}.with_tx_level(Ifls::kOneQuarter).with_rx_level(Ifls::kOneHalf).raw() == 0x11);
static_assert(Irqs{}.with_rx().with_tx().with_rx_timeout().raw() == 0x70);
static_assert(Irqs{}.with_modem().with_errors().raw() == 0x78f);

}  // namespace baton::drivers::pl011

#endif  // BATON_DRIVERS_UART_PL011_PL011_REGS_H_
