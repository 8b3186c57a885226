#include "drivers/intc/gic_v2/fake_gic_v2.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "arch/cpu.h"

namespace baton::drivers {
namespace {

[[noreturn]] void die(const char* what, std::size_t offset) {
  std::fprintf(stderr, "fake GICv2: %s %#zx\n", what, offset);
  std::abort();
}

}  // namespace

FakeGicV2::FakeGicV2() {
  // Left behind by something that ran before: lines on, edges, routes to everybody.
  enabled_.fill(0xffffffff);
  pending_.fill(0xffffffff);
  icfgr_.fill(0xaaaaaaaa);
  targets_.fill(0xff);
  priority_.fill(0);
}

unsigned FakeGicV2::this_interface() const { return interface_of_core.at(arch::core_index()); }

bool FakeGicV2::pending(unsigned id) const {
  return bit(pending_, id) || (!edge(id) && bit(line_, id));
}

FakeGicV2::Best FakeGicV2::best(unsigned interface) const {
  Best best;
  const Own& own = own_.at(interface);
  if ((dist_control_ & 1U) == 0 || (own.control & 1U) == 0) {
    return best;
  }
  const auto offer = [&](std::uint32_t iar, unsigned priority) {
    if (priority < best.priority) {
      best = {.iar = iar, .priority = priority};
    }
  };
  for (unsigned id = 0; id < 32; ++id) {
    if ((own.enabled >> id & 1U) == 0 || (own.active >> id & 1U) != 0) {
      continue;
    }
    if (id < 16) {
      if (own.sgi_sources[id] != 0) {
        const auto source = static_cast<std::uint32_t>(std::countr_zero(own.sgi_sources[id]));
        offer(id | source << 10U, own.priority[id]);
      }
    } else if (((own.pending | own.line) >> id & 1U) != 0) {
      offer(id, own.priority[id]);
    }
  }
  for (unsigned id = 32; id < kLines; ++id) {
    if (bit(enabled_, id) && pending(id) && !bit(active_, id) &&
        (targets_[id] >> interface & 1U) != 0) {
      offer(id, priority_[id]);
    }
  }
  // Masked, or not more urgent than what runs.
  unsigned running = 0x100;
  for (const std::uint32_t iar : own.running) {
    const unsigned id = iar & 0x3ffU;
    running = std::min<unsigned>(running, id < 32 ? own.priority[id] : priority_[id]);
  }
  // What runs is interrupted by what differs in the bits that the binary point leaves.
  const unsigned counts = 0xffU << (own.bpr + 1U) & 0xffU;
  if (best.priority >= own.pmr ||
      (running != 0x100 && (best.priority & counts) >= (running & counts))) {
    return {};
  }
  return best;
}

void FakeGicV2::set_line(unsigned id, bool high, unsigned core) {
  const std::lock_guard lock(mutex_);
  if (id < 32) {
    Own& own = own_.at(interface_of_core.at(core));
    own.line = (own.line & ~(1U << id)) | (high ? 1U << id : 0U);
    return;
  }
  const bool was = bit(line_, id);
  line_[id / 32] = (line_[id / 32] & ~(1U << (id % 32))) | (high ? 1U << (id % 32) : 0U);
  if (edge(id) && high && !was) {
    pending_[id / 32] |= 1U << (id % 32);
  }
}

bool FakeGicV2::irq(unsigned core) const {
  const std::lock_guard lock(mutex_);
  return best(interface_of_core.at(core)).iar != 1023;
}

std::uint32_t FakeGicV2::interface_control(unsigned core) const {
  const std::lock_guard lock(mutex_);
  return own_.at(interface_of_core.at(core)).control;
}

void FakeGicV2::make_pending_sgi(unsigned to_core, unsigned id, unsigned from_core) {
  const std::lock_guard lock(mutex_);
  own_.at(interface_of_core.at(to_core)).sgi_sources.at(id) |=
      static_cast<std::uint8_t>(1U << interface_of_core.at(from_core));
}

std::uint8_t FakeGicV2::sgi_senders(unsigned core, unsigned id) const {
  const std::lock_guard lock(mutex_);
  return own_.at(interface_of_core.at(core)).sgi_sources.at(id);
}

void FakeGicV2::make_active(unsigned core, unsigned id) {
  const std::lock_guard lock(mutex_);
  if (id < 32) {
    own_.at(interface_of_core.at(core)).active |= 1U << id;
  } else {
    active_[id / 32] |= 1U << (id % 32);
  }
}

std::uint8_t FakeGicV2::read_byte(std::size_t offset) const {
  const std::size_t id = offset & 0x3ffU;
  if (offset < 0x800) {
    return id < 32 ? own_[this_interface()].priority[id] : priority_[id];
  }
  if (id < 32) {
    return (shown_routes >> id & 1U) != 0 ? static_cast<std::uint8_t>(1U << this_interface()) : 0;
  }
  return targets_[id];
}

void FakeGicV2::write_byte(std::size_t offset, std::uint8_t value) {
  const std::size_t id = offset & 0x3ffU;
  if (offset < 0x800) {
    (id < 32 ? own_[this_interface()].priority[id] : priority_[id]) = value & priority_bits;
  } else if (id >= 32) {
    targets_[id] = value;
  }
}

std::uint64_t FakeGicV2::Distributor::read(std::size_t offset, unsigned bytes) {
  const std::lock_guard lock(gic_.mutex_);
  if (offset >= 0x400 && offset < 0xc00) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) {
      value |= std::uint64_t{gic_.read_byte(offset + i)} << (8U * i);
    }
    return value;
  }
  const std::size_t n = offset % 0x80 / 4;
  const Own& own = gic_.own_[gic_.this_interface()];
  switch (offset & ~std::size_t{0x7f}) {
    case 0x000:
      return offset == 0 ? gic_.dist_control_ : offset == 4 ? gic_.typer : 0x43bU;
    case 0x100:
    case 0x180:
      return n == 0 ? own.enabled : gic_.enabled_[n];
    case 0xc00:
    case 0xc80:
      return gic_.icfgr_[(offset - 0xc00) / 4];
    case 0xf80:
      if (offset == 0xfe8) {
        return gic_.architecture << 4U | 0xbU;
      }
      [[fallthrough]];
    default:
      die("read of", offset);
  }
}

void FakeGicV2::Distributor::write(std::size_t offset, unsigned bytes, std::uint64_t value64) {
  if (gic_.before_write) {
    gic_.before_write(offset);
  }
  const std::lock_guard lock(gic_.mutex_);
  const auto value = static_cast<std::uint32_t>(value64);
  if (offset >= 0x400 && offset < 0xc00) {
    for (unsigned i = 0; i < bytes; ++i) {
      gic_.write_byte(offset + i, static_cast<std::uint8_t>(value >> (8U * i)));
    }
    return;
  }
  const std::size_t n = offset % 0x80 / 4;
  Own& own = gic_.own_[gic_.this_interface()];
  switch (offset & ~std::size_t{0x7f}) {
    case 0x000:
      if (offset != 0) {
        die("write of", offset);
      }
      gic_.dist_control_ = value & 1U;
      return;
    case 0x100:
      (n == 0 ? own.enabled : gic_.enabled_[n]) |= value;
      return;
    case 0x180:
      (n == 0 ? own.enabled : gic_.enabled_[n]) &= ~value;
      return;
    case 0x200:
      (n == 0 ? own.pending : gic_.pending_[n]) |= value;
      return;
    case 0x280:
      // SGIs are not cleared here.
      (n == 0 ? own.pending : gic_.pending_[n]) &= ~value;
      return;
    case 0x380:
      (n == 0 ? own.active : gic_.active_[n]) &= ~value;
      return;
    case 0xc00:
    case 0xc80: {
      const std::size_t i = (offset - 0xc00) / 4;
      for (unsigned line = 0; line < 16; ++line) {
        const unsigned id = static_cast<unsigned>(i) * 16 + line;
        if (((gic_.icfgr_[i] ^ value) >> (line * 2) & 3U) != 0 && gic_.bit(gic_.enabled_, id)) {
          die("trigger changed of an enabled line, by", offset);
        }
      }
      gic_.icfgr_[i] = value & 0xaaaaaaaaU;
      return;
    }
    case 0xf00:
      if (offset == 0xf00) {
        if ((value >> 24U & 3U) != 0) {
          die("target filter in", offset);
        }
        for (unsigned target = 0; target < kCores; ++target) {
          if ((value >> (16U + target) & 1U) != 0) {
            gic_.own_[target].sgi_sources[value & 15U] |=
                static_cast<std::uint8_t>(1U << gic_.this_interface());
          }
        }
        return;
      }
      if (offset >= 0xf10 && offset < 0xf20) {
        for (unsigned i = 0; i < 4; ++i) {
          own.sgi_sources[offset - 0xf10 + i] &= static_cast<std::uint8_t>(~(value >> (8U * i)));
        }
        return;
      }
      [[fallthrough]];
    default:
      die("write of", offset);
  }
}

std::uint64_t FakeGicV2::CpuInterface::read(std::size_t offset, unsigned /*bytes*/) {
  const std::lock_guard lock(gic_.mutex_);
  Own& own = gic_.own_[gic_.this_interface()];
  switch (offset) {
    case 0x00:
      return own.control;
    case 0x0c: {
      const Best best = gic_.best(gic_.this_interface());
      if (best.iar == 1023) {
        return 1023;
      }
      const unsigned id = best.iar & 0x3ffU;
      own.running.push_back(best.iar);
      if (id < 16) {
        own.sgi_sources[id] &= static_cast<std::uint8_t>(~(1U << (best.iar >> 10U & 7U)));
        own.active |= 1U << id;
      } else if (id < 32) {
        own.pending &= ~(1U << id);
        own.active |= 1U << id;
      } else {
        gic_.pending_[id / 32] &= ~(1U << (id % 32));
        gic_.active_[id / 32] |= 1U << (id % 32);
      }
      return best.iar;
    }
    default:
      die("read of interface", offset);
  }
}

void FakeGicV2::CpuInterface::write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value64) {
  const std::lock_guard lock(gic_.mutex_);
  const auto value = static_cast<std::uint32_t>(value64);
  Own& own = gic_.own_[gic_.this_interface()];
  switch (offset) {
    case 0x00:
      own.control = value & 0x3e1U;
      return;
    case 0x04:
      own.pmr = value & gic_.priority_bits;
      return;
    case 0x08:
      own.bpr = value & 7U;
      return;
    case 0x10: {
      if (own.running.empty() || own.running.back() != value) {
        ++gic_.wrong_ends_;
        return;
      }
      own.running.pop_back();
      const unsigned id = value & 0x3ffU;
      if (id < 32) {
        own.active &= ~(1U << id);
      } else {
        gic_.active_[id / 32] &= ~(1U << (id % 32));
      }
      return;
    }
    case 0xd0:
    case 0xd4:
    case 0xd8:
    case 0xdc:
      own.apr[(offset - 0xd0) / 4] = value;
      return;
    default:
      die("write of interface", offset);
  }
}

}  // namespace baton::drivers
