#include "drivers/uart/cmsdk_uart/fake_cmsdk_uart.h"

#include <cstdio>
#include <cstdlib>

namespace baton::drivers {
namespace {

constexpr std::uint32_t kTxEnable = 1;
constexpr std::uint32_t kRxEnable = 2;
constexpr std::uint32_t kTxInterrupt = 4;
constexpr std::uint32_t kRxInterrupt = 8;
constexpr std::uint32_t kTxOverrun = 4;
constexpr std::uint32_t kRxOverrun = 8;

[[noreturn]] void refuse(const char* what, std::size_t offset) {
  std::fprintf(stderr, "FakeCmsdkUart: %s at %#zx\n", what, offset);
  std::abort();
}

}  // namespace

std::uint64_t FakeCmsdkUart::read(std::size_t offset, unsigned /*bytes*/) {
  switch (offset) {
    case 0x00: {
      const char byte = rx_.value_or('\0');
      rx_.reset();
      return static_cast<unsigned char>(byte);
    }
    case 0x04:
      if (drains_when_looked_at) shift_out();
      return (tx_ ? 1U : 0U) | (rx_ ? 2U : 0U) | overruns_;
    case 0x08:
      return control_;
    case 0x0c:
      return interrupts_;
    case 0x10:
      return divisor_;
    default:
      refuse("read", offset);
  }
}

void FakeCmsdkUart::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) {
  const auto word = static_cast<std::uint32_t>(value);
  switch (offset) {
    case 0x00:
      if ((control_ & kTxEnable) == 0 || tx_) {
        ++lost_tx_;
        overruns_ |= tx_ ? kTxOverrun : 0U;
      } else {
        tx_ = static_cast<char>(word);
      }
      return;
    case 0x04:
      overruns_ &= ~word;
      return;
    case 0x08:
      control_ = word;
      return;
    case 0x0c:
      interrupts_ &= ~word;
      return;
    case 0x10:
      divisor_ = word;
      return;
    default:
      refuse("write", offset);
  }
}

void FakeCmsdkUart::receive(char byte) {
  if ((control_ & kRxEnable) == 0) return;
  if (rx_) {
    overruns_ |= kRxOverrun;
    return;
  }
  rx_ = byte;
  if ((control_ & kRxInterrupt) != 0) interrupts_ |= 2U;
}

void FakeCmsdkUart::shift_out() {
  if (!tx_) return;
  wire_.push_back(*tx_);
  tx_.reset();
  if ((control_ & kTxInterrupt) != 0) interrupts_ |= 1U;
}

}  // namespace baton::drivers
