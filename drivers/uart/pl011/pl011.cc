#include "drivers/uart/pl011/pl011.h"

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

using pl011::Cr;
using pl011::CrReg;
using pl011::Dr;
using pl011::DrReg;
using pl011::FbrdReg;
using pl011::FrReg;
using pl011::IbrdReg;
using pl011::IcrReg;
using pl011::Ifls;
using pl011::IflsReg;
using pl011::Irqs;
using pl011::Lcrh;
using pl011::LcrhReg;

// The FIFO's mark speaks up from a few bytes on; the timeout speaks for fewer, the end of a burst.
constexpr Irqs kRxCauses = Irqs{}.with_rx().with_rx_timeout();
constexpr Irqs kTxCauses = Irqs{}.with_tx();
// Causes that neither reading nor writing data clears.  Not tx: clearing it would forget a passing
// of the mark that has already happened, and the next one needs a full FIFO first.
constexpr Irqs latched(bool modem_lines) {
  const Irqs errors = Irqs{}.with_errors();
  return modem_lines ? errors.with_modem() : errors;
}

// 32 characters at 9600 baud take 33 ms.
constexpr Duration kDrainLimit = Duration::milliseconds(50);
// Revisions since r1p5.                                                           [PL011 1.1]
constexpr unsigned kDeepestFifo = 32;

}  // namespace

Result<Pl011::Divisor> Pl011::divisor_for(std::uint32_t clock_hz, std::uint32_t baud) noexcept {
  if (clock_hz == 0 || baud == 0) {
    return fail(Error::kInvalidArgument);
  }
  // Sixty-fourths of clock / (16 * baud), rounded to nearest.  With a whole part of at least 1 the
  // rounding is at most half a sixty-fourth: 0.8 % of the rate, so range is the only thing to
  // check.
  const std::uint64_t divisor = (std::uint64_t{clock_hz} * 8U / baud + 1U) / 2U;
  constexpr std::uint64_t kLeast = 1U * 64U;
  constexpr std::uint64_t kMost = 65535U * 64U;
  if (divisor < kLeast || divisor > kMost) {
    return fail(Error::kOutOfRange);
  }
  return Divisor{.whole = static_cast<std::uint32_t>(divisor / 64U),
                 .sixtyfourths = static_cast<std::uint32_t>(divisor % 64U)};
}

Result<void> Pl011::init(const Config& config) noexcept {
  const Result<Divisor> divisor = divisor_for(config.clock_hz, config.baud);
  if (!divisor) {
    return fail(divisor.error());
  }
  if (config.flow_control && !config.modem_lines) return fail(Error::kInvalidArgument);
  modem_lines_ = config.modem_lines;
  const Irqs all_causes = latched(modem_lines_).with_rx().with_tx().with_rx_timeout();
  // The order is the manual's: off, wait, flush, program, on.                   [PL011 3.3.8]
  if (CrReg::read(io_).uart_enable()) {
    // A line that never falls idle (its other side holds CTS) is taken over all the same.
    static_cast<void>(wait_until(kDrainLimit, [this] { return tx_idle(); }));
  }
  CrReg::write(io_, Cr{});
  LcrhReg::write(io_, Lcrh{});  // FIFOs off: this empties them.
  mask_.reset(io_, Irqs{});
  IcrReg::write(io_, all_causes);
  IbrdReg::write(io_, mmio::Plain<>::from_raw(divisor->whole));
  FbrdReg::write(io_, mmio::Plain<>::from_raw(divisor->sixtyfourths));
  LcrhReg::write(io_, Lcrh{}.with_word_length(Lcrh::kEightBits).with_fifos(true));
  // A quarter: the receiver still has room for the rest while the handler is on its way, and the
  // transmitter still has something to send.
  IflsReg::write(io_, Ifls{}.with_rx_level(Ifls::kOneQuarter).with_tx_level(Ifls::kOneQuarter));
  CrReg::write(io_, Cr{}.with_uart_enable(true)
                        .with_tx_enable(true)
                        .with_rx_enable(true)
                        .with_request_to_send(modem_lines_)
                        .with_rts_flow_control(config.flow_control)
                        .with_cts_flow_control(config.flow_control));
  // A character that came between two of these steps may have left its interrupt without itself, or
  // itself without its interrupt; clearing the causes and then reading the receiver empty makes
  // both agree.  Bounded, since characters may go on coming.
  IcrReg::write(io_, all_causes);
  for (unsigned i = 0; i < 2 * kDeepestFifo && !FrReg::read(io_).rx_fifo_empty(); ++i) {
    static_cast<void>(DrReg::read(io_));
  }
  return {};
}

bool Pl011::try_write(char byte) noexcept {
  if (FrReg::read(io_).tx_fifo_full()) {
    return false;
  }
  DrReg::write(io_, Dr{}.with_data(byte));
  return true;
}

void Pl011::set_tx_interrupt(bool on) noexcept {
  if (on) {
    mask_.set(io_, kTxCauses);
  } else {
    mask_.clear(io_, kTxCauses);
  }
}

bool Pl011::tx_idle() const noexcept { return !FrReg::read(io_).busy(); }

std::optional<iface::RxByte> Pl011::try_read() noexcept {
  if (FrReg::read(io_).rx_fifo_empty()) {
    return std::nullopt;
  }
  const Dr data = DrReg::read(io_);
  return iface::RxByte{.byte = data.data(),
                       .overrun = data.overrun_error(),
                       .framing = data.framing_error(),
                       .parity = data.parity_error(),
                       .break_ = data.break_error()};
}

void Pl011::set_rx_interrupt(bool on) noexcept {
  if (on) {
    mask_.set(io_, kRxCauses);
  } else {
    mask_.clear(io_, kRxCauses);
  }
}

void Pl011::acknowledge() noexcept { IcrReg::write(io_, latched(modem_lines_)); }

}  // namespace baton::drivers
