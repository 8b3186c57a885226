// A DMA engine: copies from memory to memory, or fills memory, while the CPU does something else.
//
//   job       buffers that it reads, buffers that it writes, all of them handed to it (sync/dma)
//   start()   takes the job; when it has ended by itself, the client is told, once, with the job
//             and the tokens that turn its buffers back into the CPU's
//   abort()   for whoever does not want to wait any longer: stops the engine, and gives the job
//   back
//
// A job has one end: either the client is told, or abort() gives it back.
#ifndef BATON_DRIVERS_IFACE_DMA_ENGINE_H_
#define BATON_DRIVERS_IFACE_DMA_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "sync/cell_answers.h"
#include "sync/dma/chain.h"
#include "sync/dma/ownership.h"
#include "sync/dma/tokens.h"
#include "sync/dma/window.h"

namespace baton::iface {

/// The controller of its buffers' types: what is derived from it makes their tokens.
class DmaEngine {
 public:
  /// Pieces in a chain.
  static constexpr std::size_t kPieces = 8;

  using CpuChain = sync::dma::CpuChain<kPieces>;
  using From = sync::dma::DeviceChain<sync::dma::Direction::kToDevice, DmaEngine, kPieces>;
  using To = sync::dma::DeviceChain<sync::dma::Direction::kFromDevice, DmaEngine, kPieces>;
  using Completed = sync::dma::Completed<DmaEngine>;
  using Stopped = sync::dma::Stopped<DmaEngine>;

  struct [[nodiscard]] Job {
    std::optional<From> from;  ///< nothing: `to` is filled
    std::uint32_t fill = 0;    ///< with this word, over and over
    To to;                     ///< as long as `from`, where there is one
  };
  /// A job that ended by itself.
  struct [[nodiscard]] Ended {
    Job job;
    std::optional<Completed> from;  ///< there where job.from is
    Completed to;
  };
  /// A job that was called off.
  struct [[nodiscard]] Halted {
    Job job;
    std::optional<Stopped> from;  ///< there where job.from is
    Stopped to;
  };
  /// A job that was not started, and why: to be tried again, or recalled.
  struct [[nodiscard]] NotStarted {
    Error why;
    Job job;
  };
  /// A job under way, for abort().
  enum class Ticket : std::uint64_t {};

  /// Who waits for a job.
  class Client {
   public:
    Client() = default;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    /// In an interrupt handler, of any core, maybe before start() has returned.
    virtual void ended(Ended ended) noexcept = 0;

   protected:
    ~Client() = default;
  };

  /// A chain that was handed to the engine, and not given to start(): it is the CPU's again.
  /// Whoever has it in hand may ask, as start() takes what the engine works on.
  static CpuChain recall(From chain) noexcept {
    const sync::dma::FlightId flight = chain.flight();
    return std::move(chain).abort().reclaim(stopped(flight));
  }
  static CpuChain recall(To chain) noexcept {
    const sync::dma::FlightId flight = chain.flight();
    return std::move(chain).abort().reclaim(stopped(flight));
  }

  DmaEngine() = default;
  DmaEngine(const DmaEngine&) = delete;
  DmaEngine& operator=(const DmaEngine&) = delete;

  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// What it reaches.  Constant.
  [[nodiscard]] virtual const sync::dma::Window& window() const noexcept = 0;
  /// Jobs that may be under way at a time.
  [[nodiscard]] virtual unsigned channels() const noexcept = 0;

  /// Starts the job on a free channel.  kBusy: all channels are in use; kInvalidArgument: `from`
  /// and `to` differ in length.  Any context, any core; waits for nothing.
  virtual sync::Answer<Ticket, NotStarted> start(Job job, Client& client) noexcept = 0;

  /// Stops the job's channel and gives the job back.  kEmpty: it has ended by itself, and the
  /// client was told or is being told; kTimedOut: the engine does not stand still, so the job stays
  /// where it is and the channel is out of use for good.  Any context, any core; waits for the
  /// engine, within a limit of the driver's choice.
  virtual Result<Halted> abort(Ticket ticket) noexcept = 0;

 protected:
  ~DmaEngine() = default;

  static Completed completed(sync::dma::FlightId flight, Result<std::size_t> moved) noexcept {
    return Completed(flight, moved);
  }
  static Stopped stopped(sync::dma::FlightId flight) noexcept { return Stopped(flight); }
  /// With its tokens: the engine stands still.
  static Halted halted(Job job) noexcept {
    std::optional<Stopped> from;
    if (job.from) from.emplace(stopped(job.from->flight()));
    Stopped to = stopped(job.to.flight());
    return {.job = std::move(job), .from = std::move(from), .to = std::move(to)};
  }
};

}  // namespace baton::iface

#endif  // BATON_DRIVERS_IFACE_DMA_ENGINE_H_
