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

/// One run: the first thread sends, the second receives; who finds it full, or empty, pauses so
/// many times before the next look.
template <class Stream>
Measurement run_stream(Stream& stream, unsigned pauses) {
  return run_together([&stream, pauses](Tally& tally, unsigned side, Clock::time_point end) {
    std::uint64_t attempts = 0;
    std::uint64_t received = 0;
    do {
      for (unsigned i = 0; i < kBetweenLooks; ++i) {
        ++attempts;
        const unsigned moved = side == 0 ? (stream.send() ? 1U : 0U) : stream.receive();
        if (side == 1) received += moved;
        if (moved != 0) continue;
        for (unsigned pause = 0; pause < pauses; ++pause) arch::relax();
      }
    } while (Clock::now() < end);
    tally.attempts = attempts;
    tally.successes = received;
  });
}

/// In seconds.  A run may be so disturbed that nothing came.
double time_per_message(const Measurement& measurement) {
  const std::chrono::duration<double> elapsed = measurement.elapsed;
  const std::uint64_t came = std::max<std::uint64_t>(1, measurement.sides[1].successes);
  return elapsed.count() / static_cast<double>(came);
}

constexpr unsigned kOften = 1;
constexpr unsigned kSeldom = 32;

template <class Stream, unsigned Pauses>
void measure_stream(benchmark::State& state) {
  const auto stream = std::make_unique<Stream>();
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement = run_stream(*stream, Pauses);
    report_time(state, time_per_message(measurement), measurement.disturbed);
  }
}

/// Ours and a peer in turn, so that both meet the machine in the same state; what counts of each in
/// a round is the best of these ways to look.
template <class Ours, class Peer, unsigned... Pauses>
void measure_streams_in_turn(benchmark::State& state) {
  constexpr unsigned kRounds = 8;
  const auto ours = std::make_unique<Ours>();
  const auto peer = std::make_unique<Peer>();
  for ([[maybe_unused]] auto iteration : state) {
    bool disturbed = false;
    const auto best = [&disturbed](auto& stream) {
      const auto time = [&](unsigned pauses) {
        const Measurement measurement = run_stream(stream, pauses);
        disturbed = disturbed || measurement.disturbed;
        return time_per_message(measurement);
      };
      return std::min({time(Pauses)...});
    };
    Turns turns[2];
    for (unsigned round = 0; round < kRounds; ++round) {
      turns[0].ours.push_back(best(*ours));
      turns[0].peer.push_back(best(*peer));
    }
    report_turns(state, turns, 1, disturbed);
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
  add(operation, name, 2, &measure_stream<Stream, kOften>);
}

/// A queue is also used by who looks seldom, and so finds several at a time.
template <class Stream>
void add_queue(const std::string& name) {
  add_stream<Stream>("queue", name);
  add("queue, looking seldom", name, 2, &measure_stream<Stream, kSeldom>);
}

template <class Ours, class Peer>
void add_rings_in_turn(const std::string& name) {
  add("ring in turn", name, 2, &measure_streams_in_turn<Ours, Peer, kOften>);
}

template <class Ours, class Peer>
void add_queues_in_turn(const std::string& name) {
  add("queue in turn", name, 2, &measure_streams_in_turn<Ours, Peer, kOften, kSeldom>);
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

  using SpscRing = OurRing<sync::SpscRing<std::uintptr_t, kPlaces>>;
  using MpmcRing = OurRing<sync::MpmcRing<std::uintptr_t, kPlaces>>;
  add_stream<SpscRing>("ring", "SpscRing");
  add_stream<CkRing<true>>("ring", "ck_ring spsc");
  add_stream<MpmcRing>("ring", "MpmcRing");
  add_stream<CkRing<false>>("ring", "ck_ring mpmc");
  add_rings_in_turn<SpscRing, CkRing<true>>("SpscRing and ck_ring spsc");
  add_rings_in_turn<MpmcRing, CkRing<false>>("MpmcRing and ck_ring mpmc");
  add_queue<OurInbox>("Inbox");
  add_queue<OurMpscQueue>("MpscQueue");
  add_queue<WfcQueue<false>>("cds_wfcq");
  add_queue<WfcQueue<true>>("cds_wfcq splice");
  add_queue<CkStack>("ck_stack, turned round");
#ifdef CK_F_FIFO_MPMC
  add_queue<CkFifo>("ck_fifo mpmc");
  add_queues_in_turn<OurInbox, CkFifo>("Inbox and ck_fifo mpmc");
#endif
  add_queues_in_turn<OurInbox, WfcQueue<false>>("Inbox and cds_wfcq");
  add_queues_in_turn<OurInbox, WfcQueue<true>>("Inbox and cds_wfcq splice");
  add_queues_in_turn<OurMpscQueue, WfcQueue<false>>("MpscQueue and cds_wfcq");
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  baton::bench::run_program("lists", argc, argv, &baton::bench::add_all);
}
