#include "drivers/debugger/semihosting_port/semihosting_port.h"

#include "arch/counter.h"
#include "arch/semihosting.h"
#include "drivers/common/wait.h"

namespace baton::drivers {
namespace {

// [Arm semihosting 2.0, 6]
constexpr std::uint32_t kOpen = 0x01;
constexpr std::uint32_t kWrite0 = 0x04;
constexpr std::uint32_t kRead = 0x06;
constexpr std::uintptr_t kModeReadBinary = 1;
constexpr std::uintptr_t kFailed = ~std::uintptr_t{0};

}  // namespace

// Inside the line.
void SemihostingPort::send() noexcept {
  // Relaxed, here and below: whoever is inside is alone; others read it for a hint.
  const std::size_t size = line_size_.load(std::memory_order_relaxed);
  if (size == 0) return;
  line_[size] = '\0';
  // Where nobody listens there is nobody to miss it.
  static_cast<void>(arch::semihosting::call(kWrite0, line_.data()));
  line_size_.store(0, std::memory_order_relaxed);
}

bool SemihostingPort::try_write(char byte) noexcept {
  // Acquire pairs with the release stores below and in acknowledge(): the line as the last one left
  // it.
  if (line_busy_.exchange(true, std::memory_order_acquire)) return false;
  // A zero would end the text.
  if (byte != '\0') {
    // Relaxed: see send().
    const std::size_t size = line_size_.load(std::memory_order_relaxed);
    line_[size] = byte;
    line_size_.store(size + 1, std::memory_order_relaxed);
    if (byte == '\n' || size + 2 == line_.size()) send();
  }
  // Release pairs with the acquire exchanges.
  line_busy_.store(false, std::memory_order_release);
  return true;
}

// A panic, after which nobody comes by, ends its lines.
bool SemihostingPort::tx_idle() const noexcept {
  // Relaxed: see send().
  return line_size_.load(std::memory_order_relaxed) == 0;
}

void SemihostingPort::acknowledge() noexcept {
  // Acquire pairs with the release stores here and in try_write().
  if (line_busy_.exchange(true, std::memory_order_acquire)) return;
  send();
  // Release pairs with the acquire exchanges.
  line_busy_.store(false, std::memory_order_release);
}

bool SemihostingPort::open() noexcept {
  if (file_ == File::kUnknown) {
    file_ = File::kNone;
    if (input_.empty()) return false;
    const std::array<std::uintptr_t, 3> block{reinterpret_cast<std::uintptr_t>(input_.data()),
                                              kModeReadBinary, input_.size()};
    const std::optional<std::uintptr_t> handle = arch::semihosting::call(kOpen, block.data());
    if (handle && *handle != kFailed) {
      file_ = File::kOpen;
      handle_ = *handle;
    }
  }
  return file_ == File::kOpen;
}

std::optional<iface::RxByte> SemihostingPort::try_read() noexcept {
  if (typed_begin_ == typed_end_) {
    const std::uint64_t now = arch::Counter::ticks();
    const std::uint64_t every = TimeLimit::to_ticks(kEvery, arch::Counter::frequency_hz());
    if (asked_at_ != 0 && now - asked_at_ < every) return std::nullopt;
    if (!open()) return std::nullopt;
    const std::array<std::uintptr_t, 3> block{
        handle_, reinterpret_cast<std::uintptr_t>(typed_.data()), typed_.size()};
    // How many bytes were not read.
    const std::uintptr_t missing =
        arch::semihosting::call(kRead, block.data()).value_or(typed_.size());
    if (missing >= typed_.size()) {
      asked_at_ = now;
      return std::nullopt;
    }
    // There may be more.
    asked_at_ = 0;
    typed_begin_ = 0;
    typed_end_ = typed_.size() - missing;
  }
  return iface::RxByte{.byte = typed_[typed_begin_++]};
}

}  // namespace baton::drivers
