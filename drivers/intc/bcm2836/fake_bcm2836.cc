#include "drivers/intc/bcm2836/fake_bcm2836.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace baton::drivers {
namespace {

[[noreturn]] void die(const char* what, std::size_t offset) {
  std::fprintf(stderr, "fake BCM2836: %s %#zx\n", what, offset);
  std::abort();
}

// GPU interrupts that have a bit of their own in the basic pending register, from bit 10 on.
constexpr std::array<unsigned, 11> kBypass = {7, 9, 10, 18, 19, 53, 54, 55, 56, 57, 62};

}  // namespace

std::uint32_t FakeBcm2836::pending(unsigned bank) const {
  return gpu_lines_.at(bank) & enabled_.at(bank);
}

std::uint32_t FakeBcm2836::basic() const {
  std::uint32_t value = pending(2);
  std::array<std::uint32_t, 2> rest{pending(0), pending(1)};
  for (unsigned i = 0; i < kBypass.size(); ++i) {
    const unsigned n = kBypass.at(i);
    if ((rest.at(n / 32) >> (n % 32) & 1U) != 0) {
      value |= 1U << (10U + i);
      rest.at(n / 32) &= ~(1U << (n % 32));
    }
  }
  return value | (rest[0] != 0 ? 0x100U : 0U) | (rest[1] != 0 ? 0x200U : 0U);
}

std::uint32_t FakeBcm2836::source(unsigned core) const {
  std::uint32_t value = own_lines_.at(core) & timer_control_.at(core) & 0xfU;
  for (unsigned m = 0; m < 4; ++m) {
    if (mailboxes_.at(core).at(m) != 0 && (mailbox_control_.at(core) >> m & 1U) != 0) {
      value |= 0x10U << m;
    }
  }
  if ((routing_ & 3U) == core && basic() != 0) {
    value |= 0x100U;
  }
  if ((own_lines_.at(core) & 0x200U) != 0 && (pmu_ >> core & 1U) != 0) {
    value |= 0x200U;
  }
  return value;
}

std::uint64_t FakeBcm2836::Local::read(std::size_t offset, unsigned /*bytes*/) {
  const std::lock_guard lock(chip_.mutex_);
  const std::size_t core = offset % 0x10 / 4;
  switch (offset & ~std::size_t{0xf}) {
    case 0x00:
      return chip_.routing_;
    case 0x10:
      return chip_.pmu_;
    case 0x40:
      return chip_.timer_control_.at(core);
    case 0x50:
      return chip_.mailbox_control_.at(core);
    case 0x60:
      return chip_.source(static_cast<unsigned>(core));
    case 0xc0:
    case 0xd0:
    case 0xe0:
    case 0xf0:
      return chip_.mailboxes_.at((offset - 0xc0) / 0x10).at(core);
    default:
      die("read of", offset);
  }
}

void FakeBcm2836::Local::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value64) {
  if (chip_.before_local_write) {
    chip_.before_local_write(offset);
  }
  const std::lock_guard lock(chip_.mutex_);
  const auto value = static_cast<std::uint32_t>(value64);
  const std::size_t core = offset % 0x10 / 4;
  switch (offset & ~std::size_t{0xf}) {
    case 0x00:
      if (offset != 0x0c) {
        die("write of", offset);
      }
      chip_.routing_ = value & 0xfU;
      return;
    case 0x10:
      if (offset == 0x10) {
        chip_.pmu_ |= value;
      } else if (offset == 0x14) {
        chip_.pmu_ &= ~value;
      } else {
        die("write of", offset);
      }
      return;
    case 0x40:
      chip_.timer_control_.at(core) = value & 0xffU;
      return;
    case 0x50:
      chip_.mailbox_control_.at(core) = value & 0xffU;
      return;
    case 0x80:
    case 0x90:
    case 0xa0:
    case 0xb0:
      chip_.mailboxes_.at((offset - 0x80) / 0x10).at(core) |= value;
      return;
    case 0xc0:
    case 0xd0:
    case 0xe0:
    case 0xf0:
      chip_.mailboxes_.at((offset - 0xc0) / 0x10).at(core) &= ~value;
      return;
    default:
      die("write of", offset);
  }
}

std::uint64_t FakeBcm2836::Behind::read(std::size_t offset, unsigned /*bytes*/) {
  const std::lock_guard lock(chip_.mutex_);
  switch (offset) {
    case 0x00:
      return chip_.basic();
    case 0x04:
      return chip_.pending(0);
    case 0x08:
      return chip_.pending(1);
    case 0x0c:
      return chip_.fiq_control_;
    case 0x1c:
    case 0x20:
    case 0x24:
      return chip_.enabled_.at((offset - 0x1c) / 4);
    default:
      die("read of the controller behind,", offset);
  }
}

void FakeBcm2836::Behind::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value64) {
  const std::lock_guard lock(chip_.mutex_);
  const auto value = static_cast<std::uint32_t>(value64);
  switch (offset) {
    case 0x0c:
      chip_.fiq_control_ = value & 0xffU;
      return;
    case 0x10:
    case 0x14:
    case 0x18:
      chip_.enabled_.at((offset - 0x10) / 4) |= value;
      return;
    case 0x1c:
    case 0x20:
    case 0x24:
      chip_.enabled_.at((offset - 0x1c) / 4) &= ~value;
      return;
    default:
      die("write of the controller behind,", offset);
  }
}

void FakeBcm2836::set_own_line(unsigned core, unsigned bit, bool high) {
  const std::lock_guard lock(mutex_);
  std::uint32_t& lines = own_lines_.at(core);
  lines = (lines & ~(1U << bit)) | (high ? 1U << bit : 0U);
}

void FakeBcm2836::set_gpu_line(unsigned n, bool high) {
  const std::lock_guard lock(mutex_);
  std::uint32_t& lines = gpu_lines_.at(n / 32);
  lines = (lines & ~(1U << (n % 32))) | (high ? 1U << (n % 32) : 0U);
}

bool FakeBcm2836::irq(unsigned core) const {
  const std::lock_guard lock(mutex_);
  return source(core) != 0;
}

std::uint32_t FakeBcm2836::mailbox(unsigned core, unsigned n) const {
  const std::lock_guard lock(mutex_);
  return mailboxes_.at(core).at(n);
}

void FakeBcm2836::set_mailbox(unsigned core, unsigned n, std::uint32_t bits) {
  const std::lock_guard lock(mutex_);
  mailboxes_.at(core).at(n) |= bits;
}

std::uint32_t FakeBcm2836::timer_control(unsigned core) const {
  const std::lock_guard lock(mutex_);
  return timer_control_.at(core);
}

std::uint32_t FakeBcm2836::fiq_control() const {
  const std::lock_guard lock(mutex_);
  return fiq_control_;
}

}  // namespace baton::drivers
