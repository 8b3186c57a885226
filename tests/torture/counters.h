// What a torture run has done.  One that has not done something of everything has shown nothing,
// and fails.
#ifndef BATON_TESTS_TORTURE_COUNTERS_H_
#define BATON_TESTS_TORTURE_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "tests/stress/stress.h"

namespace baton::torture {

enum class Count : std::uint8_t {
  kReads,
  kNestedReads,
  kLongReads,
  kRemovedSeen,  // read on while it was removed
  kInterrupts,
  kInterruptReads,
  kInterruptRetires,
  kInterruptUpdates,
  kUpdates,
  kRetired,
  kDropped,
  kSynchronized,
  kPolled,
  kReaderWaits,  // a reader waited for a grace period between its sections
  kReaderCookies,
  kWriterCookies,
  kMail,
  kAway,  // a reader was offline, or detached
  kThreads,
  kBarriers,
  kBarrierCallbacks,
  kFloods,
  kFloodCallbacks,
  kWraps,  // of the number of grace periods
  kCount,
};

class Counters {
 public:
  void add(Count count, std::uint64_t n = 1) {
    // Relaxed: numbers for people; read when every thread has been joined, or as a guess.
    of(count).fetch_add(n, std::memory_order_relaxed);
  }
  bool has_all() const {
    for (const auto& count : counts_) {
      if (count.load(std::memory_order_relaxed) == 0) return false;  // relaxed: a guess
    }
    return true;
  }
  /// Prints all, and reports those that are zero.
  void finish(stress::Verdict& verdict) const {
    for (std::size_t i = 0; i < kCounts; ++i) {
      // Relaxed: every thread has been joined.
      const std::uint64_t n = counts_[i].load(std::memory_order_relaxed);
      std::printf("  %-20s %10llu\n", kNames[i], static_cast<unsigned long long>(n));
      if (n == 0) verdict.fail(std::string("not tested: ") + kNames[i]);
    }
  }

 private:
  static constexpr auto kCounts = static_cast<std::size_t>(Count::kCount);
  static constexpr std::array<const char*, kCounts> kNames = {"reads",
                                                              "nested reads",
                                                              "long reads",
                                                              "removed seen",
                                                              "interrupts",
                                                              "interrupt reads",
                                                              "interrupt retires",
                                                              "interrupt updates",
                                                              "updates",
                                                              "retired",
                                                              "dropped",
                                                              "synchronized",
                                                              "polled",
                                                              "reader waits",
                                                              "reader cookies",
                                                              "writer cookies",
                                                              "mail",
                                                              "away",
                                                              "threads",
                                                              "barriers",
                                                              "barrier callbacks",
                                                              "floods",
                                                              "flood callbacks",
                                                              "wraps"};

  std::atomic<std::uint64_t>& of(Count count) { return counts_[static_cast<std::size_t>(count)]; }

  std::array<std::atomic<std::uint64_t>, kCounts> counts_{};
};

}  // namespace baton::torture

#endif  // BATON_TESTS_TORTURE_COUNTERS_H_
