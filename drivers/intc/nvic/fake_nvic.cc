#include "drivers/intc/nvic/fake_nvic.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace baton::drivers {
namespace {

constexpr std::size_t kSetEnable = 0x100;
constexpr std::size_t kClearEnable = 0x180;
constexpr std::size_t kSetPending = 0x200;
constexpr std::size_t kClearPending = 0x280;
constexpr std::size_t kBankBytes = 0x40;
constexpr std::size_t kPriorities = 0x400;
constexpr std::size_t kInterruptControl = 0xd04;

[[noreturn]] void refuse(const char* what, std::size_t offset) {
  std::fprintf(stderr, "FakeNvic: %s at %#zx\n", what, offset);
  std::abort();
}

void change(std::set<unsigned>& lines, std::size_t byte, std::uint64_t bits, bool on) {
  for (unsigned i = 0; i < 32; ++i) {
    if ((bits >> i & 1U) == 0) continue;
    const auto line = static_cast<unsigned>(byte * 8 + i);
    if (on) {
      lines.insert(line);
    } else {
      lines.erase(line);
    }
  }
}

}  // namespace

FakeNvic::FakeNvic(unsigned lines, unsigned priority_bits)
    : priority_bits_(priority_bits), priorities_(lines) {}

std::uint64_t FakeNvic::read(std::size_t offset, unsigned bytes) {
  if (offset == kInterruptControl && bytes == 4) return active_;
  if (offset >= kPriorities && offset - kPriorities < priorities_.size() && bytes == 1) {
    return priorities_[offset - kPriorities];
  }
  refuse("read", offset);
}

void FakeNvic::write(std::size_t offset, unsigned bytes, std::uint64_t value) {
  const auto is_in = [offset, bytes](std::size_t bank) {
    return bytes == 4 && offset >= bank && offset < bank + kBankBytes;
  };
  if (is_in(kSetEnable)) {
    change(enabled_, offset - kSetEnable, value, true);
  } else if (is_in(kClearEnable)) {
    change(enabled_, offset - kClearEnable, value, false);
  } else if (is_in(kSetPending)) {
    change(pending_, offset - kSetPending, value, true);
  } else if (is_in(kClearPending)) {
    change(pending_, offset - kClearPending, value, false);
  } else if (offset >= kPriorities && offset - kPriorities < priorities_.size() && bytes == 1) {
    priorities_[offset - kPriorities] =
        static_cast<std::uint8_t>(value & (0xff00U >> priority_bits_) & 0xffU);
  } else if (offset == kInterruptControl && bytes == 4) {
    pend_sv_ = pend_sv_ || (value >> 28U & 1U) != 0;
  } else {
    refuse("write", offset);
  }
}

bool FakeNvic::take_pend_sv() { return std::exchange(pend_sv_, false); }

}  // namespace baton::drivers
