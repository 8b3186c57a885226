// Three cores copy and fill through one engine that does everything that an engine may do wrong.
// Every buffer comes back, once, with the right bytes in it, whichever way its flight ends.
#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "drivers/iface/dma_engine.h"
#include "sync/dma/buffer.h"
#include "sync/dma/ownership.h"
#include "sync/pool.h"
#include "tests/stress/simulated_dma.h"
#include "tests/stress/stress.h"

namespace baton::stress {
namespace {

namespace dma = sync::dma;
using Engine = iface::DmaEngine;

constexpr int kSubmitters = 3;
constexpr std::size_t kBufferBytes = 512;
constexpr std::size_t kBuffers = kSubmitters * 2 * 3;  // three pieces for each end of a job

constinit sync::Pool<dma::BufferOf<kBufferBytes>, kBuffers> g_buffers;

struct WithoutClean : dma::Maintenance {
  static void clean(dma::Lines& /*lines*/) {}
};
struct WithoutInvalidate : dma::Maintenance {
  static void invalidate(dma::Lines& /*lines*/) {}
};

/// Waits for one job.
class Waiter final : public Engine::Client {
 public:
  void ended(Engine::Ended ended) noexcept override {
    twice_ = twice_ || ended_.has_value();
    ended_.emplace(std::move(ended));
    // Release pairs with the acquire in there().
    there_.store(true, std::memory_order_release);
  }
  // Acquire pairs with the release in ended().
  bool there() const { return there_.load(std::memory_order_acquire); }
  Engine::Ended& get() { return *ended_; }
  bool twice() const { return twice_; }

 private:
  std::optional<Engine::Ended> ended_;
  bool twice_ = false;
  std::atomic<bool> there_{false};
};

struct Tally {
  std::atomic<int> ended{0};
  std::atomic<int> called_off{0};
  std::atomic<int> refused{0};
};

class Submitter {
 public:
  Submitter(SimulatedDma& engine, std::uint64_t seed, Verdict& verdict, Tally& tally)
      : engine_(engine), random_(seed), verdict_(verdict), tally_(tally) {}

  template <class Out, class In>
  void one_job() {
    const bool fill = pick(random_, 4) == 0;
    const auto word = static_cast<std::uint32_t>(random_());
    const std::size_t bytes = 4 * (1 + pick(random_, 300));
    Engine::CpuChain to = chain(bytes, 0);
    auto to_device = std::move(to).to_device<dma::Direction::kFromDevice, Engine, Out>(engine_);
    if (!to_device) return verdict_.fail("buffers that can be reached were refused");
    std::optional<Engine::Job> job;
    job.emplace(std::nullopt, word, std::move(*to_device));
    if (!fill) {
      Engine::CpuChain from = chain(bytes, word);
      auto from_device = std::move(from).to_device<dma::Direction::kToDevice, Engine, Out>(engine_);
      if (!from_device) return verdict_.fail("buffers that can be reached were refused");
      job->from.emplace(std::move(*from_device));
    }
    for (;;) {
      Waiter waiter;
      auto started = engine_.start(std::move(*job), waiter);
      if (started) return finish<In>(waiter, *started, bytes, word);
      if (started.error().why != Error::kBusy) return verdict_.fail("a sound job was refused");
      tally_.refused.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
      yield_now();
      job.emplace(std::move(started.error().job));
    }
  }

 private:
  template <class In>
  void finish(Waiter& waiter, Engine::Ticket ticket, std::size_t bytes, std::uint32_t word) {
    for (unsigned patience = pick(random_, 60); patience != 0 && !waiter.there(); --patience) {
      yield_now();
    }
    if (!waiter.there()) {
      if (auto halted = engine_.abort(ticket)) {
        tally_.called_off.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
        auto to = std::move(halted->job.to).abort();
        const Engine::CpuChain back = std::move(to).reclaim(std::move(halted->to));
        if (halted->job.from) {
          auto from = std::move(*halted->job.from).abort();
          const Engine::CpuChain more = std::move(from).reclaim(std::move(*halted->from));
        }
        return;
      }
      // It has ended, and its handler is about to say so.
      while (!waiter.there()) yield_now();
    }
    tally_.ended.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
    Engine::Ended& ended = waiter.get();
    if (waiter.twice()) verdict_.fail("a job ended twice");
    auto back = std::move(ended.job.to).template complete<In>(std::move(ended.to));
    if (ended.job.from) {
      auto from = std::move(*ended.job.from).complete(std::move(*ended.from));
      check(from.chain, bytes, word, "wrong bytes in what was read");
    }
    if (back.moved) {
      if (*back.moved > bytes) verdict_.fail("more was moved than there is");
      check(back.chain, *back.moved, word, "wrong bytes in what was written");
    }
  }

  // `bytes` in up to three pieces, `word` over and over.
  Engine::CpuChain chain(std::size_t bytes, std::uint32_t word) {
    Engine::CpuChain chain;
    while (bytes != 0) {
      dma::CpuOwned buffer = *g_buffers.make();
      const std::size_t most = std::min(bytes, kBufferBytes);
      const bool last = chain.size() == 2 || (bytes <= kBufferBytes && pick(random_, 2) == 0);
      const std::size_t rest = 2 * kBufferBytes - chain.size() * kBufferBytes;
      std::size_t part = last ? most : 4 * (1 + pick(random_, static_cast<unsigned>(most / 4)));
      if (bytes - part > rest) part = bytes - rest;
      for (std::size_t at = 0; at < part; at += 4) {
        std::memcpy(buffer.bytes().data() + at, &word, 4);
      }
      if (!chain.add(std::move(buffer), part)) verdict_.fail("a piece was refused");
      bytes -= part;
    }
    return chain;
  }

  // The chain's first `bytes` are `word`, over and over.
  void check(Engine::CpuChain& chain, std::size_t bytes, std::uint32_t word, const char* what) {
    while (const auto piece = chain.pop_front()) {
      const std::size_t here = std::min(piece->bytes, bytes);
      for (std::size_t at = 0; at < here; at += 4) {
        std::uint32_t seen = 0;
        std::memcpy(&seen, piece->buffer.bytes().data() + at, 4);
        if (seen != word) return verdict_.fail(what);
      }
      bytes -= here;
    }
    if (bytes != 0) verdict_.fail("a chain came back shorter");
  }

  SimulatedDma& engine_;
  Random random_;
  Verdict& verdict_;
  Tally& tally_;
};

template <class Out, class In>
void run(const Arguments& arguments, Broken broken, Verdict& verdict) {
  SimulatedDma engine(arguments.seed, broken);
  Tally tally;
  std::atomic<int> working{kSubmitters};
  run_together(kSubmitters + 1 + static_cast<int>(SimulatedDma::kCores), [&](int number) {
    if (number < kSubmitters) {
      Submitter submitter(engine, arguments.seed + static_cast<std::uint64_t>(number), verdict,
                          tally);
      for (int round = 0; round < arguments.rounds && !verdict.failed(); ++round) {
        submitter.one_job<Out, In>();
      }
      working.fetch_sub(1, std::memory_order_relaxed);  // relaxed: says only when to stop
      return;
    }
    // Relaxed: as above.
    while (working.load(std::memory_order_relaxed) != 0) {
      if (number == kSubmitters) {
        engine.run_device();
      } else {
        engine.run_handler(static_cast<unsigned>(number - kSubmitters - 1));
      }
      yield_now();
    }
  });
  if (!verdict.failed() && g_buffers.available() != kBuffers) {
    verdict.fail("lost: not every buffer came home");
  }
  // Relaxed: every thread has been joined.
  const int ended = tally.ended.load(std::memory_order_relaxed);
  const int called_off = tally.called_off.load(std::memory_order_relaxed);
  std::printf("ended=%d called_off=%d refused=%d faults:", ended, called_off,
              tally.refused.load(std::memory_order_relaxed));
  for (unsigned fault = 0; fault < static_cast<unsigned>(Fault::kCount); ++fault) {
    std::printf(" %d", engine.count(static_cast<Fault>(fault)));
    if (!verdict.failed() && engine.count(static_cast<Fault>(fault)) == 0) {
      verdict.fail("a fault that was never tried");
    }
  }
  std::printf("\n");
  if (!verdict.failed() && ended + called_off != kSubmitters * arguments.rounds) {
    verdict.fail("lost: not every job ended");
  }
}

int main(int argc, char** argv) {
  const Arguments arguments =
      parse(argc, argv, 2000,
            {"believes_interrupts", "halts_without_waiting", "no_clean", "no_invalidate"});
  Verdict verdict;
  using Good = dma::Maintenance;
  if (arguments.busted == "no_clean") {
    run<WithoutClean, Good>(arguments, Broken::kNot, verdict);
  } else if (arguments.busted == "no_invalidate") {
    run<Good, WithoutInvalidate>(arguments, Broken::kNot, verdict);
  } else {
    run<Good, Good>(arguments,
                    arguments.busted == "believes_interrupts"     ? Broken::kBelievesInterrupts
                    : arguments.busted == "halts_without_waiting" ? Broken::kHaltsWithoutWaiting
                                                                  : Broken::kNot,
                    verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
