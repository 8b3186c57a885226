#include "drivers/timer/bcm2835_system_timer/bcm2835_system_timer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "drivers/timer/bcm2835_system_timer/bcm2835_system_timer_regs.h"

namespace baton::drivers {
namespace {

using bcm2835_system_timer::CompareReg;
using bcm2835_system_timer::HighReg;
using bcm2835_system_timer::LowReg;
using bcm2835_system_timer::Status;
using bcm2835_system_timer::StatusReg;

constexpr mmio::Plain<> plain(std::uint32_t raw) { return mmio::Plain<>::from_raw(raw); }

// Ticks between reading the counter and the compare's arrival that the first attempt allows for;
// each further one twice as many.  Together the attempts cover more than a second.
constexpr std::uint32_t kFirstMargin = 2;
constexpr unsigned kAttempts = 20;

}  // namespace

std::uint64_t Bcm2835SystemTimer::ticks() const noexcept {
  std::uint32_t high = HighReg::read(io_).raw();
  for (;;) {
    const std::uint32_t low = LowReg::read(io_).raw();
    const std::uint32_t again = HighReg::read(io_).raw();
    // The same before and after: the low half belongs to it.  Else it went round in between.
    if (again == high) {
      return std::uint64_t{high} << 32U | low;
    }
    high = again;
  }
}

Result<void> Bcm2835SystemTimer::arm(Alarm alarm, Duration after) noexcept {
  if (after > kLongest) {
    return fail(Error::kOutOfRange);
  }
  const std::uint32_t channel = std::to_underlying(alarm);
  // Rounded up: never early.
  const auto wanted = static_cast<std::uint32_t>((after.count_ns() + 999U) / 1000U);
  std::uint32_t margin = kFirstMargin;
  // What was set before can ring no more, and what has rung is forgotten.
  disarm(alarm);
  // One tick more: the current one is already under way.
  std::uint32_t target = LowReg::read(io_).raw() + std::max(wanted + 1U, margin);
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    CompareReg::write(io_, plain(target), channel);
    const std::uint32_t now = LowReg::read(io_).raw();
    // Ahead still, or it matched: it will ring, or has rung.
    if (static_cast<std::int32_t>(target - now) > 0 || due(alarm)) {
      return {};
    }
    margin *= 2U;
    target = now + margin;
  }
  return fail(Error::kTimedOut);
}

bool Bcm2835SystemTimer::due(Alarm alarm) const noexcept {
  return StatusReg::read(io_).matched(std::to_underlying(alarm));
}

void Bcm2835SystemTimer::acknowledge(Alarm alarm) noexcept {
  StatusReg::clear(io_, Status::match(std::to_underlying(alarm)));
}

void Bcm2835SystemTimer::disarm(Alarm alarm) noexcept {
  CompareReg::write(io_, plain(LowReg::read(io_).raw() - 1U), std::to_underlying(alarm));
  acknowledge(alarm);
}

}  // namespace baton::drivers
