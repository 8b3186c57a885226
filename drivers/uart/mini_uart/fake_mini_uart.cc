#include "drivers/uart/mini_uart/fake_mini_uart.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

namespace baton::drivers {
namespace {

[[noreturn]] void die(const char* what, std::size_t offset) {
  std::fprintf(stderr, "fake mini-UART: %s %#zx\n", what, offset);
  std::abort();
}

}  // namespace

void FakeMiniUart::need_clock(std::size_t offset) const {
  if ((enables_ & 1U) == 0) {
    die("access while switched off:", offset);
  }
}

char FakeMiniUart::through_line(char byte) const {
  return (lcr_ & 3U) == 3U ? byte : static_cast<char>(byte & 0x7f);
}

std::uint64_t FakeMiniUart::read(std::size_t offset, unsigned /*bytes*/) {
  const std::lock_guard lock(mutex_);
  if (offset == 0x04) {
    return enables_;
  }
  need_clock(offset);
  switch (offset) {
    case 0x40: {
      if (rx_.empty()) {
        return 0;
      }
      const char byte = rx_.front();
      rx_.pop_front();
      return static_cast<unsigned char>(byte);
    }
    case 0x44:
      return ier_;
    case 0x4c:
      return lcr_;
    case 0x54: {
      const std::uint32_t status = (rx_.empty() ? 0U : 1U) | (overrun_ ? 2U : 0U) |
                                   (tx_.size() < kDepth ? 0x20U : 0U) | (tx_.empty() ? 0x40U : 0U);
      overrun_ = false;
      return status;
    }
    case 0x60:
      return cntl_;
    case 0x64:
      while (drains_when_looked_at && !tx_.empty()) {
        take_tx();
      }
      return (rx_.empty() ? 0U : 0x1U) | (tx_.size() < kDepth ? 0x2U : 0U) | 0x4U |
             (tx_.empty() ? 0x308U : 0U) | (overrun_ ? 0x10U : 0U) |
             (tx_.size() >= kDepth ? 0x20U : 0U) | static_cast<std::uint32_t>(rx_.size()) << 16U |
             static_cast<std::uint32_t>(tx_.size()) << 24U;
    case 0x68:
      return baud_;
    default:
      die("read of", offset);
  }
}

void FakeMiniUart::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value64) {
  const auto value = static_cast<std::uint32_t>(value64);
  if (before_write) {
    before_write(offset, value);
  }
  const std::lock_guard lock(mutex_);
  if (offset == 0x04) {
    enables_ = value & 7U;
    return;
  }
  need_clock(offset);
  switch (offset) {
    case 0x40:
      if ((cntl_ & 2U) == 0 || tx_.size() >= kDepth) {
        ++lost_tx_;
        return;
      }
      tx_.push_back(static_cast<char>(value & 0xffU));
      return;
    case 0x44:
      ier_ = value & 0xffU;
      return;
    case 0x48:
      if ((value & 2U) != 0) {
        rx_.clear();
      }
      if ((value & 4U) != 0) {
        tx_.clear();
      }
      return;
    case 0x4c:
      lcr_ = value & 0xffU;
      return;
    case 0x50:
      return;
    case 0x60:
      cntl_ = value & 0xffU;
      return;
    case 0x68:
      baud_ = value & 0xffffU;
      return;
    default:
      die("write of", offset);
  }
}

void FakeMiniUart::receive(char byte) {
  const std::lock_guard lock(mutex_);
  if ((cntl_ & 1U) == 0) {
    return;
  }
  if (rx_.size() >= kDepth) {
    overrun_ = true;
    return;
  }
  rx_.push_back(through_line(byte));
}

void FakeMiniUart::take_tx() {
  wire_.push_back(through_line(tx_.front()));
  tx_.pop_front();
}

void FakeMiniUart::shift_out(std::size_t count) {
  const std::lock_guard lock(mutex_);
  for (; count != 0 && !tx_.empty(); --count) {
    take_tx();
  }
}

std::string FakeMiniUart::wire() const {
  const std::lock_guard lock(mutex_);
  return wire_;
}
bool FakeMiniUart::irq() const {
  const std::lock_guard lock(mutex_);
  const bool rx = (ier_ & 5U) == 5U && !rx_.empty();
  const bool tx = (ier_ & 2U) != 0 && tx_.empty();
  return rx || tx;
}
std::uint32_t FakeMiniUart::interrupt_enables() const {
  const std::lock_guard lock(mutex_);
  return ier_;
}
std::uint32_t FakeMiniUart::block_enables() const {
  const std::lock_guard lock(mutex_);
  return enables_;
}
std::uint32_t FakeMiniUart::control() const {
  const std::lock_guard lock(mutex_);
  return cntl_;
}
std::uint32_t FakeMiniUart::divisor() const {
  const std::lock_guard lock(mutex_);
  return baud_;
}
std::size_t FakeMiniUart::rx_level() const {
  const std::lock_guard lock(mutex_);
  return rx_.size();
}
std::size_t FakeMiniUart::lost_tx() const {
  const std::lock_guard lock(mutex_);
  return lost_tx_;
}

}  // namespace baton::drivers
