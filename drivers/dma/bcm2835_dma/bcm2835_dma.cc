#include "drivers/dma/bcm2835_dma/bcm2835_dma.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "base/assert.h"
#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/dma/bcm2835_dma/bcm2835_dma_regs.h"

namespace baton::drivers {
namespace {

using bcm2835_dma::Block;
using bcm2835_dma::BlockReg;
using bcm2835_dma::Debug;
using bcm2835_dma::DebugReg;
using bcm2835_dma::EnableReg;
using bcm2835_dma::Status;
using bcm2835_dma::StatusReg;
using bcm2835_dma::Transfer;
using sync::dma::BusAddress;
using Job = iface::DmaEngine::Job;

// A transfer that is under way on the bus ends in less than this.
constexpr Duration kPatience = Duration::milliseconds(10);

constexpr unsigned kFirstLite = 7;
// Lengths of 16 and of 30 bits, in whole lines.
constexpr std::size_t kLiteMost = 0xffc0;
constexpr std::size_t kMost = 0x3fffffc0;

constexpr Status kClear = Status().with_end(true).with_interrupt(true);

/// What is in its place whenever this is asked.
template <class T>
T& in(std::optional<T>& place) {
  BATON_CHECK(place.has_value());
  return *place;
}

std::uint32_t bus(BusAddress address, std::size_t offset) {
  return static_cast<std::uint32_t>(address.value() + offset);
}

/// Walks along a chain.
template <class Chain>
class Place {
 public:
  explicit Place(const Chain& chain) : chain_(chain) {}
  [[nodiscard]] bool at_end() const { return index_ == chain_.size(); }
  [[nodiscard]] std::size_t left_here() const { return chain_.size_of(index_) - offset_; }
  [[nodiscard]] std::uint32_t bus() const { return drivers::bus(chain_.address(index_), offset_); }
  void advance(std::size_t bytes) {
    offset_ += bytes;
    if (offset_ == chain_.size_of(index_)) {
      ++index_;
      offset_ = 0;
    }
  }

 private:
  const Chain& chain_;
  std::size_t index_ = 0;
  std::size_t offset_ = 0;
};

/// The job in control blocks, all linked, into `list`, which the engine finds at `own`.  None: they
/// do not fit.
bool write_blocks(const Job& job, std::size_t most, std::span<Block> list, std::uint32_t own,
                  std::uint32_t fill_at) {
  Place to(job.to);
  std::optional<Place<iface::DmaEngine::From>> from;
  if (job.from) from.emplace(*job.from);
  const Transfer each =
      Transfer().with_wait_response(true).with_target_step(true).with_source_step(from.has_value());
  for (std::size_t count = 0; count < list.size(); ++count) {
    std::size_t bytes = std::min(to.left_here(), most);
    if (from) bytes = std::min(bytes, from->left_here());
    Block& block = list[count];
    block = {.transfer = each.raw(),
             .source = from ? from->bus() : fill_at,
             .target = to.bus(),
             .bytes = static_cast<std::uint32_t>(bytes),
             .stride = 0,
             .next = own + static_cast<std::uint32_t>((count + 1) * sizeof(Block)),
             .reserved = {}};
    to.advance(bytes);
    if (from) from->advance(bytes);
    if (to.at_end()) {
      block.next = 0;
      block.transfer = each.with_interrupt(true).raw();
      return true;
    }
  }
  return false;
}

}  // namespace

Result<void> Bcm2835Dma::use(std::uint32_t channels) noexcept {
  for (unsigned channel = 0; channel < kChannels; ++channel) {
    if (((channels & ~usable()) >> channel & 1U) == 0) continue;
    auto list = lists_.make();
    // There is one for each, and it may be in place from an earlier try.
    if (list && !at_[channel].idle) at_[channel].idle.emplace(std::move(*list));
    const std::uint32_t enabled = EnableReg::read(io_).raw();
    EnableReg::write(io_, mmio::Plain<>::from_raw(enabled | 1U << channel));
    if (!reset(channel)) return fail(Error::kTimedOut);
    add(1U << channel);
  }
  return {};
}

Result<void> Bcm2835Dma::prepare(unsigned channel, const Job& job) noexcept {
  Channel& at = at_[channel];
  const std::size_t most = channel < kFirstLite ? kMost : kLiteMost;
  bool fits = false;
  auto handed = std::move(in(at.idle))
                    .to_device<sync::dma::Direction::kToDevice, iface::DmaEngine>(
                        *this, kListBytes, [&](BusAddress address, std::span<std::byte> bytes) {
                          std::array<Block, kBlocks> list{};
                          constexpr std::size_t kFillAt = sizeof(list);
                          fits =
                              write_blocks(job, most, list, bus(address, 0), bus(address, kFillAt));
                          std::memcpy(bytes.data(), list.data(), sizeof(list));
                          std::memcpy(bytes.data() + kFillAt, &job.fill, sizeof(job.fill));
                        });
  if (!handed) {
    at.idle.emplace(std::move(handed.error().buffer));
    return fail(handed.error().why);
  }
  at.idle.reset();
  at.flying.emplace(std::move(*handed));
  at.bytes = job.to.total();
  if (fits) return {};
  // The engine has not seen the list.
  const sync::dma::FlightId flight = in(at.flying).flight();
  at.idle.emplace(std::move(in(at.flying)).abort().reclaim(stopped(flight)));
  at.flying.reset();
  return fail(Error::kOutOfRange);
}

void Bcm2835Dma::start_device(unsigned channel) noexcept {
  // Broadcom's bus wants one between devices.
  arch::device_barrier();
  // The list's address last: a handler that silences the channel at this moment has it start.
  BlockReg::write(io_, mmio::Plain<>::from_raw(bus(in(at_[channel].flying).address(), 0)), channel);
  StatusReg::write(io_, Status().with_active(true).with_wait_for_writes(true), channel);
}

bool Bcm2835Dma::silence(unsigned channel) noexcept {
  arch::device_barrier();
  if (!StatusReg::read(io_, channel).interrupt()) return false;
  // Active: what may have begun meanwhile goes on, and where there is nothing it means nothing.
  StatusReg::write(io_, Status().with_active(true).with_wait_for_writes(true).with_interrupt(true),
                   channel);
  return true;
}

DmaChannels::Look Bcm2835Dma::look(unsigned channel) noexcept {
  const Status status = StatusReg::read(io_, channel);
  const bool through = status.end() && !status.active() && !status.waiting_for_writes() &&
                       BlockReg::read(io_, channel).raw() == 0;
  // Nothing that the buffers are read for comes before what was read here.
  arch::device_barrier();
  if (status.error()) return {.ended = !status.active(), .moved = fail(Error::kIo)};
  return {.ended = through, .moved = at_[channel].bytes};
}

void Bcm2835Dma::clear(unsigned channel) noexcept {
  Channel& at = at_[channel];
  const bool error = StatusReg::read(io_, channel).error();
  StatusReg::write(io_, kClear, channel);
  if (error) static_cast<void>(reset(channel));
  const sync::dma::FlightId flight = in(at.flying).flight();
  at.idle.emplace(std::move(in(at.flying)).complete(completed(flight, kListBytes)).buffer);
  at.flying.reset();
}

bool Bcm2835Dma::halt(unsigned channel) noexcept {
  if (!reset(channel)) return false;
  Channel& at = at_[channel];
  const sync::dma::FlightId flight = in(at.flying).flight();
  at.idle.emplace(std::move(in(at.flying)).abort().reclaim(stopped(flight)));
  at.flying.reset();
  return true;
}

bool Bcm2835Dma::reset(unsigned channel) noexcept {
  return wait_until(kPatience, [&] {
    // Paused first, and until nothing is on the bus: a reset forgets writes, memory does not.
    StatusReg::write(io_, Status().with_wait_for_writes(true), channel);
    const Status paused = StatusReg::read(io_, channel);
    if (paused.active() || paused.waiting_for_writes()) return false;
    StatusReg::write(io_, Status().with_reset(true), channel);
    // Only then: an emulator's register may do nothing but remember.
    if (StatusReg::read(io_, channel).error()) DebugReg::clear(io_, Debug::errors(), channel);
    StatusReg::write(io_, kClear, channel);
    const Status status = StatusReg::read(io_, channel);
    return !status.active() && !status.interrupt() && !status.end() && !status.error() &&
           BlockReg::read(io_, channel).raw() == 0;
  });
}

}  // namespace baton::drivers
