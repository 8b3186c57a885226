#include "drivers/uart/stm32l4_usart/stm32l4_usart.h"

#include <utility>

#include "base/time.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

using stm32l4_usart::BaudReg;
using stm32l4_usart::ClearReg;
using stm32l4_usart::Control;
using stm32l4_usart::Control2Reg;
using stm32l4_usart::Control3Reg;
using stm32l4_usart::ControlReg;
using stm32l4_usart::Data;
using stm32l4_usart::ReceiveReg;
using stm32l4_usart::Request;
using stm32l4_usart::RequestReg;
using stm32l4_usart::Status;
using stm32l4_usart::StatusReg;
using stm32l4_usart::TransmitReg;

constexpr Duration kDrainLimit = Duration::milliseconds(50);
constexpr Control kOn = Control{}.with_usart_enable().with_tx_enable().with_rx_enable();

}  // namespace

Result<void> Stm32l4Usart::init(const Config& config) noexcept {
  if (config.clock_hz == 0 || config.baud == 0) return fail(Error::kInvalidArgument);
  const std::uint64_t divisor = (std::uint64_t{config.clock_hz} + config.baud / 2) / config.baud;
  if (divisor < stm32l4_usart::kLeastDivisor || divisor > stm32l4_usart::kMostDivisor) {
    return fail(Error::kOutOfRange);
  }
  const Control before = ControlReg::read(io_);
  if (before.usart_enable() && before.tx_enable()) {
    static_cast<void>(wait_until(kDrainLimit, [this] { return tx_idle(); }));
  }
  control_.reset(io_, Control{});
  Control2Reg::write(io_, mmio::Plain<>());
  Control3Reg::write(io_, mmio::Plain<>());
  BaudReg::write(io_, mmio::Plain<>::from_raw(static_cast<std::uint32_t>(divisor)));
  control_.reset(io_, kOn);
  // A byte of before, and its errors.
  RequestReg::write(io_, Request{}.with_discard_received());
  ClearReg::write(io_, stm32l4_usart::kAllErrors);
  overrun_ = false;
  return {};
}

bool Stm32l4Usart::try_write(char byte) noexcept {
  if (!StatusReg::read(io_).has_room()) return false;
  TransmitReg::write(io_, Data{}.with_data(byte));
  return true;
}

void Stm32l4Usart::set_tx_interrupt(bool on) noexcept {
  const Control bit = Control{}.with_tx_interrupt();
  if (on) {
    control_.set(io_, bit);
  } else {
    control_.clear(io_, bit);
  }
}

bool Stm32l4Usart::tx_idle() const noexcept { return StatusReg::read(io_).all_sent(); }

std::optional<iface::RxByte> Stm32l4Usart::try_read() noexcept {
  const Status status = StatusReg::read(io_);
  // Before the byte is taken: then the next one comes, with errors of its own.
  if (status.errors() != Status{}) ClearReg::write(io_, status.errors());
  if (!status.received()) {
    // It came after the last byte was taken, and interrupts until it is cleared.
    overrun_ = overrun_ || status.overrun_error();
    return std::nullopt;
  }
  const char byte = ReceiveReg::read(io_).data();
  return iface::RxByte{.byte = byte,
                       .overrun = std::exchange(overrun_, false) || status.overrun_error(),
                       .framing = status.framing_error(),
                       .parity = status.parity_error(),
                       .break_ = status.framing_error() && byte == '\0'};
}

void Stm32l4Usart::set_rx_interrupt(bool on) noexcept {
  const Control bit = Control{}.with_rx_interrupt();
  if (on) {
    control_.set(io_, bit);
  } else {
    control_.clear(io_, bit);
  }
}

}  // namespace baton::drivers
