// What is measured: the eight tests of Thread-Metric, and three pairs of operations.
//
// Each is a few threads that go round and round and count; thread 0's round brings all of them
// round once.  How long a round takes is for whoever has them run (reporter.h).
#ifndef BATON_BENCH_THREAD_METRIC_TESTS_H_
#define BATON_BENCH_THREAD_METRIC_TESTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "kernel/sched/thread.h"

namespace baton::thread_metric {

/// Written by one thread or handler, read by the reporter, for which nobody else runs.
class Counter {
 public:
  void add() {
    // Relaxed, as is the load: one writer, one core.
    value_.store(value_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  std::uint32_t value() const {
    // Relaxed: see add().
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint32_t> value_{0};
};

/// A thread's each, then the handler's.
inline constexpr std::size_t kHandler = 5;
inline constexpr std::size_t kCounters = kHandler + 1;
using Counters = std::array<Counter, kCounters>;
extern Counters counters;

/// Something that a test's own check found: its threads have stopped counting.
void give_up(std::string_view why);
/// What it was, or nothing.
std::string_view given_up();

struct Player {
  int priority;                ///< Thread-Metric's
  kernel::Thread::Entry loop;  ///< for ever
  bool resumed;                ///< from the beginning, not by another player
};

struct Test {
  std::string_view name;
  std::span<const Player> players;
  void (*round)();             ///< thread 0's
  void (*handler)(void*);      ///< of cause_interrupt(), or nullptr
  unsigned alike;              ///< bit n: counter n; all these differ by one round at most
  unsigned operations;         ///< bit n: counter n; their sum is the number of operations
  void (*before)() = nullptr;  ///< thread 0's, before its first round
  void (*plant)() = nullptr;   ///< makes the test's own check fail, where it has one
};

std::span<const Test> metric_tests();
std::span<const Test> pair_tests();

/// Bit n of a set of counters.
constexpr bool contains(unsigned set, std::size_t n) { return (set >> n & 1U) != 0; }
/// Whether there are counters to compare with each other.
constexpr bool compares(const Test& test) { return (test.alike & (test.alike - 1)) != 0; }

}  // namespace baton::thread_metric

#endif  // BATON_BENCH_THREAD_METRIC_TESTS_H_
