#include "tests/stress/simulated_dma.h"

#include <algorithm>
#include <cstring>

#include "arch/cpu.h"

namespace baton::stress {
namespace {

constexpr std::size_t kWord = sizeof(std::uint32_t);

const std::byte* memory(sync::dma::BusAddress address) {
  return reinterpret_cast<const std::byte*>(address.value());
}

}  // namespace

void SimulatedDma::dawdle(Random& random) {
  for (unsigned i = pick(random, 4); i != 0; --i) yield_now();
}

Result<void> SimulatedDma::prepare(unsigned channel, const Job& job) noexcept {
  Channel& at = channels_[channel];
  at.move_count = 0;
  at.fill = job.fill;
  std::size_t from = 0;
  std::size_t from_done = 0;
  for (std::size_t to = 0; to < job.to.size(); ++to) {
    for (std::size_t done = 0; done < job.to.size_of(to);) {
      std::size_t bytes = job.to.size_of(to) - done;
      const std::byte* source = nullptr;
      if (job.from) {
        bytes = std::min(bytes, job.from->size_of(from) - from_done);
        source = memory(job.from->address(from)) + from_done;
        from_done += bytes;
        if (from_done == job.from->size_of(from)) {
          ++from;
          from_done = 0;
        }
      }
      auto* const target = const_cast<std::byte*>(memory(job.to.address(to))) + done;
      at.moves[at.move_count++] = {.from = source, .to = target, .bytes = bytes};
      done += bytes;
    }
  }
  return {};
}

std::size_t SimulatedDma::total_of(const Channel& at) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < at.move_count; ++i) total += at.moves[i].bytes;
  return total;
}

void SimulatedDma::start_device(unsigned channel) noexcept {
  // Release pairs with the acquire exchange in run_device().
  channels_[channel].status.fetch_or(kActive, std::memory_order_release);
}

bool SimulatedDma::silence(unsigned channel) noexcept {
  // Relaxed: a device's register, which says nothing about memory.
  const auto before = channels_[channel].status.fetch_and(~kInterrupt, std::memory_order_relaxed);
  return (before & kInterrupt) != 0;
}

drivers::DmaChannels::Look SimulatedDma::look(unsigned channel) noexcept {
  Channel& at = channels_[channel];
  // Acquire pairs with the release in fly().
  const bool ended = (at.status.load(std::memory_order_acquire) & kEnded) != 0;
  if (broken_ == Broken::kBelievesInterrupts) return {.ended = true, .moved = total_of(at)};
  if (!ended) return {.ended = false, .moved = std::size_t{0}};
  return {
      .ended = true,
      .moved = at.error ? Result<std::size_t>(fail(Error::kIo)) : Result<std::size_t>(at.moved)};
}

void SimulatedDma::clear(unsigned channel) noexcept {
  // Relaxed: the next flight is released by start_device().
  channels_[channel].status.fetch_and(kInterrupt, std::memory_order_relaxed);
}

bool SimulatedDma::halt(unsigned channel) noexcept {
  Channel& at = channels_[channel];
  // What has not begun never will; what is under way is waited for.  Acquire pairs with the release
  // in fly().
  while ((at.status.fetch_and(~kActive, std::memory_order_acquire) & kMoving) != 0) {
    if (broken_ != Broken::kNot) break;
    yield_now();
  }
  clear(channel);
  return true;
}

void SimulatedDma::run_device() {
  for (unsigned channel = 0; channel < kChannels; ++channel) {
    Channel& at = channels_[channel];
    // A late interrupt of a flight that may be over.
    if (late_[channel] != 0) {
      --late_[channel];
      if (late_[channel] == 0) raise(channel, 0);
    }
    std::uint32_t seen = at.status.load(std::memory_order_relaxed);  // relaxed: only a look
    if ((seen & (kActive | kMoving)) != kActive) continue;
    const auto fault = static_cast<Fault>(pick(random_, static_cast<unsigned>(Fault::kCount)));
    // Acquire pairs with the release in start_device().
    if (!at.status.compare_exchange_strong(seen, (seen & ~kActive) | kMoving,
                                           std::memory_order_acquire, std::memory_order_relaxed)) {
      continue;
    }
    // Relaxed: a count.
    counts_[static_cast<std::size_t>(fault)].fetch_add(1, std::memory_order_relaxed);
    fly(channel, fault);
  }
}

void SimulatedDma::fly(unsigned channel, Fault fault) {
  Channel& at = channels_[channel];
  at.moved = 0;
  at.error = fault == Fault::kError;
  if (fault == Fault::kStuck) {
    at.status.fetch_and(~kMoving, std::memory_order_release);  // pairs with halt()
    return;
  }
  if (fault == Fault::kEarly) raise(channel, 0);
  const std::size_t total = total_of(at);
  const std::size_t limit =
      fault == Fault::kPartial || fault == Fault::kError ? total / 2 / kWord * kWord : total;
  for (std::size_t i = 0; i < at.move_count && at.moved < limit; ++i) {
    const Move& move = at.moves[i];
    for (std::size_t done = 0; done < move.bytes && at.moved < limit; done += kWord) {
      std::memcpy(
          move.to + done,
          move.from == nullptr ? reinterpret_cast<const std::byte*>(&at.fill) : move.from + done,
          kWord);
      at.moved += kWord;
    }
    dawdle(random_);
  }
  // Release pairs with the acquire in look() and halt().
  at.status.fetch_xor(kMoving | kEnded, std::memory_order_acq_rel);
  switch (fault) {
    case Fault::kNever:
      break;
    case Fault::kLate:
      late_[channel] = 1 + static_cast<int>(pick(random_, 200));
      break;
    case Fault::kElsewhere:
      raise(channel, 1);
      break;
    case Fault::kTwice:
      raise(channel, 0);
      raise(channel, 1);
      break;
    default:
      raise(channel, 0);
      break;
  }
}

void SimulatedDma::raise(unsigned channel, unsigned core) {
  // Relaxed, both: an interrupt says nothing about memory; the handler asks the status.
  channels_[channel].status.fetch_or(kInterrupt, std::memory_order_relaxed);
  raised_[core].fetch_or(1U << channel, std::memory_order_relaxed);
}

bool SimulatedDma::run_handler(unsigned core) {
  // Relaxed: see raise().
  const std::uint32_t raised = raised_[core].exchange(0, std::memory_order_relaxed);
  ++arch::internal::hosted_interrupt_depth;
  for (unsigned channel = 0; channel < kChannels; ++channel) {
    if ((raised >> channel & 1U) != 0) handle(channel);
  }
  --arch::internal::hosted_interrupt_depth;
  return raised != 0;
}

}  // namespace baton::stress
