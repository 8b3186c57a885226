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
#include <vector>

#include "arch/cpu.h"
#include "bench/common/harness.h"
#include "bench/common/program.h"
#include "bench/lists/items.h"
#include "bench/lists/one_way_items.h"
#include "bench/lists/streams.h"
#include "benchmark/benchmark.h"
#include "sync/list.h"
#include "sync/mpmc_ring.h"
#include "sync/rcu/rcu_list.h"
#include "sync/rcu/rcu_slist.h"
#include "sync/slist.h"
#include "sync/spsc_ring.h"

namespace baton::bench {
namespace {

constexpr unsigned kWalksInAPiece = 32;

template <class List>
void walk_piece(List& list) {
  for (unsigned i = 0; i < kWalksInAPiece; ++i) {
    // The sum is needed now, and the next walk starts from memory.
    asm volatile("" : : "r"(list.walk()) : "memory");
  }
}

/// A list for each repetition, all of which are kept: so each is at another place, as a place may
/// be an unlucky one.
template <class List>
List& another() {
  static auto* const kept = new std::vector<std::unique_ptr<List>>;
  kept->push_back(std::make_unique<List>());
  return *kept->back();
}

/// The time per item.
template <class List>
void measure_walk(benchmark::State& state) {
  List& list = another<List>();
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement = run_alone([&](Tally& tally, unsigned, Clock::time_point end) {
      std::uint64_t walks = 0;
      do {
        walk_piece(list);
        walks += kWalksInAPiece;
      } while (Clock::now() < end);
      tally.attempts = tally.successes = walks * kItems;
    });
    report(state, measurement, false, false);
  }
}

/// Walking ours and a peer in turn.
template <class Ours, class Peer>
void measure_walk_in_turn(benchmark::State& state) {
  constexpr unsigned kPieces = 4;
  Ours& ours = another<Ours>();
  Peer& peer = another<Peer>();
  for ([[maybe_unused]] auto iteration : state) {
    Turns turns[2];
    const Measurement measurement = run_alone([&](Tally& tally, unsigned, Clock::time_point end) {
      const auto walk = [](auto& list) {
        for (unsigned i = 0; i < kPieces; ++i) walk_piece(list);
      };
      const std::uint64_t count =
          take_turns(turns[0], end, [&] { walk(ours); }, [&] { walk(peer); });
      tally.attempts = tally.successes = 2 * count * kPieces * kWalksInAPiece * kItems;
    });
    report_turns(state, turns, kPieces * kWalksInAPiece * kItems, measurement.disturbed);
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

/// The first thread sends, the second receives; who finds it full, or empty, pauses so many times
/// before the next look.
template <class Stream, unsigned Pauses>
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
              if (moved != 0) continue;
              for (unsigned pause = 0; pause < Pauses; ++pause) arch::relax();
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

template <class Ours, class Peer>
void add_walk_in_turn(const std::string& name) {
  add("walk in turn", name, 1, &measure_walk_in_turn<Ours, Peer>);
}

template <class Stream>
void add_stream(const std::string& operation, const std::string& name) {
  add(operation, name, 1, &measure_alone_stream<Stream>);
  add(operation, name, 2, &measure_stream<Stream, 1>);
}

/// A queue is also used by who looks seldom, and so finds several at a time.
template <class Stream>
void add_queue(const std::string& name) {
  add_stream<Stream>("queue", name);
  add("queue, looking seldom", name, 2, &measure_stream<Stream, 32>);
}

void add_all() {
  add_walk<PlainList>("plain list");
  using List = OurList<sync::List<ItemWith<sync::ListHook<>>>>;
  add_walk<List>("List");
  add_walk<OurList<sync::SList<ItemWith<sync::SListHook<>>>>>("SList");
  using RcuList = OurRcuList<sync::RcuList, sync::RcuListHook<>>;
  using RcuSList = OurRcuList<sync::RcuSList, sync::RcuSListHook<>>;
  add_walk<RcuList>("RcuList");
  add_walk<PlainSList>("plain slist");
  add_walk<RcuSList>("RcuSList");
  add_walk<UrcuList<false>>("cds_list");
  add_walk<UrcuList<true>>("cds_list, RCU");
  add_walk<StdList>("std::list");
  add_walk_in_turn<List, PlainList>("List and plain list");
  add_walk_in_turn<RcuList, PlainList>("RcuList and plain list");
  add_walk_in_turn<RcuList, UrcuList<true>>("RcuList and cds_list, RCU");
  add_walk_in_turn<RcuSList, PlainSList>("RcuSList and plain slist");

  add_stream<OurRing<sync::SpscRing<std::uintptr_t, kPlaces>>>("ring", "SpscRing");
  add_stream<CkRing<true>>("ring", "ck_ring spsc");
  add_stream<OurRing<sync::MpmcRing<std::uintptr_t, kPlaces>>>("ring", "MpmcRing");
  add_stream<CkRing<false>>("ring", "ck_ring mpmc");
  add_queue<OurInbox>("Inbox");
  add_queue<OurMpscQueue>("MpscQueue");
  add_queue<WfcQueue<false>>("cds_wfcq");
  add_queue<WfcQueue<true>>("cds_wfcq splice");
  add_queue<CkStack>("ck_stack, turned round");
#ifdef CK_F_FIFO_MPMC
  add_queue<CkFifo>("ck_fifo mpmc");
#endif
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  baton::bench::run_program("lists", argc, argv, &baton::bench::add_all);
}
