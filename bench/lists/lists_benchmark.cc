// Lists to walk, and queues from one thread to another, beside those of others: registers every
// contestant with Google Benchmark.
//
// A benchmark is called operation/contestant/threads.  bench/lists/README.md says what is measured
// and how to read it.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "arch/cpu.h"
#include "bench/common/harness.h"
#include "bench/common/program.h"
#include "bench/lists/items.h"
#include "bench/lists/streams.h"
#include "benchmark/benchmark.h"
#include "sync/list.h"
#include "sync/mpmc_ring.h"
#include "sync/slist.h"
#include "sync/spsc_ring.h"

namespace baton::bench {
namespace {

/// The time per item.
template <class List>
void measure_walk(benchmark::State& state) {
  const auto list = std::make_unique<List>();
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement = run_alone([&](Tally& tally, unsigned, Clock::time_point end) {
      List* const subject = list.get();
      std::uint64_t walks = 0;
      do {
        for (unsigned i = 0; i < 32; ++i) {
          // The sum is needed now, and the next walk starts from memory.
          asm volatile("" : : "r"(subject->walk()) : "memory");
        }
        walks += 32;
      } while (Clock::now() < end);
      tally.attempts = tally.successes = walks * kItems;
    });
    report(state, measurement, false, false);
  }
}

/// The time per message that came.  Alone: each is received when it was sent.
template <class Stream>
void measure_alone_stream(benchmark::State& state) {
  const auto stream = std::make_unique<Stream>();
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement = run_alone([&](Tally& tally, unsigned, Clock::time_point end) {
      std::uint64_t received = 0;
      do {
        for (unsigned i = 0; i < kBetweenLooks; ++i) {
          stream->send();
          received += stream->receive();
          asm volatile("" : : : "memory");
        }
      } while (Clock::now() < end);
      tally.attempts = tally.successes = received;
    });
    report(state, measurement, false, false);
  }
}

/// The first thread sends, the second receives; who finds it full, or empty, pauses.
template <class Stream>
void measure_stream(benchmark::State& state) {
  const auto stream = std::make_unique<Stream>();
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement =
        run_together([&](Tally& tally, unsigned side, Clock::time_point end) {
          std::uint64_t attempts = 0;
          std::uint64_t received = 0;
          do {
            for (unsigned i = 0; i < kBetweenLooks; ++i) {
              ++attempts;
              const unsigned moved = side == 0 ? (stream->send() ? 1U : 0U) : stream->receive();
              if (side == 1) received += moved;
              if (moved == 0) arch::relax();
            }
          } while (Clock::now() < end);
          tally.attempts = attempts;
          tally.successes = received;
        });
    const std::chrono::duration<double> elapsed = measurement.elapsed;
    // A run may be so disturbed that nothing came.
    const std::uint64_t came = std::max<std::uint64_t>(1, measurement.sides[1].successes);
    report_time(state, elapsed.count() / static_cast<double>(came), measurement.disturbed);
  }
}

template <class List>
void add_walk(const std::string& name) {
  add("walk", name, 1, &measure_walk<List>);
}

template <class Stream>
void add_stream(const std::string& operation, const std::string& name) {
  add(operation, name, 1, &measure_alone_stream<Stream>);
  add(operation, name, 2, &measure_stream<Stream>);
}

void add_all() {
  add_walk<PlainList>("plain list");
  add_walk<OurList<sync::List<ItemWith<sync::ListHook<>>>>>("List");
  add_walk<OurList<sync::SList<ItemWith<sync::SListHook<>>>>>("SList");
  add_walk<OurRcuList>("RcuList");
  add_walk<UrcuList<false>>("cds_list");
  add_walk<UrcuList<true>>("cds_list, RCU");
  add_walk<StdList>("std::list");

  add_stream<OurRing<sync::SpscRing<std::uintptr_t, kPlaces>>>("ring", "SpscRing");
  add_stream<CkRing<true>>("ring", "ck_ring spsc");
  add_stream<OurRing<sync::MpmcRing<std::uintptr_t, kPlaces>>>("ring", "MpmcRing");
  add_stream<CkRing<false>>("ring", "ck_ring mpmc");
  add_stream<OurInbox>("queue", "Inbox");
  add_stream<OurMpscQueue>("queue", "MpscQueue");
  add_stream<WfcQueue<false>>("queue", "cds_wfcq");
  add_stream<WfcQueue<true>>("queue", "cds_wfcq splice");
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  baton::bench::run_program("lists", argc, argv, &baton::bench::add_all);
}
