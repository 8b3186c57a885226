#include "drivers/uart/cmsdk_uart/cmsdk_uart.h"

#include "arch/counter.h"
#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/uart/cmsdk_uart/cmsdk_uart_regs.h"

namespace baton::drivers {
namespace {

using cmsdk_uart::BaudDivisorReg;
using cmsdk_uart::Control;
using cmsdk_uart::ControlReg;
using cmsdk_uart::Data;
using cmsdk_uart::DataReg;
using cmsdk_uart::InterruptReg;
using cmsdk_uart::Interrupts;
using cmsdk_uart::State;
using cmsdk_uart::StateReg;

constexpr Duration kDrainLimit = Duration::milliseconds(50);
// A start bit, eight of data, a stop bit.
constexpr unsigned kBitsPerCharacter = 10;

}  // namespace

Result<void> CmsdkUart::init(const Config& config) noexcept {
  if (config.clock_hz == 0 || config.baud == 0) return fail(Error::kInvalidArgument);
  const std::uint32_t divisor = (config.clock_hz + config.baud / 2) / config.baud;
  if (divisor < cmsdk_uart::kLeastDivisor || divisor > cmsdk_uart::kMostDivisor) {
    return fail(Error::kOutOfRange);
  }
  if (ControlReg::read(io_).tx_enable()) {
    static_cast<void>(wait_until(kDrainLimit, [this] { return !StateReg::read(io_).tx_full(); }));
  }
  ControlReg::write(io_, Control{});
  BaudDivisorReg::write(io_, mmio::Plain<>::from_raw(divisor));
  character_ticks_ = arch::Counter::frequency_hz() * kBitsPerCharacter / config.baud + 1;
  static_cast<void>(DataReg::read(io_));  // empties the buffer
  StateReg::clear(io_, State{}.with_rx_overrun().with_tx_overrun());
  InterruptReg::clear(io_, Interrupts::all());
  ControlReg::write(
      io_,
      Control{}.with_tx_enable(true).with_rx_enable(true).with_tx_interrupt(true).with_rx_interrupt(
          true));
  return {};
}

bool CmsdkUart::try_write(char byte) noexcept {
  if (StateReg::read(io_).tx_full()) return false;
  DataReg::write(io_, Data{}.with_data(byte));
  // One may be on its way out before it.
  idle_from_ = arch::Counter::ticks() + 2 * character_ticks_;
  return true;
}

bool CmsdkUart::tx_idle() const noexcept {
  return !StateReg::read(io_).tx_full() && arch::Counter::ticks() >= idle_from_;
}

std::optional<iface::RxByte> CmsdkUart::try_read() noexcept {
  const State state = StateReg::read(io_);
  if (!state.rx_full()) return std::nullopt;
  const Data data = DataReg::read(io_);
  if (state.rx_overrun()) StateReg::clear(io_, State{}.with_rx_overrun());
  return iface::RxByte{.byte = data.data(), .overrun = state.rx_overrun()};
}

void CmsdkUart::acknowledge() noexcept { InterruptReg::clear(io_, Interrupts::all()); }

}  // namespace baton::drivers
