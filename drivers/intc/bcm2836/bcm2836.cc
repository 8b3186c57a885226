#include "drivers/intc/bcm2836/bcm2836.h"

#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include "arch/cpu.h"
#include "arch/mmio.h"
#include "base/assert.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/intc/bcm2836/bcm2836_regs.h"

namespace baton::drivers {
namespace {

using bcm2836::Basic;
using bcm2836::BasicPendingReg;
using bcm2836::DisableReg;
using bcm2836::EnableReg;
using bcm2836::FiqControlReg;
using bcm2836::GpuRouting;
using bcm2836::GpuRoutingReg;
using bcm2836::kCores;
using bcm2836::kMailboxes;
using bcm2836::MailboxControlReg;
using bcm2836::MailboxReg;
using bcm2836::MailboxSetReg;
using bcm2836::PendingReg;
using bcm2836::PmuClearReg;
using bcm2836::PmuSetReg;
using bcm2836::Source;
using bcm2836::SourceReg;
using iface::Claim;

constexpr std::uint32_t kPmu = 9;
// Own lines that a handler may see: what enable() offers.
constexpr std::uint32_t kOwnOffered = 0xfU | 1U << kPmu;

constexpr mmio::Plain<> plain(std::uint32_t raw) { return mmio::Plain<>::from_raw(raw); }
constexpr mmio::Plain<> bit_of(std::uint32_t n) { return plain(1U << n % 32U); }

// Bank of enable and disable registers that an interrupt behind belongs to.
constexpr std::uint32_t bank_of(std::uint32_t id) {
  return (id - Bcm2836Interrupts::kGpuBase) / 32U;
}

static_assert(bank_of(32) == 0 && bank_of(95) == 1 && bank_of(96) == 2);

}  // namespace

Result<void> Bcm2836Interrupts::init() noexcept {
  if (gpu_core_ >= kCores) {
    return fail(Error::kInvalidArgument);
  }
  for (std::uint32_t bank = 0; bank < DisableReg::kCount; ++bank) {
    DisableReg::write(behind_, plain(0xffffffff), bank);
  }
  FiqControlReg::write(behind_, plain(0));
  GpuRoutingReg::write(local_, GpuRouting{}.with_irq_core(gpu_core_).with_fiq_core(gpu_core_));
  return {};
}

Result<void> Bcm2836Interrupts::init_core() noexcept {
  const unsigned core = arch::core_index();
  if (core >= kCores) {
    return fail(Error::kOutOfRange);
  }
  timer_masks_[core].reset(local_, plain(0), core);
  PmuClearReg::write(local_, plain(0x11U << core));
  for (unsigned mailbox = 0; mailbox < kMailboxes; ++mailbox) {
    MailboxReg::clear(local_, plain(0xffffffff), core * kMailboxes + mailbox);
  }
  MailboxControlReg::write(local_, plain(1), core);  // Mailbox 0, as an IRQ.
  // The device has all of that before anybody can send here: what is sent is not wiped out.
  arch::device_barrier();
  // Relaxed: the barrier orders it, and a sender takes nothing else from here.
  ready_.fetch_or(1U << core, std::memory_order_relaxed);
  return {};
}

Result<void> Bcm2836Interrupts::check_own_line(std::uint32_t id) const noexcept {
  if (id == 4 || id == 8) {
    return fail(Error::kInvalidArgument);  // The driver's own.
  }
  if ((kOwnOffered >> id & 1U) == 0) {
    return fail(Error::kUnsupported);
  }
  return {};
}

Result<void> Bcm2836Interrupts::enable(iface::IrqNumber irq, unsigned core) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (id >= kIrqCount || core >= kCores) {
    return fail(Error::kOutOfRange);
  }
  // Relaxed: the bit itself is all that is needed.
  if ((ready_.load(std::memory_order_relaxed) >> core & 1U) == 0) {
    return fail(Error::kNotFound);
  }
  if (id >= kGpuBase) {
    if (core != gpu_core_) {
      return fail(Error::kUnsupported);
    }
    EnableReg::write(behind_, bit_of(id), bank_of(id));
    return {};
  }
  if (const Result<void> line = check_own_line(id); !line) {
    return line;
  }
  if (core != arch::core_index()) {
    return fail(Error::kInvalidArgument);
  }
  if (id == kPmu) {
    PmuSetReg::write(local_, bit_of(core));
  } else {
    timer_masks_[core].set(local_, bit_of(id), core);
  }
  return {};
}

Result<void> Bcm2836Interrupts::disable(iface::IrqNumber irq) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (id >= kIrqCount) {
    return fail(Error::kOutOfRange);
  }
  if (id >= kGpuBase) {
    DisableReg::write(behind_, bit_of(id), bank_of(id));
    // Reading back: once this returns, the write has arrived.
    static_cast<void>(DisableReg::read(behind_, bank_of(id)));
    return {};
  }
  if (const Result<void> line = check_own_line(id); !line) {
    return line;
  }
  const unsigned core = arch::core_index();
  if (core >= kCores) {
    return fail(Error::kOutOfRange);
  }
  if (id == kPmu) {
    PmuClearReg::write(local_, bit_of(core));
    static_cast<void>(PmuSetReg::read(local_));
  } else {
    timer_masks_[core].clear(local_, bit_of(id), core);
  }
  return {};
}

void Bcm2836Interrupts::send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept {
  BATON_ASSERT(ipi < kIpis);
  // Relaxed: the bits themselves are all that is needed.
  std::uint32_t left = core_mask & ready_.load(std::memory_order_relaxed);
  // What the caller wrote before reaches the receiver before the interrupt does.
  arch::device_barrier();
  while (left != 0) {
    const auto core = static_cast<std::uint32_t>(std::countr_zero(left));
    left &= left - 1U;
    MailboxSetReg::write(local_, bit_of(ipi), core * kMailboxes);
  }
}

std::optional<std::uint32_t> Bcm2836Interrupts::pending_behind() const noexcept {
  const Basic basic = BasicPendingReg::read(behind_);
  if (basic.first_bank()) {
    if (const std::uint32_t bits = PendingReg::read(behind_, 0).raw(); bits != 0) {
      return kGpuBase + static_cast<std::uint32_t>(std::countr_zero(bits));
    }
  }
  if (basic.second_bank()) {
    if (const std::uint32_t bits = PendingReg::read(behind_, 1).raw(); bits != 0) {
      return kGpuBase + 32U + static_cast<std::uint32_t>(std::countr_zero(bits));
    }
  }
  if (basic.own() != 0) {
    return kBasicBase + static_cast<std::uint32_t>(std::countr_zero(basic.own()));
  }
  return std::nullopt;
}

Claim Bcm2836Interrupts::claim() noexcept {
  const unsigned core = arch::core_index();
  BATON_ASSERT(core < kCores);
  const Source source = SourceReg::read(local_, core);
  if (source.mailbox0()) {
    const std::size_t mailbox = core * kMailboxes;
    if (const std::uint32_t bits = MailboxReg::read(local_, mailbox).raw(); bits != 0) {
      const auto ipi = static_cast<std::uint32_t>(std::countr_zero(bits));
      MailboxReg::clear(local_, bit_of(ipi), mailbox);
      // The clearing has arrived before the handler looks at what the sender left: a send that the
      // handler does not see any more sets the bit again, after the clearing.
      static_cast<void>(MailboxReg::read(local_, mailbox));
      arch::device_barrier();
      if (ipi < kIpis) {
        return {.kind = Claim::Kind::kIpi, .number = ipi, .token = 0};
      }
    }
  }
  if (const std::uint32_t own = source.raw() & kOwnOffered; own != 0) {
    return {.kind = Claim::Kind::kIrq,
            .number = static_cast<std::uint32_t>(std::countr_zero(own)),
            .token = 0};
  }
  if (source.gpu()) {
    if (const std::optional<std::uint32_t> id = pending_behind()) {
      return {.kind = Claim::Kind::kIrq, .number = *id, .token = 0};
    }
  }
  return {};
}

void Bcm2836Interrupts::complete(const Claim& /*claim*/) noexcept {
  // Nothing to tell the hardware; but the device has fallen silent before the next claim looks.
  arch::device_barrier();
}

}  // namespace baton::drivers
