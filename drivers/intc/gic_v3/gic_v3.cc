#include "drivers/intc/gic_v3/gic_v3.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "arch/cpu.h"
#include "arch/gic_sysregs.h"
#include "arch/mmio.h"
#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/intc/gic_v3/gic_v3_regs.h"

namespace baton::drivers {
namespace {

using gic_v3::Affinity;
using gic_v3::DistributorControl;
using gic_v3::GicdCtlr;
using gic_v3::GicdIcactiver;
using gic_v3::GicdIcenabler;
using gic_v3::GicdIcfgr;
using gic_v3::GicdIcpendr;
using gic_v3::GicdIgroupr;
using gic_v3::GicdIgrpmodr;
using gic_v3::GicdIpriorityr;
using gic_v3::GicdIrouter;
using gic_v3::GicdIsenabler;
using gic_v3::GicdIspendr;
using gic_v3::GicdPidr2;
using gic_v3::GicdTyper;
using gic_v3::GicrCtlr;
using gic_v3::GicrIcactiver0;
using gic_v3::GicrIcenabler0;
using gic_v3::GicrIcpendr0;
using gic_v3::GicrIgroupr0;
using gic_v3::GicrIgrpmodr0;
using gic_v3::GicrIpriorityr;
using gic_v3::GicrIsenabler0;
using gic_v3::GicrTyper;
using gic_v3::GicrWaker;
using gic_v3::LineByte;
using gic_v3::Lines;
using gic_v3::RedistributorType;
using gic_v3::Route;
using gic_v3::Sgi1r;
using iface::Claim;

constexpr std::uint32_t kSgis = 16;
constexpr std::uint32_t kOwnLines = 32;   // SGIs and PPIs: each core has its own
constexpr std::uint32_t kSpecial = 1020;  // 1020 to 1023 are not interrupts
constexpr std::uint32_t kNoSpecial = 1024;

// Multiples of 0x10 in the upper half, which is what non-secure software has on every
// implementation; the mask lets everything more urgent than 0xf0 in.
constexpr LineByte byte_of(iface::IrqPriority priority) {
  constexpr std::array<std::uint8_t, 4> kBytes{0xd0, 0xa0, 0x90, 0x80};
  return LineByte::from_raw(kBytes[std::to_underlying(priority)]);
}
constexpr LineByte kPriority = byte_of(iface::IrqPriority::kNormal);
constexpr std::uint32_t kPriorityMask = 0xf0;

// Hardware settles in microseconds; an emulator under load may be held up.
constexpr Duration kSettleLimit = Duration::milliseconds(100);

constexpr Lines kAll = Lines::from_raw(0xffffffff);
constexpr Lines bit_of(std::uint32_t id) { return Lines::from_raw(1U << (id % 32U)); }

// Until what was written to the core's own lines has taken effect.            [GICv3 12.11]
Result<void> wait_for_redistributor(arch::Mmio& io) {
  if (!wait_until(kSettleLimit, [&io] { return !GicrCtlr::read(io).write_pending(); })) {
    return fail(Error::kTimedOut);
  }
  return {};
}

}  // namespace

Result<void> GicV3::wait_for_distributor() const noexcept {
  if (!wait_until(kSettleLimit, [this] { return !GicdCtlr::read(distributor_).write_pending(); })) {
    return fail(Error::kTimedOut);
  }
  return {};
}

Result<std::uintptr_t> GicV3::find_redistributor(const Affinity& affinity) const noexcept {
  for (const RedistributorRegion& region : regions_) {
    std::size_t at = 0;
    // Ends with the region even where no redistributor says that it is the last.
    while (region.bytes - at >= 2 * gic_v3::kFrame) {
      const arch::Mmio io(region.base + at);
      const RedistributorType type = GicrTyper::read(io);
      if (type.affinity() == affinity) {
        return region.base + at;
      }
      if (type.last() || type.bytes() > region.bytes - at) {
        break;
      }
      at += type.bytes();
    }
  }
  return fail(Error::kNotFound);
}

Result<void> GicV3::init() noexcept {
  if (mpidr_by_core_.empty() || mpidr_by_core_.size() > cores_.size()) {
    return fail(Error::kInvalidArgument);
  }
  const std::uint32_t architecture = GicdPidr2::read(distributor_).architecture();
  if (architecture == 0) {
    return fail(Error::kNotFound);
  }
  if (architecture != 3 && architecture != 4) {
    return fail(Error::kUnsupported);
  }
  for (std::size_t core = 0; core < mpidr_by_core_.size(); ++core) {
    const Affinity affinity = Affinity::from_mpidr(mpidr_by_core_[core]);
    if (affinity.aff0 > 15) {
      return fail(Error::kUnsupported);  // An SGI's list of targets has sixteen bits.
    }
    const Result<std::uintptr_t> redistributor = find_redistributor(affinity);
    if (!redistributor) {
      return fail(redistributor.error());
    }
    cores_[core].affinity = affinity;
    cores_[core].redistributor = *redistributor;
  }

  // Off while the way of routing changes; then lines one by one; then on.      [GICv3 12.9]
  constexpr DistributorControl kRouting = DistributorControl{}.with_affinity_routing(true);
  GicdCtlr::write(distributor_, DistributorControl{});
  if (const Result<void> settled = wait_for_distributor(); !settled) {
    return settled;
  }
  GicdCtlr::write(distributor_, kRouting);
  if (const Result<void> settled = wait_for_distributor(); !settled) {
    return settled;
  }
  if (!GicdCtlr::read(distributor_).affinity_routing()) {
    return fail(Error::kUnsupported);
  }
  const std::uint32_t lines = GicdTyper::read(distributor_).lines();
  for (std::uint32_t i = kOwnLines / 32; i < (lines + 31) / 32; ++i) {
    GicdIcenabler::write(distributor_, kAll, i);
    GicdIcpendr::write(distributor_, kAll, i);
    GicdIcactiver::write(distributor_, kAll, i);
    GicdIgroupr::write(distributor_, kAll, i);
    GicdIgrpmodr::write(distributor_, Lines{}, i);
  }
  if (const Result<void> settled = wait_for_distributor(); !settled) {
    return settled;
  }
  for (std::uint32_t i = kOwnLines / 16; i < (lines + 15) / 16; ++i) {
    GicdIcfgr::write(distributor_, mmio::Plain<>{}, i);
  }
  for (std::uint32_t id = kOwnLines; id < lines; ++id) {
    GicdIpriorityr::write(distributor_, kPriority, id);
  }
  GicdCtlr::write(distributor_, kRouting.with_enable_group1(true));
  if (const Result<void> settled = wait_for_distributor(); !settled) {
    return settled;
  }
  lines_ = lines;
  return {};
}

Result<void> GicV3::init_core() noexcept {
  Core& core = cores_[arch::core_index()];
  if (core.redistributor == 0) {
    return fail(Error::kNotFound);
  }
  arch::Mmio io(core.redistributor);

  GicrWaker::write(io, GicrWaker::read(io).with_processor_sleep(false));
  if (!wait_until(kSettleLimit, [&io] { return !GicrWaker::read(io).children_asleep(); })) {
    return fail(Error::kTimedOut);
  }
  GicrIcenabler0::write(io, kAll);
  if (const Result<void> settled = wait_for_redistributor(io); !settled) {
    return settled;
  }
  GicrIcpendr0::write(io, kAll);
  GicrIcactiver0::write(io, kAll);
  GicrIgroupr0::write(io, kAll);
  GicrIgrpmodr0::write(io, Lines{});
  for (std::uint32_t id = 0; id < kOwnLines; ++id) {
    GicrIpriorityr::write(io, kPriority, id);
  }
  for (std::uint32_t ipi = kFirstUrgentIpi; ipi < kIpis; ++ipi) {
    GicrIpriorityr::write(io, byte_of(iface::IrqPriority::kHighest), ipi);
  }
  GicrIsenabler0::write(io, Lines::from_raw((1U << kIpis) - 1U));
  // The redistributor has all of that before the CPU interface lets anything through, and before
  // anybody can send here: what is sent is not wiped out.
  arch::device_barrier();

  if (!arch::gic::enable_sre()) {
    return fail(Error::kUnsupported);
  }
  arch::gic::write_ctlr(0);  // One write ends an interrupt; no sharing of binary points.
  arch::gic::write_pmr(kPriorityMask);
  // Every bit of a priority counts for interrupting handlers; 0 becomes the least there is.
  arch::gic::write_bpr1(0);
  arch::gic::write_igrpen1(1);
  // Relaxed: the barrier orders it, and a sender takes nothing else from here.
  core.ready.store(true, std::memory_order_relaxed);
  return {};
}

bool GicV3::ready(unsigned core) const noexcept {
  // Relaxed: affinity and redistributor were there before any core was.
  return cores_[core].ready.load(std::memory_order_relaxed);
}

Result<void> GicV3::check_line(std::uint32_t id) const noexcept {
  if (id >= lines_) {
    return fail(Error::kOutOfRange);
  }
  if (id < kSgis) {
    return fail(Error::kInvalidArgument);
  }
  return {};
}

Result<void> GicV3::enable(iface::IrqNumber irq, unsigned core) noexcept {
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
  if (!ready(core)) {
    return fail(Error::kNotFound);
  }
  if (id < kOwnLines) {
    arch::Mmio io(cores_[core].redistributor);
    GicrIsenabler0::write(io, bit_of(id));
    return {};
  }
  // The route first: from the enable on, the line may fire.
  GicdIrouter::write(distributor_, Route::to(cores_[core].affinity), id);
  GicdIsenabler::write(distributor_, bit_of(id), id / 32U);
  return {};
}

Result<void> GicV3::disable(iface::IrqNumber irq) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (const Result<void> line = check_line(id); !line) {
    return line;
  }
  if (id < kOwnLines) {
    const Core& core = cores_[arch::core_index()];
    if (core.redistributor == 0) {
      return fail(Error::kNotFound);
    }
    arch::Mmio io(core.redistributor);
    GicrIcenabler0::write(io, bit_of(id));
    return wait_for_redistributor(io);
  }
  GicdIcenabler::write(distributor_, bit_of(id), id / 32U);
  return wait_for_distributor();
}

Result<void> GicV3::set_priority(iface::IrqNumber irq, iface::IrqPriority priority) noexcept {
  const std::uint32_t id = std::to_underlying(irq);
  if (const Result<void> line = check_line(id); !line) {
    return line;
  }
  if (id >= kOwnLines) {
    GicdIpriorityr::write(distributor_, byte_of(priority), id);
    return {};
  }
  const Core& core = cores_[arch::core_index()];
  if (core.redistributor == 0) {
    return fail(Error::kNotFound);
  }
  arch::Mmio io(core.redistributor);
  GicrIpriorityr::write(io, byte_of(priority), id);
  return {};
}

Result<void> GicV3::raise(iface::IrqNumber irq) noexcept {
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

Result<void> GicV3::set_trigger(iface::IrqNumber irq, Trigger trigger) noexcept {
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

void GicV3::send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept {
  BATON_ASSERT(ipi < kIpis);
  std::uint32_t left = 0;
  for (unsigned core = 0; core < arch::kMaxCores; ++core) {
    if ((core_mask >> core & 1U) != 0 && ready(core)) {
      left |= 1U << core;
    }
  }
  // One write per cluster, however many of its cores are meant.
  for (unsigned first = 0; first < arch::kMaxCores; ++first) {
    if ((left >> first & 1U) == 0) {
      continue;
    }
    const Affinity& cluster = cores_[first].affinity;
    std::uint64_t targets = 0;
    for (unsigned core = first; core < arch::kMaxCores; ++core) {
      if ((left >> core & 1U) != 0 && cores_[core].affinity.same_cluster(cluster)) {
        targets |= std::uint64_t{1} << cores_[core].affinity.aff0;
        left &= ~(1U << core);
      }
    }
    // Orders what the caller wrote before the interrupt.
    arch::gic::write_sgi1r(Sgi1r{}.with_id(ipi).with_cluster(cluster).with_targets(targets).raw());
  }
}

Claim GicV3::claim() noexcept {
  for (;;) {
    const std::uint32_t id = arch::gic::read_iar1() & 0xffffffU;
    if (id >= kSpecial && id < kNoSpecial) {
      return {};
    }
    if (id >= kSgis && id < kSpecial) {
      return {.kind = Claim::Kind::kIrq, .number = id, .token = id};
    }
    if (id < kIpis) {
      return {.kind = Claim::Kind::kIpi, .number = id, .token = id};
    }
    // An SGI that nobody here sends, or a kind that nobody here enabled.  Ended, and forgotten.
    arch::gic::write_eoir1(id);
  }
}

void GicV3::complete(const Claim& claim) noexcept {
  if (claim.kind == Claim::Kind::kNone) {
    return;
  }
  arch::gic::write_eoir1(claim.token);
}

}  // namespace baton::drivers
