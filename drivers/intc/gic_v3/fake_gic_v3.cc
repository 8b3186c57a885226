#include "drivers/intc/gic_v3/fake_gic_v3.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "arch/cpu.h"

namespace baton::drivers {
namespace {

[[noreturn]] void die(const char* what, std::size_t offset) {
  std::fprintf(stderr, "fake GICv3: %s %#zx\n", what, offset);
  std::abort();
}

}  // namespace

FakeGicV3::FakeGicV3() {
  // Left behind by something that ran before.
  enabled_.fill(0xffffffff);
  pending_.fill(0xffffffff);
  group_modifier_.fill(0xffffffff);
  icfgr_.fill(0xaaaaaaaa);
  routes_.fill(0x80000000);  // to any core
  for (unsigned core = 0; core < kCores; ++core) {
    mpidr.at(core) = 0x80000000U | core;
  }
}

std::uint32_t FakeGicV3::packed_affinity(std::uint64_t mpidr) {
  return static_cast<std::uint32_t>((mpidr & 0xffffffU) | (mpidr >> 32U & 0xffU) << 24U);
}

FakeGicV3::Core& FakeGicV3::this_core() { return cores_.at(arch::core_index()); }

void FakeGicV3::need_sre(const char* what) {
  if (!this_core().sre) {
    die(what, 0);
  }
}

bool FakeGicV3::settled(unsigned& reads_left) {
  if (reads_left == 0) {
    return true;
  }
  if (reads_left != kStuck) {
    --reads_left;
  }
  return false;
}

FakeGicV3::Best FakeGicV3::best(unsigned index) const {
  Best best;
  const Core& core = cores_.at(index);
  constexpr std::uint32_t kOn = 0x12;  // affinity routing, group 1
  if ((control_ & kOn) != kOn || core.igrpen1 == 0 || (core.waker & 2U) != 0 || core.asleep != 0) {
    return best;
  }
  const auto offer = [&](std::uint32_t id, unsigned priority) {
    if (priority < best.priority) {
      best = {.id = id, .priority = priority};
    }
  };
  const std::uint32_t own =
      core.enabled & (core.pending | core.line) & ~core.active & core.group & ~core.group_modifier;
  for (unsigned id = 0; id < 32; ++id) {
    if ((own >> id & 1U) != 0) {
      offer(id, core.priority[id]);
    }
  }
  for (unsigned id = 32; id < kLines; ++id) {
    const bool pending = bit(pending_, id) || (!edge(id) && bit(line_, id));
    if (pending && bit(enabled_, id) && !bit(active_, id) && bit(group_, id) &&
        !bit(group_modifier_, id) && routes_[id] == route_to(index)) {
      offer(id, priority_[id]);
    }
  }
  unsigned running = 0x100;
  for (const std::uint32_t id : core.running) {
    running = std::min<unsigned>(running, id < 32 ? core.priority[id] : priority_[id]);
  }
  // What runs is interrupted by what differs in the bits that the binary point leaves.
  const unsigned counts = 0xffU << (core.bpr1 + 1U) & 0xffU;
  if (best.priority >= core.pmr ||
      (running != 0x100 && (best.priority & counts) >= (running & counts))) {
    return {};
  }
  return best;
}

void FakeGicV3::set_line(unsigned id, bool high, unsigned core) {
  const std::lock_guard lock(mutex_);
  if (id < 32) {
    Core& own = cores_.at(core);
    own.line = (own.line & ~(1U << id)) | (high ? 1U << id : 0U);
    return;
  }
  const bool was = bit(line_, id);
  line_[id / 32] = (line_[id / 32] & ~(1U << (id % 32))) | (high ? 1U << (id % 32) : 0U);
  if (edge(id) && high && !was) {
    pending_[id / 32] |= 1U << (id % 32);
  }
}

bool FakeGicV3::irq(unsigned core) const {
  const std::lock_guard lock(mutex_);
  return best(core).id != 1023;
}

void FakeGicV3::make_pending_own(unsigned core, unsigned id) {
  const std::lock_guard lock(mutex_);
  cores_.at(core).pending |= 1U << id;
}

std::uint32_t FakeGicV3::pending_own(unsigned core) const {
  const std::lock_guard lock(mutex_);
  return cores_.at(core).pending;
}

void FakeGicV3::make_active(unsigned core, unsigned id) {
  const std::lock_guard lock(mutex_);
  if (id < 32) {
    cores_.at(core).active |= 1U << id;
  } else {
    active_[id / 32] |= 1U << (id % 32);
  }
}

std::uint64_t FakeGicV3::Distributor::read(std::size_t offset, unsigned /*bytes*/) {
  const std::lock_guard lock(gic_.mutex_);
  if (offset >= 0xc00 && offset < 0xd00) {
    return gic_.icfgr_[(offset - 0xc00) / 4];
  }
  switch (offset) {
    case 0x0000:
      return gic_.control_ | (settled(gic_.settle_) ? 0U : 1U << 31U);
    case 0x0004:
      return gic_.typer;
    case 0xffe8:
      return gic_.architecture << 4U | 0xbU;
    default:
      die("read of", offset);
  }
}

void FakeGicV3::Distributor::write(std::size_t offset, unsigned bytes, std::uint64_t value) {
  if (gic_.before_write) {
    gic_.before_write(offset);
  }
  const std::lock_guard lock(gic_.mutex_);
  const auto word = static_cast<std::uint32_t>(value);
  if (offset == 0) {
    if ((gic_.control_ & 0x3U) != 0 && ((gic_.control_ ^ word) & 0x10U) != 0) {
      die("affinity routing changed while on, by", offset);
    }
    gic_.control_ = (word & (gic_.has_affinity_routing ? 0x13U : 0x3U)) | 0x40U;
    gic_.settle_ = gic_.distributor_settle_reads;
    return;
  }
  if ((gic_.control_ & 0x10U) == 0) {
    die("write before affinity routing, at", offset);
  }
  if (offset >= 0x6000 + 32 * 8 && offset < 0x6000 + 1020 * 8) {
    if (bytes != 8) {
      die("part of a route written, at", offset);
    }
    gic_.routes_[(offset - 0x6000) / 8] = value;
    return;
  }
  if (offset >= 0x420 && offset < 0x7fc) {
    for (unsigned i = 0; i < bytes; ++i) {
      gic_.priority_[offset - 0x400 + i] = static_cast<std::uint8_t>(value >> (8U * i)) & 0xf0U;
    }
    return;
  }
  if (offset >= 0xc08 && offset < 0xd00) {
    gic_.icfgr_[(offset - 0xc00) / 4] = word & 0xaaaaaaaaU;
    return;
  }
  const std::size_t n = offset % 0x80 / 4;
  if (n == 0) {
    die("a core's own lines are not here:", offset);
  }
  switch (offset & ~std::size_t{0x7f}) {
    case 0x080:
      gic_.group_[n] = word;
      return;
    case 0x100:
      gic_.enabled_[n] |= word;
      return;
    case 0x180:
      gic_.enabled_[n] &= ~word;
      gic_.settle_ = gic_.distributor_settle_reads;
      return;
    case 0x200:
      gic_.pending_[n] |= word;
      return;
    case 0x280:
      gic_.pending_[n] &= ~word;
      return;
    case 0x380:
      gic_.active_[n] &= ~word;
      return;
    case 0xd00:
      gic_.group_modifier_[n] = word;
      return;
    default:
      die("write of", offset);
  }
}

std::uint64_t FakeGicV3::Redistributors::read(std::size_t offset, unsigned bytes) {
  const std::lock_guard lock(gic_.mutex_);
  const std::size_t place = offset / stride_;
  const unsigned index = order_.at(place);
  Core& core = gic_.cores_.at(index);
  switch (offset % stride_) {
    case 0x0000:
      return settled(core.settle) ? 0U : 1U << 3U;
    case 0x0008: {
      if (bytes != 8) {
        die("part of a type read, at", offset);
      }
      const bool last = !endless && place + 1 == order_.size();
      return std::uint64_t{packed_affinity(gic_.mpidr.at(index))} << 32U |
             std::uint64_t{index} << 8U | (last ? 0x10U : 0U) | (stride_ > 0x20000 ? 0x2U : 0U);
    }
    case 0x0014: {
      if ((core.waker & 2U) == 0 && core.asleep != 0) {
        return settled(core.asleep) ? 0U : 0x4U;
      }
      return core.waker;
    }
    default:
      die("read of redistributor", offset);
  }
}

void FakeGicV3::Redistributors::write(std::size_t offset, unsigned bytes, std::uint64_t value) {
  const std::lock_guard lock(gic_.mutex_);
  const unsigned index = order_.at(offset / stride_);
  if (index != arch::core_index()) {
    die("another core's redistributor written, at", offset);
  }
  Core& core = gic_.cores_.at(index);
  const auto word = static_cast<std::uint32_t>(value);
  const std::size_t at = offset % stride_;
  if (at >= 0x10400 && at < 0x10420) {
    for (unsigned i = 0; i < bytes; ++i) {
      core.priority[at - 0x10400 + i] = static_cast<std::uint8_t>(value >> (8U * i)) & 0xf0U;
    }
    return;
  }
  switch (at) {
    case 0x00014:
      if ((word & 2U) == 0 && core.waker != 0) {
        core.waker = 0;
        core.asleep = gic_.wake_reads;
      }
      return;
    case 0x10080:
      core.group = word;
      return;
    case 0x10100:
      core.enabled |= word;
      return;
    case 0x10180:
      core.enabled &= ~word;
      core.settle = gic_.redistributor_settle_reads;
      return;
    case 0x10280:
      core.pending &= ~word;
      return;
    case 0x10380:
      core.active &= ~word;
      return;
    case 0x10d00:
      core.group_modifier = word;
      return;
    default:
      die("write of redistributor", offset);
  }
}

bool FakeGicV3::enable_sre() {
  const std::lock_guard lock(mutex_);
  this_core().sre = has_system_registers;
  return has_system_registers;
}

void FakeGicV3::write_ctlr(std::uint32_t value) {
  const std::lock_guard lock(mutex_);
  need_sre("ICC_CTLR without SRE");
  this_core().ctlr = value & 0x3U;
}

void FakeGicV3::write_pmr(std::uint32_t value) {
  const std::lock_guard lock(mutex_);
  need_sre("ICC_PMR without SRE");
  this_core().pmr = value & 0xf8U;
}

void FakeGicV3::write_bpr1(std::uint32_t value) {
  const std::lock_guard lock(mutex_);
  need_sre("ICC_BPR1 without SRE");
  this_core().bpr1 = value & 7U;
}

void FakeGicV3::write_igrpen1(std::uint32_t value) {
  const std::lock_guard lock(mutex_);
  need_sre("ICC_IGRPEN1 without SRE");
  this_core().igrpen1 = value & 1U;
}

std::uint32_t FakeGicV3::read_iar1() {
  const std::lock_guard lock(mutex_);
  need_sre("ICC_IAR1 without SRE");
  const Best taken = best(arch::core_index());
  if (taken.id == 1023) {
    return 1023;
  }
  Core& core = this_core();
  core.running.push_back(taken.id);
  if (taken.id < 32) {
    core.pending &= ~(1U << taken.id);
    core.active |= 1U << taken.id;
  } else {
    pending_[taken.id / 32] &= ~(1U << (taken.id % 32));
    active_[taken.id / 32] |= 1U << (taken.id % 32);
  }
  return taken.id;
}

void FakeGicV3::write_eoir1(std::uint32_t id) {
  const std::lock_guard lock(mutex_);
  need_sre("ICC_EOIR1 without SRE");
  Core& core = this_core();
  if (core.running.empty() || core.running.back() != id) {
    ++wrong_ends_;
    return;
  }
  core.running.pop_back();
  if ((core.ctlr & 2U) != 0) {
    return;  // Dropped the priority only: the interrupt stays active.
  }
  if (id < 32) {
    core.active &= ~(1U << id);
  } else {
    active_[id / 32] &= ~(1U << (id % 32));
  }
}

void FakeGicV3::write_sgi1r(std::uint64_t value) {
  const std::lock_guard lock(mutex_);
  need_sre("ICC_SGI1R without SRE");
  ++sgi_writes_;
  const unsigned id = value >> 24U & 15U;
  for (unsigned index = 0; index < kCores; ++index) {
    const std::uint64_t m = mpidr.at(index);
    const bool cluster = (value >> 48U & 0xffU) == (m >> 32U & 0xffU) &&
                         (value >> 32U & 0xffU) == (m >> 16U & 0xffU) &&
                         (value >> 16U & 0xffU) == (m >> 8U & 0xffU);
    if (cluster && (m & 0xffU) < 16 && (value >> (m & 0xfU) & 1U) != 0) {
      cores_.at(index).pending |= 1U << id;
    }
  }
}

}  // namespace baton::drivers
