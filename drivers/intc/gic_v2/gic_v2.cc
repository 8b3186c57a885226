#include "drivers/intc/gic_v2/gic_v2.h"

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "arch/cpu.h"
#include "arch/mmio.h"
#include "base/assert.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/intc/gic_v2/gic_v2_regs.h"

namespace baton::drivers {
namespace {

using gic_v2::Acknowledge;
using gic_v2::DistributorControl;
using gic_v2::GiccApr;
using gic_v2::GiccBpr;
using gic_v2::GiccCtlr;
using gic_v2::GiccEoir;
using gic_v2::GiccIar;
using gic_v2::GiccPmr;
using gic_v2::GicdCpendsgir;
using gic_v2::GicdCtlr;
using gic_v2::GicdIcactiver;
using gic_v2::GicdIcenabler;
using gic_v2::GicdIcfgr;
using gic_v2::GicdIcpendr;
using gic_v2::GicdIpriorityr;
using gic_v2::GicdIsenabler;
using gic_v2::GicdIspendr;
using gic_v2::GicdItargetsr;
using gic_v2::GicdItargetsrWord;
using gic_v2::GicdPidr2;
using gic_v2::GicdSgir;
using gic_v2::GicdTyper;
using gic_v2::LineByte;
using gic_v2::Lines;
using gic_v2::Sgir;
using iface::Claim;

constexpr std::uint32_t kSgis = 16;
constexpr std::uint32_t kOwnLines = 32;   // SGIs and PPIs: each core has its own
constexpr std::uint32_t kSpecial = 1020;  // INTIDs from here on are not interrupts

// Multiples of 0x10 in the upper half, which is what non-secure software has on every
// implementation; the mask lets everything more urgent than 0xf0 in.
constexpr LineByte byte_of(iface::IrqPriority priority) {
  constexpr std::array<std::uint8_t, 4> kBytes{0xd0, 0xa0, 0x90, 0x80};
  return LineByte::from_raw(kBytes[std::to_underlying(priority)]);
}
constexpr LineByte kPriority = byte_of(iface::IrqPriority::kNormal);
constexpr mmio::Plain<> kPriorityMask = mmio::Plain<>::from_raw(0xf0);

constexpr Lines kAll = Lines::from_raw(0xffffffff);
constexpr Lines bit_of(std::uint32_t id) { return Lines::from_raw(1U << (id % 32U)); }

}  // namespace

Result<void> GicV2::init() noexcept {
  const std::uint32_t architecture = GicdPidr2::read(distributor_).architecture();
  if (architecture == 0) {
    return fail(Error::kNotFound);
  }
  if (architecture > 2) {
    return fail(Error::kUnsupported);
  }
  lines_ = GicdTyper::read(distributor_).lines();

  GicdCtlr::write(distributor_, DistributorControl{}.with_enable(false));
  for (std::uint32_t i = kOwnLines / 32; i < (lines_ + 31) / 32; ++i) {
    GicdIcenabler::write(distributor_, kAll, i);
    GicdIcpendr::write(distributor_, kAll, i);
    GicdIcactiver::write(distributor_, kAll, i);
  }
  for (std::uint32_t i = kOwnLines / 16; i < (lines_ + 15) / 16; ++i) {
    GicdIcfgr::write(distributor_, mmio::Plain<>{}, i);
  }
  // Routes are whatever reset left, nowhere on some boards; enable() sets them.
  for (std::uint32_t id = kOwnLines; id < lines_; ++id) {
    GicdIpriorityr::write(distributor_, kPriority, id);
    GicdItargetsr::write(distributor_, LineByte{}, id);
  }
  GicdCtlr::write(distributor_, DistributorControl{}.with_enable(true));
  return {};
}

Result<void> GicV2::init_core() noexcept {
  // Which interface this core has: the route of its own lines says, if not each then some of them.
  // With a single core the registers read as zero.                            [GICv2 4.3.12]
  std::uint32_t routes = 0;
  for (std::uint32_t i = 0; i < kOwnLines / 4 && routes == 0; ++i) {
    routes = GicdItargetsrWord::read(distributor_, i).raw();
  }
  routes |= routes >> 16U;
  routes |= routes >> 8U;
  routes &= 0xffU;
  if (routes == 0) {
    routes = 1;
  }
  if (!std::has_single_bit(routes)) {
    return fail(Error::kUnsupported);
  }

  GicdIcenabler::write(distributor_, kAll, 0);
  GicdIcpendr::write(distributor_, kAll, 0);
  GicdIcactiver::write(distributor_, kAll, 0);
  for (std::uint32_t i = 0; i < kSgis / 4; ++i) {
    GicdCpendsgir::write(distributor_, kAll, i);
  }
  for (std::uint32_t id = 0; id < kOwnLines; ++id) {
    GicdIpriorityr::write(distributor_, kPriority, id);
  }
  for (std::uint32_t ipi = kFirstUrgentIpi; ipi < kIpis; ++ipi) {
    GicdIpriorityr::write(distributor_, byte_of(iface::IrqPriority::kHighest), ipi);
  }
  GicdIsenabler::write(distributor_, Lines::from_raw((1U << kIpis) - 1U), 0);

  // Nothing is active any more, whatever ran before us.
  for (std::uint32_t i = 0; i < GiccApr::kCount; ++i) {
    GiccApr::write(cpu_interface_, mmio::Plain<>{}, i);
  }
  GiccPmr::write(cpu_interface_, kPriorityMask);
  // Every bit of a priority counts for interrupting handlers; 0 becomes the least there is.
  GiccBpr::write(cpu_interface_, mmio::Plain<>{});
  GiccCtlr::write(cpu_interface_, GiccCtlr::read(cpu_interface_).bypass_bits().with_enable(true));

  // The device has all of the above before anybody can send here: what is sent is not wiped out.
  arch::device_barrier();
  // Relaxed: the barrier orders it, and the number is all that a sender takes from here.
  interface_bit_[arch::core_index()].store(static_cast<std::uint8_t>(routes),
                                           std::memory_order_relaxed);
  return {};
}

Result<void> GicV2::check_line(std::uint32_t id) const noexcept {
  if (id >= lines_) {
    return fail(Error::kOutOfRange);
  }
  if (id < kSgis) {
    return fail(Error::kInvalidArgument);
  }
  return {};
}

Result<void> GicV2::enable(iface::IrqNumber irq, unsigned core) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (const Result<void> line = check_line(id); !line) {
    return line;
  }
  if (core >= arch::kMaxCores) {
    return fail(Error::kOutOfRange);
  }
  if (id < kOwnLines && core != arch::core_index()) {
    return fail(Error::kInvalidArgument);
  }
  // Relaxed: the number itself is all that is needed.
  const std::uint8_t target = interface_bit_[core].load(std::memory_order_relaxed);
  if (target == 0) {
    return fail(Error::kNotFound);
  }
  if (id >= kOwnLines) {
    // The route first: from the enable on, the line may fire.
    GicdItargetsr::write(distributor_, LineByte::from_raw(target), id);
  }
  GicdIsenabler::write(distributor_, bit_of(id), id / 32U);
  return {};
}

Result<void> GicV2::disable(iface::IrqNumber irq) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (const Result<void> line = check_line(id); !line) {
    return line;
  }
  GicdIcenabler::write(distributor_, bit_of(id), id / 32U);
  // Reading back: once this returns, the write has arrived.
  static_cast<void>(GicdIcenabler::read(distributor_, id / 32U));
  return {};
}

Result<void> GicV2::set_priority(iface::IrqNumber irq, iface::IrqPriority priority) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (const Result<void> line = check_line(id); !line) {
    return line;
  }
  GicdIpriorityr::write(distributor_, byte_of(priority), id);
  return {};
}

Result<void> GicV2::raise(iface::IrqNumber irq) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (id >= lines_) {
    return fail(Error::kOutOfRange);
  }
  if (id < kOwnLines) {
    return fail(Error::kInvalidArgument);
  }
  GicdIspendr::write(distributor_, bit_of(id), id / 32U);
  return {};
}

Result<void> GicV2::set_trigger(iface::IrqNumber irq, Trigger trigger) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (id >= lines_) {
    return fail(Error::kOutOfRange);
  }
  if (id < kOwnLines) {
    return fail(Error::kInvalidArgument);
  }
  const std::uint32_t edge = 2U << (id % 16U * 2U);
  const std::uint32_t old = GicdIcfgr::read(distributor_, id / 16U).raw();
  GicdIcfgr::write(distributor_,
                   mmio::Plain<>::from_raw(trigger == Trigger::kEdge ? old | edge : old & ~edge),
                   id / 16U);
  return {};
}

void GicV2::send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept {
  BATON_ASSERT(ipi < kIpis);
  std::uint32_t targets = 0;
  for (unsigned core = 0; core < arch::kMaxCores; ++core) {
    if ((core_mask >> core & 1U) != 0) {
      // Relaxed: the number itself is all that is needed; 0, nobody there yet, adds nothing.
      targets |= interface_bit_[core].load(std::memory_order_relaxed);
    }
  }
  if (targets == 0) {
    return;
  }
  // What the caller wrote before reaches the receiver before the interrupt does.
  arch::device_barrier();
  GicdSgir::write(distributor_, Sgir{}.with_targets(targets).with_id(ipi));
}

Claim GicV2::claim() noexcept {
  for (;;) {
    const Acknowledge taken = GiccIar::read(cpu_interface_);
    if (taken.id() >= kSpecial) {
      return {};
    }
    // What a sender wrote, or a device, is read after the interrupt was.
    arch::device_barrier();
    if (taken.id() >= kSgis) {
      return {.kind = Claim::Kind::kIrq, .number = taken.id(), .token = taken.raw()};
    }
    if (taken.id() < kIpis) {
      return {.kind = Claim::Kind::kIpi, .number = taken.id(), .token = taken.raw()};
    }
    // An SGI that nobody here sends: left over from firmware.  Ended, and forgotten.
    GiccEoir::write(cpu_interface_, taken);
  }
}

void GicV2::complete(const Claim& claim) noexcept {
  if (claim.kind == Claim::Kind::kNone) {
    return;
  }
  // The device has fallen silent before the line is looked at again.
  arch::device_barrier();
  // The whole word: for an SGI it names the sender as well.
  GiccEoir::write(cpu_interface_, Acknowledge::from_raw(claim.token));
}

}  // namespace baton::drivers
