// The channels of a DMA engine: who has one, and how a job ends, which is the same for every engine
// that raises an interrupt for each channel.  The driver adds its device's registers.
//
// An interrupt may come late, twice, for nothing, or on any core; it may not come at all.  What the
// device says, and who takes the flight first (sync/dma/flight_word.h), decides how a job ends.
#ifndef BATON_DRIVERS_COMMON_DMA_CHANNELS_H_
#define BATON_DRIVERS_COMMON_DMA_CHANNELS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "drivers/iface/dma_engine.h"
#include "sync/cell_answers.h"
#include "sync/dma/flight_word.h"

namespace baton::drivers {

class DmaChannels : public iface::DmaEngine {
 public:
  static constexpr unsigned kMaxChannels = 16;

  [[nodiscard]] unsigned channels() const noexcept final;
  sync::Answer<Ticket, NotStarted> start(Job job, Client& client) noexcept final;
  Result<Halted> abort(Ticket ticket) noexcept final;

  /// The channel's interrupt came, or that of a line which it shares.  True: a job has ended, and
  /// its client was told.  Any context, any core, any number at once.
  bool handle(unsigned channel) noexcept;

 protected:
  /// None is in use: add().
  DmaChannels() noexcept = default;
  ~DmaChannels() = default;

  /// The channels that are in use.
  [[nodiscard]] std::uint32_t usable() const noexcept {
    // Acquire pairs with the release in add(): the channel was made ready.
    return usable_.load(std::memory_order_acquire);
  }
  /// More of them, which the driver has made ready.
  void add(std::uint32_t channels) noexcept {
    // Release pairs with the acquire in usable().
    usable_.fetch_or(channels, std::memory_order_release);
  }

  /// What the device says of a channel that was started.
  struct Look {
    bool ended;                 ///< it is through, and touches memory no more
    Result<std::size_t> moved;  ///< bytes, or its complaint
  };

  // What a driver adds.  A channel's calls come one at a time, in the order of the flight; but
  // silence() and look() may come at any time, also twice at once.

  /// Makes ready what start_device() will show to the device.  Errors end the job before it began.
  virtual Result<void> prepare(unsigned channel, const Job& job) noexcept = 0;
  /// Has the device begin.
  virtual void start_device(unsigned channel) noexcept = 0;
  /// Quietens the channel's interrupt, which comes again should the device end a flight afterwards.
  /// False: it was quiet.
  virtual bool silence(unsigned channel) noexcept = 0;
  virtual Look look(unsigned channel) noexcept = 0;
  /// After a flight that has ended: the device does not say "ended" any more.
  virtual void clear(unsigned channel) noexcept = 0;
  /// Stops the device, and clears it.  False: within a limit it did not stand still.
  virtual bool halt(unsigned channel) noexcept = 0;

 private:
  struct Slot {
    sync::dma::FlightWord<> word;
    // Whoever has claimed or taken the flight touches these.
    std::optional<Job> job;
    Client* client = nullptr;
  };

  std::atomic<std::uint32_t> usable_{0};
  std::atomic<unsigned> next_{0};  // where the next one looks first
  std::array<Slot, kMaxChannels> slots_{};
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_COMMON_DMA_CHANNELS_H_
