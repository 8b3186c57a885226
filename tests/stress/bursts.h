// Short bursts of real threads, each with a history of its own that is held against a sequential
// specification in the order of time: an operation that ended before another began comes before it.
#ifndef BATON_TESTS_STRESS_BURSTS_H_
#define BATON_TESTS_STRESS_BURSTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "tests/model/linearizability.h"
#include "tests/stress/stress.h"

namespace baton::stress {

inline constexpr int kBurstThreads = 3;

/// A clock that orders what happens on all cores: each look at it is later than every earlier one.
class Clock {
 public:
  // seq_cst, and so one order of all looks; acquire and release pair with each other.
  std::uint64_t now() { return ticks_.fetch_add(1, std::memory_order_seq_cst); }

 private:
  std::atomic<std::uint64_t> ticks_{0};
};

/// What one thread wrote down.
template <class Operation>
class Recording {
 public:
  explicit Recording(Clock& clock) : clock_(clock) {}
  std::uint64_t now() const { return clock_.now(); }
  void add(std::uint64_t begin, std::uint64_t end, Operation operation) {
    operations_.push_back(std::move(operation));
    spans_.push_back({begin, end});
  }

  void append(const Recording& other) {
    operations_.insert(operations_.end(), other.operations_.begin(), other.operations_.end());
    spans_.insert(spans_.end(), other.spans_.begin(), other.spans_.end());
  }
  std::size_t size() const { return operations_.size(); }
  template <class Spec>
  bool is_linearizable(const Spec& initial) const {
    return model::is_linearizable(initial, operations_, [this](std::size_t i, std::size_t j) {
      return spans_[i].second < spans_[j].first;
    });
  }

 private:
  Clock& clock_;
  std::vector<Operation> operations_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> spans_;
};

/// `Burst` is made anew for each: `play(thread, random)` on every thread, then
/// `check(verdict)`, which returns how many operations there were.
template <class Burst>
void run_bursts(const char* name, const Arguments& arguments, Verdict& verdict) {
  // Many in one go of the threads: starting threads costs more than a burst.
  constexpr std::size_t kAtATime = 64;
  std::uint64_t operations = 0;
  for (int round = 0; round < arguments.rounds && !verdict.failed();) {
    std::vector<std::unique_ptr<Burst>> bursts;
    for (; round < arguments.rounds && bursts.size() < kAtATime; ++round) {
      bursts.push_back(std::make_unique<Burst>());
    }
    std::array<std::atomic<int>, kAtATime> arrived{};
    run_together(kBurstThreads, [&](int number) {
      Random random(arguments.seed + static_cast<std::uint64_t>(number) +
                    operations * kBurstThreads);
      for (std::size_t b = 0; b < bursts.size(); ++b) {
        // Release and acquire pair with each other: a burst begins when the one before has ended.
        arrived[b].fetch_add(1, std::memory_order_acq_rel);
        while (arrived[b].load(std::memory_order_acquire) < kBurstThreads) yield_now();
        bursts[b]->play(static_cast<std::size_t>(number), random);
      }
    });
    for (const auto& burst : bursts) operations += burst->check(verdict);
  }
  std::printf("%s: bursts=%d operations=%llu\n", name, arguments.rounds,
              static_cast<unsigned long long>(operations));
}

}  // namespace baton::stress

#endif  // BATON_TESTS_STRESS_BURSTS_H_
