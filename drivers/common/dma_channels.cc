#include "drivers/common/dma_channels.h"

#include <bit>
#include <optional>
#include <utility>

#include "base/assert.h"

namespace baton::drivers {
namespace {

using FlightTicket = sync::dma::FlightWord<>::Ticket;
using Ticket = iface::DmaEngine::Ticket;

constexpr unsigned kChannelAt = 32;

Ticket ticket_of(unsigned channel, FlightTicket flight) {
  return static_cast<Ticket>(std::uint64_t{channel} << kChannelAt |
                             static_cast<std::uint32_t>(flight));
}

iface::DmaEngine::Job out_of(std::optional<iface::DmaEngine::Job>& slot) {
  BATON_CHECK(slot.has_value());
  iface::DmaEngine::Job job = std::move(*slot);
  slot.reset();
  return job;
}

}  // namespace

unsigned DmaChannels::channels() const noexcept {
  return static_cast<unsigned>(std::popcount(usable()));
}

sync::Answer<Ticket, iface::DmaEngine::NotStarted> DmaChannels::start(Job job,
                                                                      Client& client) noexcept {
  if (job.from && job.from->total() != job.to.total()) {
    return std::unexpected(NotStarted{Error::kInvalidArgument, std::move(job)});
  }
  const std::uint32_t usable = this->usable();
  // Each in turn, so that none is always in use, and one that is broken does not stay unseen.
  // Relaxed: any number will do.
  const unsigned first = next_.fetch_add(1, std::memory_order_relaxed);
  for (unsigned i = 0; i < kMaxChannels; ++i) {
    const unsigned channel = (first + i) % kMaxChannels;
    Slot& slot = slots_[channel];
    if ((usable >> channel & 1U) == 0 || !slot.word.try_claim()) continue;
    if (const Result<void> ready = prepare(channel, job); !ready) {
      slot.word.land();
      return std::unexpected(NotStarted{ready.error(), std::move(job)});
    }
    slot.job.emplace(std::move(job));
    slot.client = &client;
    // First the word, then the device: from here on the job may end at any moment.
    const FlightTicket flight = slot.word.launch();
    start_device(channel);
    return ticket_of(channel, flight);
  }
  return std::unexpected(NotStarted{Error::kBusy, std::move(job)});
}

bool DmaChannels::handle(unsigned channel) noexcept {
  Slot& slot = slots_[channel];
  // First quiet, then looked at: what ends after the look interrupts once more.
  if (!silence(channel)) return false;
  const std::optional<FlightTicket> flight = slot.word.flying();
  if (!flight) return false;
  const Look seen = look(channel);
  if (!seen.ended || !slot.word.take(*flight)) return false;
  clear(channel);
  Job job = out_of(slot.job);
  Client& client = *slot.client;
  slot.word.land();
  std::optional<Completed> from;
  if (job.from) from.emplace(completed(job.from->flight(), seen.moved));
  Completed to = completed(job.to.flight(), seen.moved);
  client.ended({.job = std::move(job), .from = std::move(from), .to = std::move(to)});
  return true;
}

Result<iface::DmaEngine::Halted> DmaChannels::abort(Ticket ticket) noexcept {
  const auto number = static_cast<std::uint64_t>(ticket);
  const auto channel = static_cast<unsigned>(number >> kChannelAt);
  Slot& slot = slots_[channel % kMaxChannels];
  if (!slot.word.take(static_cast<FlightTicket>(number))) return fail(Error::kEmpty);
  // A channel that does not stop keeps the job, and the word says "taken" for good.
  if (!halt(channel)) return fail(Error::kTimedOut);
  Job job = out_of(slot.job);
  slot.word.land();
  return halted(std::move(job));
}

}  // namespace baton::drivers
