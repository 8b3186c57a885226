// How an operation is timed, alone and beside a second thread.
//
// Alone, or together: two threads, each pinned to a CPU of its own, start at one instant and
// operate on one contestant until another; what counts is the time that passed per success of
// either.  A run in which the scheduler took the CPU from one of them is made again.
#ifndef BATON_BENCH_COMMON_HARNESS_H_
#define BATON_BENCH_COMMON_HARNESS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "bench/common/outcome.h"
#include "benchmark/benchmark.h"

namespace baton::bench {

using Clock = std::chrono::steady_clock;

/// What one thread did.
struct alignas(kLine) Tally {
  std::uint64_t attempts = 0;
  std::uint64_t successes = 0;
  std::uint64_t turns = 0;  ///< successes before which somebody else had been inside
  Clock::time_point end;
};

/// What both did; the second one's tally is empty when the first was alone.
struct Measurement {
  Tally sides[2];
  Clock::duration elapsed{};
  bool disturbed = false;
};

/// One thread's part of a run.
using Part = std::function<void(Tally& tally, unsigned side, Clock::time_point end)>;

/// Pins the calling thread to a CPU and starts a second thread, on another one, for as long as the
/// program lives: with one thread only, glibc's mutexes would not be atomic at all.  It sleeps
/// while nothing is measured together.  False when there are no two CPUs to be had.
bool start_second_thread();

/// Runs the part on this thread.
Measurement run_alone(const Part& part);
/// Runs the part on both threads, from one instant to another.
Measurement run_together(const Part& part);

/// Makes everything shorter: to see that it works, not to measure.
void make_short();
bool is_short();

/// Puts a measurement into the benchmark's row: real time is time per success.
void report(benchmark::State& state, const Measurement& measurement, bool together,
            bool turns_known);

/// One for each repetition, all of which are kept: so each is at another place in memory, as a
/// place may be an unlucky one.
template <class T>
T& another() {
  static auto* const kept = new std::vector<std::unique_ptr<T>>;
  kept->push_back(std::make_unique<T>());
  return *kept->back();
}

/// Ours and a peer that are so alike that the difference between two runs is larger than that
/// between them: each thread does a piece of one and a piece of the other in turn, some ten
/// microseconds each.  What they took, in seconds.
struct Turns {
  std::vector<double> ours;
  std::vector<double> peer;
};

/// Both do pieces of the same size.  Returns how many of each.
template <class Ours, class Peer>
std::uint64_t take_turns(Turns& turns, Clock::time_point end, Ours&& ours, Peer&& peer) {
  turns.ours.clear();
  turns.peer.clear();
  Clock::time_point before = Clock::now();
  const auto passed = [&before] {
    const Clock::time_point now = Clock::now();
    const std::chrono::duration<double> time = now - before;
    before = now;
    return time.count();
  };
  do {
    ours();
    turns.ours.push_back(passed());
    peer();
    turns.peer.push_back(passed());
  } while (before < end);
  return turns.ours.size();
}

/// Puts the turns of both threads into the benchmark's row.  The time is the median of ours, for
/// each of `operations` in a piece; the counter `ratio` is that of the medians.
void report_turns(benchmark::State& state, const Turns (&turns)[2], std::uint64_t operations,
                  bool disturbed);

/// Puts a time into the benchmark's row: every measurement ends in one report.
void report_time(benchmark::State& state, double seconds, bool disturbed);

/// Progress is shown, by the program's name, as part of this many reports.
void expect_reports(const char* program, std::uint64_t count);

/// An operation's end: what it answered is needed now, and the next one starts from memory, so that
/// none is left out and no two are merged.
[[gnu::always_inline]] inline void settle(const Outcome& outcome, std::uint64_t& successes) {
  if (outcome.done) [[likely]]
    ++successes;
  asm volatile("" : "+r"(successes) : "r"(outcome.count) : "memory");
}

template <class>
struct OperationTraits;
template <class C>
struct OperationTraits<Outcome (C::*)(unsigned)> {
  using Contestant = C;
};

/// Operations between two looks at the clock.
inline constexpr unsigned kBetweenLooks = 512;

/// A benchmark of `Operation`, a member function of the contestant, on one thread.
template <auto Operation>
void measure_alone(benchmark::State& state) {
  using Contestant = typename OperationTraits<decltype(Operation)>::Contestant;
  const auto owner = std::make_unique<Contestant>();
  Contestant* const contestant = owner.get();
  // Several operations in a row, so that where a loop of two or three instructions happens to lie
  // in memory matters less.
  constexpr unsigned kInARow = 16;
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement =
        run_alone([contestant](Tally& tally, unsigned side, Clock::time_point end) {
          Contestant* const subject = contestant;
          std::uint64_t attempts = 0;
          std::uint64_t successes = 0;
          do {
            for (unsigned i = 0; i < kBetweenLooks; i += kInARow) {
#pragma clang loop unroll(full)
              for (unsigned j = 0; j < kInARow; ++j) {
                settle((subject->*Operation)(side), successes);
              }
            }
            attempts += kBetweenLooks;
          } while (Clock::now() < end);
          tally.attempts = attempts;
          tally.successes = successes;
        });
    report(state, measurement, false, false);
  }
}

/// The same on two threads.  After an attempt that failed, `Waiting` decides.  `TurnsKnown`: the
/// operation's count tells whether somebody else was inside since our last one.
template <auto Operation, class Waiting, bool TurnsKnown>
void measure_together(benchmark::State& state) {
  using Contestant = typename OperationTraits<decltype(Operation)>::Contestant;
  const auto owner = std::make_unique<Contestant>();
  Contestant* const contestant = owner.get();
  for ([[maybe_unused]] auto iteration : state) {
    const Measurement measurement =
        run_together([contestant](Tally& tally, unsigned side, Clock::time_point end) {
          Contestant* const subject = contestant;
          std::uint64_t attempts = 0;
          std::uint64_t successes = 0;
          std::uint64_t turns = 0;
          std::uint64_t last = 0;
          do {
            for (unsigned i = 0; i < kBetweenLooks; ++i) {
              Waiting waiting;
              for (;;) {
                ++attempts;
                const Outcome outcome = (subject->*Operation)(side);
                settle(outcome, successes);
                if (outcome.done) [[likely]] {
                  if (TurnsKnown && outcome.count != last + 1) ++turns;
                  last = outcome.count;
                  break;
                }
                waiting.wait(*subject);
              }
            }
          } while (Clock::now() < end);
          tally.attempts = attempts;
          tally.successes = successes;
          tally.turns = turns;
        });
    report(state, measurement, true, TurnsKnown);
  }
}

}  // namespace baton::bench

#endif  // BATON_BENCH_COMMON_HARNESS_H_
