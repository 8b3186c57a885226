#include "drivers/uart/stm32l4_usart/fake_stm32l4_usart.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace baton::drivers {
namespace {

constexpr std::uint32_t kReceived = 1U << 5U;
constexpr std::uint32_t kSent = 1U << 6U;
constexpr std::uint32_t kRoom = 1U << 7U;
constexpr std::uint32_t kUsartEnable = 1U << 0U;
constexpr std::uint32_t kRxEnable = 1U << 2U;
constexpr std::uint32_t kTxEnable = 1U << 3U;
constexpr std::uint32_t kDiscardReceived = 1U << 3U;

[[noreturn]] void refuse(const char* what, std::size_t offset) {
  std::fprintf(stderr, "FakeStm32l4Usart: %s at %#zx\n", what, offset);
  std::abort();
}

}  // namespace

std::uint32_t FakeStm32l4Usart::status() const {
  return errors_ | (received_ ? kReceived : 0U) | (buffered_ || leaving_ ? 0U : kSent) |
         (buffered_ ? 0U : kRoom);
}

std::uint64_t FakeStm32l4Usart::read(std::size_t offset, unsigned /*bytes*/) {
  std::function<void()> hook;
  std::uint64_t value = 0;
  {
    const std::lock_guard lock(mutex_);
    switch (offset) {
      case 0x00:
        value = control_;
        break;
      case 0x0c:
        value = divisor_;
        break;
      case 0x1c:
        while (drains_when_looked_at && (buffered_ || leaving_)) shift();
        value = status();
        hook = std::exchange(after_status, nullptr);
        break;
      case 0x24:
        value = static_cast<unsigned char>(received_.value_or('\0'));
        received_.reset();
        hook = std::exchange(after_data, nullptr);
        break;
      default:
        refuse("read", offset);
    }
  }
  if (hook) hook();
  return value;
}

void FakeStm32l4Usart::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) {
  if (const auto hook = std::exchange(before_write, nullptr)) hook(offset);
  const std::lock_guard lock(mutex_);
  const auto word = static_cast<std::uint32_t>(value);
  switch (offset) {
    case 0x00:
      control_ = word;
      if ((control_ & kUsartEnable) == 0) {
        buffered_.reset();
        leaving_.reset();
        if (!keeps_flags_while_off) {
          received_.reset();
          errors_ = 0;
        }
      }
      return;
    case 0x04:
    case 0x08:
      if (word != 0) refuse("a feature that the model does not have,", offset);
      return;
    case 0x0c:
      if ((control_ & kUsartEnable) != 0) refuse("the divisor written while on,", offset);
      divisor_ = word;
      return;
    case 0x18:
      if (word != kDiscardReceived) refuse("a request that the model does not have,", offset);
      received_.reset();
      return;
    case 0x20:
      errors_ &= ~word;
      return;
    case 0x28:
      if ((control_ & (kUsartEnable | kTxEnable)) != (kUsartEnable | kTxEnable) || buffered_) {
        ++lost_tx_;
      } else if (!leaving_) {
        leaving_ = static_cast<char>(word);
      } else {
        buffered_ = static_cast<char>(word);
      }
      return;
    default:
      refuse("write", offset);
  }
}

void FakeStm32l4Usart::receive(char byte, std::uint32_t flags) {
  const std::lock_guard lock(mutex_);
  if ((control_ & (kUsartEnable | kRxEnable)) != (kUsartEnable | kRxEnable)) return;
  if (received_) {
    errors_ |= kOverrun;
    return;
  }
  received_ = byte;
  errors_ |= flags;
}

void FakeStm32l4Usart::shift() {
  if (leaving_) wire_.push_back(*leaving_);
  leaving_ = std::exchange(buffered_, std::nullopt);
}

void FakeStm32l4Usart::shift_out() {
  const std::lock_guard lock(mutex_);
  shift();
}

std::string FakeStm32l4Usart::wire() const {
  const std::lock_guard lock(mutex_);
  return wire_;
}

bool FakeStm32l4Usart::irq() const {
  const std::lock_guard lock(mutex_);
  const std::uint32_t flags = status();
  const bool rx = (control_ & kReceived) != 0 && (flags & (kReceived | kOverrun)) != 0;
  return rx || (control_ & flags & kRoom) != 0;
}

std::uint32_t FakeStm32l4Usart::control() const {
  const std::lock_guard lock(mutex_);
  return control_;
}

std::uint32_t FakeStm32l4Usart::divisor() const {
  const std::lock_guard lock(mutex_);
  return divisor_;
}

std::uint32_t FakeStm32l4Usart::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

unsigned FakeStm32l4Usart::lost_tx() const {
  const std::lock_guard lock(mutex_);
  return lost_tx_;
}

}  // namespace baton::drivers
