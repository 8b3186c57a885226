#include "kernel/dma/dma_service.h"

#include <utility>

#include "kernel/blocking/completion.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "sync/dma/ownership.h"

namespace baton::kernel {
namespace {

using Engine = DmaService::Engine;
using Chain = DmaService::Chain;
using Outcome = DmaService::Outcome;
using sync::dma::Direction;

/// Waits for one job.
class JobWaiter final : public Engine::Client {
 public:
  void ended(Engine::Ended ended) noexcept override {
    // It ends once.
    static_cast<void>(done.complete(std::move(ended)));
  }
  Completion<Engine::Ended> done;
};

Outcome recalled(Error why, Engine::Job&& job) {
  Outcome outcome{.moved = fail(why), .from = {}, .to = {}};
  if (job.from) outcome.from = Engine::recall(std::move(*job.from));
  outcome.to = Engine::recall(std::move(job.to));
  return outcome;
}

Outcome called_off(Error why, Engine::Halted&& halted) {
  Outcome outcome{.moved = fail(why), .from = {}, .to = {}};
  if (halted.job.from && halted.from) {
    outcome.from = std::move(*halted.job.from).abort().reclaim(std::move(*halted.from));
  }
  outcome.to = std::move(halted.job.to).abort().reclaim(std::move(halted.to));
  return outcome;
}

Outcome landed(Engine::Ended&& ended) {
  Chain from;
  if (ended.job.from && ended.from) {
    from = std::move(*ended.job.from).complete(std::move(*ended.from)).chain;
  }
  auto back = std::move(ended.job.to).complete(std::move(ended.to));
  return {.moved = back.moved, .from = std::move(from), .to = std::move(back.chain)};
}

// For a job whose interrupt has not come.  Rare, and with a frame of its own.
[[gnu::noinline]] Outcome give_up(Engine& engine, Semaphore& channels, Engine::Ticket ticket,
                                  Completion<Engine::Ended>& done, Error why) BATON_MAY_BLOCK {
  if (Result<Engine::Halted> halted = engine.abort(ticket); halted) {
    channels.release();
    return called_off(why, std::move(*halted));
  } else if (halted.error() != Error::kEmpty) {
    // The channel is lost, and what it has.
    return {.moved = fail(Error::kIo), .from = {}, .to = {}};
  }
  // A handler has the job in hand, and `done` is not to end before it has said so.
  for (;;) {
    if (Result<Engine::Ended> late = done.try_wait(); late) {
      channels.release();
      return landed(std::move(*late));
    }
    this_thread::yield();
  }
}

}  // namespace

Outcome DmaService::run(Engine::Job job, Duration patience) {
  const Instant deadline = now() + patience;
  if (const Result<void> channel = free_.try_acquire_until(deadline); !channel) {
    return recalled(channel.error(), std::move(job));
  }
  JobWaiter waiter;
  auto ticket = engine_.start(std::move(job), waiter);
  if (!ticket) {
    free_.release();
    return recalled(ticket.error().why, std::move(ticket.error().job));
  }
  Result<Engine::Ended> ended = waiter.done.wait_until(deadline);
  if (!ended) return give_up(engine_, free_, *ticket, waiter.done, ended.error());
  free_.release();
  return landed(std::move(*ended));
}

Outcome DmaService::copy(Chain from, Chain to, Duration patience) {
  auto source = std::move(from).to_device<Direction::kToDevice>(engine_);
  if (!source) {
    return {.moved = fail(source.error().why),
            .from = std::move(source.error().chain),
            .to = std::move(to)};
  }
  auto target = std::move(to).to_device<Direction::kFromDevice>(engine_);
  if (!target) {
    return {.moved = fail(target.error().why),
            .from = Engine::recall(std::move(*source)),
            .to = std::move(target.error().chain)};
  }
  return run({.from = std::move(*source), .fill = 0, .to = std::move(*target)}, patience);
}

Outcome DmaService::fill(Chain to, std::uint32_t word, Duration patience) {
  auto target = std::move(to).to_device<Direction::kFromDevice>(engine_);
  if (!target) {
    return {.moved = fail(target.error().why), .from = {}, .to = std::move(target.error().chain)};
  }
  return run({.from = std::nullopt, .fill = word, .to = std::move(*target)}, patience);
}

}  // namespace baton::kernel
