// How the contestants are measured: each function is one benchmark.
#ifndef BATON_BENCH_RCU_MEASURE_H_
#define BATON_BENCH_RCU_MEASURE_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/common/harness.h"
#include "bench/common/outcome.h"
#include "benchmark/benchmark.h"

namespace baton::bench {

/// Reads between two quiescent states.
inline constexpr unsigned kQuiescentEvery = 1024;
/// Between the beginnings of two updates, for updaters who are quick enough.
inline constexpr std::chrono::microseconds kUpdateEvery{20};

/// So many pieces of reading, each with a quiescent state at its end.  `InARow`: where a loop of
/// two or three instructions happens to lie in memory would matter.
template <unsigned InARow, class Shown>
void read_pieces(Shown& shown, typename Shown::Reading& me, unsigned pieces) {
  for (unsigned i = 0; i < pieces; ++i) {
    for (unsigned j = 0; j < kQuiescentEvery; j += InARow) {
#pragma clang loop unroll(full)
      for (unsigned k = 0; k < InARow; ++k) {
        // What was read is needed now, and the next read starts from memory.
        asm volatile("" : : "r"(shown.read()) : "memory");
      }
    }
    me.quiescent();
  }
}

/// Reads until `end`.
template <class Shown>
void read_until(Shown& shown, Tally& tally, Clock::time_point end) {
  constexpr unsigned kBetweenClocks = 4;
  typename Shown::Reading me(shown);
  std::uint64_t reads = 0;
  do {
    read_pieces<16>(shown, me, kBetweenClocks);
    reads += kBetweenClocks * kQuiescentEvery;
  } while (Clock::now() < end);
  tally.attempts = reads;
  tally.successes = reads;
}

template <class Shown>
void measure_read(benchmark::State& state, bool together) {
  const auto shown = std::make_unique<Shown>();
  for ([[maybe_unused]] auto iteration : state) {
    const Part part = [&](Tally& tally, unsigned /*side*/, Clock::time_point end) {
      read_until(*shown, tally, end);
    };
    report(state, together ? run_together(part) : run_alone(part), together, false);
  }
}

/// Two threads reading, and one, in turn, each piece a run of its own: the time per read of two,
/// and in the counter `ratio` what that is of one's.
template <class Shown>
void measure_read_by_two(benchmark::State& state) {
  constexpr unsigned kRounds = 8;
  Shown& shown = another<Shown>();
  const Part part = [&shown](Tally& tally, unsigned /*side*/, Clock::time_point end) {
    read_until(shown, tally, end);
  };
  for ([[maybe_unused]] auto iteration : state) {
    bool disturbed = false;
    const auto time_per_read = [&disturbed](const Measurement& measurement) {
      disturbed = disturbed || measurement.disturbed;
      const std::chrono::duration<double> elapsed = measurement.elapsed;
      const auto reads = measurement.sides[0].successes + measurement.sides[1].successes;
      return elapsed.count() / static_cast<double>(reads);
    };
    Turns turns[2];
    for (unsigned round = 0; round < kRounds; ++round) {
      turns[0].ours.push_back(time_per_read(run_together(part)));
      turns[0].peer.push_back(time_per_read(run_alone(part)));
    }
    report_turns(state, turns, 1, disturbed);
  }
}

/// Reading ours and a peer in turn.  Many in a row: a loop that goes round 64 times for 1024 reads
/// takes 2 % more in some builds than in others, probably by a wrong guess at its end.
template <class Ours, class Peer>
void measure_read_in_turn(benchmark::State& state, bool together) {
  constexpr unsigned kPieces = 128;
  Ours& ours = another<Ours>();
  Peer& peer = another<Peer>();
  for ([[maybe_unused]] auto iteration : state) {
    Turns turns[2];
    const Part part = [&](Tally& tally, unsigned side, Clock::time_point end) {
      typename Ours::Reading me(ours);
      typename Peer::Reading me_too(peer);
      const std::uint64_t count = take_turns(
          turns[side], end, [&] { read_pieces<64>(ours, me, kPieces); },
          [&] { read_pieces<64>(peer, me_too, kPieces); });
      tally.attempts = tally.successes = 2 * count * kPieces * kQuiescentEvery;
    };
    const Measurement measurement = together ? run_together(part) : run_alone(part);
    report_turns(state, turns, kPieces * kQuiescentEvery, measurement.disturbed);
  }
}

/// The first thread reads, the second one updates, at most once in kUpdateEvery.
template <class Shown>
void measure_read_beside_updater(benchmark::State& state) {
  const auto shown = std::make_unique<Shown>();
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement =
        run_together([&](Tally& tally, unsigned side, Clock::time_point end) {
          if (side == 0) {
            read_until(*shown, tally, end);
            return;
          }
          std::uint64_t updates = 0;
          Clock::time_point next = Clock::now();
          do {
            shown->update();
            ++updates;
            next += kUpdateEvery;
            while (Clock::now() < std::min(next, end)) {
            }
            next = std::max(next, Clock::now() - kUpdateEvery);  // lost time stays lost
          } while (Clock::now() < end);
          tally.attempts = updates;
          tally.successes = updates;
        });
    const Tally& reader = measurement.sides[0];
    const Tally& updater = measurement.sides[1];
    const std::chrono::duration<double> longer =
        std::max(reader.end, updater.end) - Clock::time_point{};
    const std::chrono::duration<double> begin = longer - measurement.elapsed;
    const auto time_of = [&](const Tally& tally) {
      const std::chrono::duration<double> passed = tally.end - Clock::time_point{} - begin;
      return passed.count() / static_cast<double>(tally.successes);
    };
    state.counters["update_ns"] = time_of(updater) * 1e9;
    report_time(state, time_of(reader), measurement.disturbed);
  }
}

/// The second thread reads, the first one waits for one grace period after the other.  The time is
/// the median of one run; p99 and max, in nanoseconds, are those of the run too.
template <class Shown>
void measure_grace_period(benchmark::State& state) {
  const auto shown = std::make_unique<Shown>();
  std::vector<double> times;
  times.reserve(100'000);
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement =
        run_together([&](Tally& tally, unsigned side, Clock::time_point end) {
          if (side == 1) {
            read_until(*shown, tally, end);
            return;
          }
          times.clear();
          Clock::time_point before = Clock::now();
          do {
            shown->synchronize();
            const Clock::time_point after = Clock::now();
            times.push_back(std::chrono::duration<double>(after - before).count());
            before = after;
          } while (before < end);
          tally.attempts = times.size();
          tally.successes = times.size();
        });
    std::ranges::sort(times);
    const auto at = [&](double part) {
      return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
    };
    state.counters["p99"] = at(0.99) * 1e9;
    state.counters["max"] = times.back() * 1e9;
    state.counters["count"] = static_cast<double>(times.size());
    report_time(state, at(0.5), measurement.disturbed);
  }
}

/// Something to retire, and what its callback counts: one thread at a time runs callbacks.
template <class Head>
struct alignas(64) Node {
  Head head{};
};
struct alignas(kLine) Ran {
  std::atomic<std::uint64_t> count{0};
};
inline Ran g_ran;

template <class Head>
void count_run(Head* /*head*/) {
  // Relaxed, both: a number, and nobody else writes it meanwhile.
  g_ran.count.store(g_ran.count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

/// Bursts of retiring, with all of it run in between: only the bursts count.
template <class Retirer>
void measure_retire(benchmark::State& state) {
  using Head = typename Retirer::Head;
  constexpr std::size_t kBurst = 1024;
  constexpr unsigned kBursts = 2;
  static Node<Head>* const nodes = new Node<Head>[kBurst];
  Retirer& retirer = Retirer::the();
  for ([[maybe_unused]] auto iteration : state) {
    Clock::duration passed{};
    const Measurement measurement = run_alone([&](Tally& tally, unsigned, Clock::time_point) {
      passed = {};
      for (unsigned i = 0; i < kBursts; ++i) {
        // Whoever ran the callbacks had the nodes in its cache: now they are in ours.
        for (std::size_t j = 0; j < kBurst; ++j) {
          asm volatile("lock; orb $0, %0" : "+m"(*reinterpret_cast<unsigned char*>(&nodes[j])));
        }
        const Clock::time_point begin = Clock::now();
        for (std::size_t j = 0; j < kBurst; ++j) {
          retirer.retire(nodes[j].head, &count_run<Head>);
        }
        passed += Clock::now() - begin;
        retirer.barrier();
      }
      tally.attempts = tally.successes = kBurst * kBursts;
    });
    const std::chrono::duration<double> seconds = passed;
    report_time(state, seconds.count() / (kBurst * kBursts), measurement.disturbed);
  }
}

/// One thread retires as fast as it can; the most that waited at any look.  `Helps`: it lends a
/// hand whenever more than kMostWaiting wait.
template <class Retirer, bool Helps>
void measure_flood(benchmark::State& state) {
  using Head = typename Retirer::Head;
  constexpr std::size_t kFlood = 200'000;
  constexpr std::size_t kMostWaiting = 2048;
  constexpr unsigned kBetweenPeeks = 64;
  const std::size_t count = is_short() ? kFlood / 50 : kFlood;
  static Node<Head>* const nodes = new Node<Head>[kFlood];
  Retirer& retirer = Retirer::the();
  for ([[maybe_unused]] auto iteration : state) {
    std::uint64_t peak = 0;
    Clock::duration passed{};
    Clock::duration in_all{};
    const Measurement measurement = run_alone([&](Tally& tally, unsigned, Clock::time_point) {
      peak = 0;
      // Relaxed: a number; nothing runs now.
      const std::uint64_t before = g_ran.count.load(std::memory_order_relaxed);
      const Clock::time_point begin = Clock::now();
      for (std::size_t i = 0; i < count; ++i) {
        retirer.retire(nodes[i].head, &count_run<Head>);
        if (i % kBetweenPeeks != kBetweenPeeks - 1) continue;
        // Relaxed: a number.
        const std::uint64_t ran = g_ran.count.load(std::memory_order_relaxed) - before;
        peak = std::max(peak, i + 1 - ran);
        if constexpr (Helps) retirer.help(kMostWaiting);
      }
      passed = Clock::now() - begin;
      retirer.barrier();
      in_all = Clock::now() - begin;
      tally.attempts = tally.successes = count;
    });
    state.counters["peak"] = static_cast<double>(peak);
    state.counters["all_run_ns"] =
        std::chrono::duration<double, std::nano>(in_all).count() / static_cast<double>(count);
    const std::chrono::duration<double> seconds = passed;
    report_time(state, seconds.count() / static_cast<double>(count), measurement.disturbed);
  }
}

}  // namespace baton::bench

#endif  // BATON_BENCH_RCU_MEASURE_H_
