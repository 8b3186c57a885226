#include "drivers/uart/pl011/fake_pl011.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

namespace baton::drivers {
namespace {

constexpr std::uint32_t kRx = 1U << 4U;
constexpr std::uint32_t kTx = 1U << 5U;
constexpr std::uint32_t kTimeout = 1U << 6U;

// Filling of a FIFO of `depth` that a level code of UARTIFLS stands for.
std::size_t mark(std::uint32_t code, std::size_t depth) {
  constexpr std::array<std::size_t, 5> kEighths = {1, 2, 4, 6, 7};
  return std::max<std::size_t>(1, depth * kEighths.at(code) / 8U);
}

}  // namespace

std::size_t FakePl011::rx_mark() const { return mark((ifls_ >> 3U) & 7U, depth()); }
std::size_t FakePl011::tx_mark() const { return depth() == 1 ? 0 : mark(ifls_ & 7U, depth()); }

std::uint64_t FakePl011::read(std::size_t offset, unsigned /*bytes*/) {
  const std::lock_guard lock(mutex_);
  switch (offset) {
    case 0x00: {
      if (rx_.empty()) {
        return 0;
      }
      const std::uint32_t data = rx_.front();
      rx_.pop_front();
      if (rx_.size() < rx_mark()) {
        ris_ &= ~kRx;
      }
      if (rx_.empty()) {
        ris_ &= ~kTimeout;
      }
      return data;
    }
    case 0x18:
      while (drains_when_looked_at && !tx_.empty()) {
        take_tx();
      }
      return (tx_.empty() ? 0U : 0x08U) | (rx_.empty() ? 0x10U : 0U) |
             (tx_.size() >= depth() ? 0x20U : 0U) | (rx_.size() >= depth() ? 0x40U : 0U) |
             (tx_.empty() ? 0x80U : 0U);
    case 0x24:
      return ibrd_;
    case 0x28:
      return fbrd_;
    case 0x2c:
      return lcrh_;
    case 0x30:
      return cr_;
    case 0x34:
      return ifls_;
    case 0x38:
      return imsc_;
    case 0x3c:
      return ris_;
    case 0x40:
      return ris_ & imsc_;
    default:
      std::fprintf(stderr, "fake pl011: read of %#zx\n", offset);
      std::abort();
  }
}

void FakePl011::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value64) {
  const auto value = static_cast<std::uint32_t>(value64);
  if (before_write) {
    before_write(offset, value);
  }
  const std::lock_guard lock(mutex_);
  // [LM3S6965 12.5] UARTCTL, UARTIM, UARTICR
  const std::uint32_t wires = offset == 0x30                     ? 0xfc00U
                              : offset == 0x38 || offset == 0x44 ? 0xfU
                                                                 : 0;
  if (!has_modem_lines && (value & wires) != 0) {
    std::fprintf(stderr, "fake pl011: reserved bits written to %#zx\n", offset);
    std::abort();
  }
  switch (offset) {
    case 0x00:
      if ((cr_ & 0x101U) != 0x101U || tx_.size() >= depth()) {
        ++lost_tx_;
        return;
      }
      tx_.push_back(static_cast<char>(value & 0xffU));
      if (tx_.size() > tx_mark()) {
        ris_ &= ~kTx;
      }
      return;
    case 0x24:
      ibrd_ = value & 0xffffU;
      return;
    case 0x28:
      fbrd_ = value & 0x3fU;
      return;
    case 0x2c:
      if ((cr_ & 1U) != 0) {
        std::fprintf(stderr, "fake pl011: line control written while on\n");
        std::abort();
      }
      lcrh_ = value & 0xffU;
      divisor_in_use_ = ibrd_ * 64U + fbrd_;
      if ((lcrh_ & 0x10U) == 0) {
        rx_.clear();
        tx_.clear();
        ris_ &= ~(kRx | kTimeout);
      }
      return;
    case 0x30:
      cr_ = value & 0xffffU;
      return;
    case 0x34:
      ifls_ = value & 0x3fU;
      return;
    case 0x38:
      imsc_ = value & 0x7ffU;
      return;
    case 0x44:
      ris_ &= ~value;
      return;
    default:
      std::fprintf(stderr, "fake pl011: write of %#zx\n", offset);
      std::abort();
  }
}

void FakePl011::receive(char byte, std::uint32_t flags) {
  const std::lock_guard lock(mutex_);
  if ((cr_ & 0x201U) != 0x201U) {
    return;
  }
  if (rx_.size() >= depth()) {
    // The character is lost; the flag comes with the next one that finds room.
    overrun_ = kOverrun;
    ris_ |= 1U << 10U;
    return;
  }
  rx_.push_back(static_cast<unsigned char>(byte) | flags | overrun_);
  overrun_ = 0;
  // Data bits 8 to 10 are raw causes 7 to 9: framing, parity, break.
  ris_ |= (flags & (kFraming | kParity | kBreak)) >> 1U;
  if (rx_.size() >= rx_mark()) {
    ris_ |= kRx;
  }
}

void FakePl011::receive_timeout() {
  const std::lock_guard lock(mutex_);
  if (!rx_.empty()) {
    ris_ |= kTimeout;
  }
}

void FakePl011::take_tx() {
  wire_.push_back(tx_.front());
  tx_.pop_front();
  if (tx_.size() == tx_mark()) {
    ris_ |= kTx;
  }
}

void FakePl011::shift_out(std::size_t count) {
  const std::lock_guard lock(mutex_);
  for (; count != 0 && !tx_.empty(); --count) {
    take_tx();
  }
}

std::string FakePl011::wire() const {
  const std::lock_guard lock(mutex_);
  return wire_;
}
bool FakePl011::irq() const {
  const std::lock_guard lock(mutex_);
  return (ris_ & imsc_) != 0;
}
std::uint32_t FakePl011::mask() const {
  const std::lock_guard lock(mutex_);
  return imsc_;
}
std::size_t FakePl011::tx_level() const {
  const std::lock_guard lock(mutex_);
  return tx_.size();
}
std::size_t FakePl011::rx_level() const {
  const std::lock_guard lock(mutex_);
  return rx_.size();
}
std::size_t FakePl011::lost_tx() const {
  const std::lock_guard lock(mutex_);
  return lost_tx_;
}
std::uint32_t FakePl011::control() const {
  const std::lock_guard lock(mutex_);
  return cr_;
}
std::uint32_t FakePl011::line_control() const {
  const std::lock_guard lock(mutex_);
  return lcrh_;
}
std::uint32_t FakePl011::divisor_in_use() const {
  const std::lock_guard lock(mutex_);
  return divisor_in_use_;
}

}  // namespace baton::drivers
