// Copying and filling memory by a DMA engine, for threads: the thread sleeps meanwhile.
//
//   DmaService service(engine);
//   DmaService::Outcome done = service.copy(std::move(from), std::move(to), Duration::seconds(1));
//   if (!done.moved) ...              // and the buffers are in `done`, whatever came of them
//
// A thread waits for a free channel, and then for its job's interrupt, both within its patience.  A
// job whose interrupt does not come is called off.
//
// Threads of any core, any number at once.
#ifndef BATON_KERNEL_DMA_DMA_SERVICE_H_
#define BATON_KERNEL_DMA_DMA_SERVICE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "drivers/iface/dma_engine.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/sched/may_block.h"

namespace baton::kernel {

class DmaService {
 public:
  using Engine = iface::DmaEngine;
  using Chain = Engine::CpuChain;

  /// How it ended, and the buffers.  What `to` holds after an error is not known.
  struct [[nodiscard]] Outcome {
    Result<std::size_t> moved;  ///< bytes
    Chain from;                 ///< as it was; empty, like `to`, if the engine keeps them (kIo)
    Chain to;
  };

  /// `channels` as the engine says.
  constexpr DmaService(Engine& engine, unsigned channels) : engine_(engine), free_(channels) {}
  DmaService(const DmaService&) = delete;
  DmaService& operator=(const DmaService&) = delete;

  /// Copies `from` to `to`, of the same length in all.  kTimedOut: there was no channel, or no
  /// interrupt; kStopped: the thread was asked to stop; kIo: the device complained, or does not
  /// stand still and keeps the buffers; else the errors of CpuChain::to_device() and
  /// DmaEngine::start().
  Outcome copy(Chain from, Chain to, Duration patience) BATON_MAY_BLOCK;
  /// Fills `to` with `word`, over and over.  Errors as copy().
  Outcome fill(Chain to, std::uint32_t word, Duration patience) BATON_MAY_BLOCK;

  /// The service's own part of copy() and fill(), for a job of other making.
  Outcome run(Engine::Job job, Duration patience) BATON_MAY_BLOCK;

  Engine& engine() { return engine_; }
  /// The engine has so many more channels.  Any context.
  void add_channels(unsigned channels) { free_.release(channels); }

 private:
  Engine& engine_;
  Semaphore free_;  // a unit for each channel
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_DMA_DMA_SERVICE_H_
