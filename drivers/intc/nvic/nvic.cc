#include "drivers/intc/nvic/nvic.h"

#include <bit>
#include <cstdint>

#include "drivers/intc/nvic/nvic_regs.h"

namespace baton::drivers {
namespace {

using nvic::ClearEnableReg;
using nvic::ClearPendingReg;
using nvic::InterruptControl;
using nvic::InterruptControlReg;
using nvic::PriorityReg;
using nvic::SetEnableReg;
using Word = mmio::Plain<>;
using Priority = mmio::Plain<std::uint8_t>;

constexpr unsigned kLinesPerWord = 32;

constexpr Word bit(unsigned line) { return Word::from_raw(1U << (line % kLinesPerWord)); }

}  // namespace

Result<void> Nvic::init() noexcept {
  if (lines_ == 0 || lines_ > nvic::kMaxLines) return fail(Error::kUnsupported);
  for (unsigned word = 0; word * kLinesPerWord < lines_; ++word) {
    ClearEnableReg::write(io_, Word::from_raw(~0U), word);
    ClearPendingReg::write(io_, Word::from_raw(~0U), word);
  }
  // What does not exist reads 0.  [ARMv7-M B3.4.9]
  PriorityReg::write(io_, Priority::from_raw(0xff), 0);
  const std::uint8_t existing = PriorityReg::read(io_, 0).raw();
  priority_bits_ = static_cast<unsigned>(std::countl_one(existing));
  if ((priority_ & ~existing) != 0 || priority_ == 0) return fail(Error::kUnsupported);
  for (unsigned line = 0; line < lines_; ++line) {
    PriorityReg::write(io_, Priority::from_raw(priority_), line);
  }
  return {};
}

// kOutOfRange: no line of this chip; kInvalidArgument: an exception that is no line.
Result<unsigned> Nvic::external(iface::IrqNumber irq) const {
  const auto number = static_cast<std::uint32_t>(irq);
  if (number >= irq_count()) return fail(Error::kOutOfRange);
  if (number < kFirstLine) return fail(Error::kInvalidArgument);
  return number - kFirstLine;
}

Result<void> Nvic::enable(iface::IrqNumber irq, unsigned core) noexcept {
  if (core != 0) return fail(Error::kOutOfRange);
  if (irq == kSysTick) return {};
  const Result<unsigned> line = external(irq);
  if (!line) return fail(line.error());
  SetEnableReg::write(io_, bit(*line), *line / kLinesPerWord);
  return {};
}

Result<void> Nvic::disable(iface::IrqNumber irq) noexcept {
  const Result<unsigned> line = external(irq);
  if (!line) return fail(line.error());
  ClearEnableReg::write(io_, bit(*line), *line / kLinesPerWord);
  return {};
}

void Nvic::send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept {
  if ((core_mask & 1U) == 0) return;
  // Relaxed: one core, and the exception comes after it in program order.
  ipis_.fetch_or(1U << ipi, std::memory_order_relaxed);
  InterruptControlReg::write(io_, InterruptControl{}.with_set_pend_sv());
}

iface::Claim Nvic::claim() noexcept {
  if (!claimed_) {
    const std::uint32_t active = InterruptControlReg::read(io_).active();
    if (active != kPendSv) {
      claimed_ = true;
      return {.kind = iface::Claim::Kind::kIrq, .number = active};
    }
  }
  // Relaxed: as in send_ipi().
  const std::uint32_t sent = ipis_.load(std::memory_order_relaxed);
  if (sent != 0) {
    const std::uint32_t lowest = sent & (~sent + 1);
    // Relaxed: likewise.
    ipis_.fetch_and(~lowest, std::memory_order_relaxed);
    return {.kind = iface::Claim::Kind::kIpi,
            .number = static_cast<std::uint32_t>(std::countr_zero(lowest))};
  }
  claimed_ = false;
  return {};
}

// The return from the exception is what ends it.
void Nvic::complete(const iface::Claim& /*claim*/) noexcept {}

}  // namespace baton::drivers
