#include "drivers/uart/mini_uart/mini_uart.h"

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

using mini_uart::BaudReg;
using mini_uart::Cntl;
using mini_uart::CntlReg;
using mini_uart::EnablesReg;
using mini_uart::Ier;
using mini_uart::Iir;
using mini_uart::IirReg;
using mini_uart::IoReg;
using mini_uart::Lcr;
using mini_uart::LcrReg;
using mini_uart::Lsr;
using mini_uart::LsrReg;
using mini_uart::McrReg;
using mini_uart::StatReg;

constexpr Ier kRxCauses = Ier{}.with_rx().with_line_status();
constexpr Ier kTxCauses = Ier{}.with_tx();

// Eight characters at 2400 baud take 33 ms.
constexpr Duration kDrainLimit = Duration::milliseconds(50);

constexpr mmio::Plain<> plain(std::uint32_t raw) { return mmio::Plain<>::from_raw(raw); }

}  // namespace

Result<std::uint32_t> MiniUart::divisor_for(std::uint32_t clock_hz, std::uint32_t baud) noexcept {
  if (clock_hz == 0 || baud == 0) {
    return fail(Error::kInvalidArgument);
  }
  // clock / (8 * baud), rounded to nearest.
  const std::uint64_t times_eight = std::uint64_t{baud} * 8U;
  const std::uint64_t divisor = (clock_hz + times_eight / 2U) / times_eight;
  if (divisor == 0 || divisor > 0x10000U) {
    return fail(Error::kOutOfRange);
  }
  // Both sides may be off; together they have some 4 % until the last bit is sampled beside itself.
  const std::uint64_t ideal = times_eight * divisor;
  const std::uint64_t off = ideal > clock_hz ? ideal - clock_hz : clock_hz - ideal;
  if (off * 50U > ideal) {
    return fail(Error::kOutOfRange);
  }
  return static_cast<std::uint32_t>(divisor - 1U);
}

Result<void> MiniUart::init(const Config& config) noexcept {
  const Result<std::uint32_t> divisor = divisor_for(config.clock_hz, config.baud);
  if (!divisor) {
    return fail(divisor.error());
  }
  // First the clock: without it, no other register of the device answers.
  EnablesReg::write(io_, EnablesReg::read(io_).with_mini_uart(true));
  // A line that never falls idle is taken over all the same.
  static_cast<void>(wait_until(kDrainLimit, [this] { return tx_idle(); }));
  CntlReg::write(io_, Cntl{});
  mask_.reset(io_, Ier{});
  LcrReg::write(io_, Lcr{}.with_data_size(Lcr::kEightBits));
  McrReg::write(io_, plain(0));
  IirReg::write(io_, Iir{}.with_clear_rx().with_clear_tx());
  BaudReg::write(io_, plain(*divisor));
  static_cast<void>(LsrReg::read(io_));  // Forgets an old overrun.
  CntlReg::write(io_, Cntl{}.with_rx_enable(true).with_tx_enable(true));
  return {};
}

bool MiniUart::try_write(char byte) noexcept {
  if (!StatReg::read(io_).space_available()) {
    return false;
  }
  IoReg::write(io_, plain(static_cast<unsigned char>(byte)));
  return true;
}

void MiniUart::set_tx_interrupt(bool on) noexcept {
  if (on) {
    mask_.set(io_, kTxCauses);
  } else {
    mask_.clear(io_, kTxCauses);
  }
}

bool MiniUart::tx_idle() const noexcept { return StatReg::read(io_).tx_done(); }

std::optional<iface::RxByte> MiniUart::try_read() noexcept {
  const Lsr status = LsrReg::read(io_);
  if (!status.data_ready()) {
    // No overrun is forgotten here: there is none while the FIFO is empty.
    return std::nullopt;
  }
  return iface::RxByte{.byte = static_cast<char>(IoReg::read(io_).raw() & 0xffU),
                       .overrun = status.overrun()};
}

void MiniUart::set_rx_interrupt(bool on) noexcept {
  if (on) {
    mask_.set(io_, kRxCauses);
  } else {
    mask_.clear(io_, kRxCauses);
  }
}

// Both causes follow the FIFOs, and try_read() clears the line status: nothing is latched.
void MiniUart::acknowledge() noexcept {}

}  // namespace baton::drivers
