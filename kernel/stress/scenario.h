// What `stress` and the tests of the scheduler are made of: a crew of threads that does one kind of
// thing until it is told to stop, and knows what must be true of it.
//
// Scenarios know nothing of boards or consoles, so the same code runs in an image and in a hosted
// program on a virtual machine.
#ifndef BATON_KERNEL_STRESS_SCENARIO_H_
#define BATON_KERNEL_STRESS_SCENARIO_H_

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "arch/context.h"
#include "arch/cpu.h"
#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sizes.h"

namespace baton::kernel::stress {

/// What a scenario did, and how often something was not as it must be.
struct Outcome {
  std::uint64_t done = 0;
  std::uint64_t errors = 0;
  std::uint64_t also = 0;  ///< of `done`, or beside it: what is rarer
};

class Scenario {
 public:
  virtual std::string_view name() const = 0;
  /// What Outcome::done counts.
  virtual std::string_view counts() const = 0;
  /// What Outcome::also counts; nothing: it counts nothing.
  virtual std::string_view also_counts() const { return {}; }
  /// Starts its threads.  A thread, once until stop().
  virtual void start(std::uint64_t seed) = 0;
  /// Has them end; does not wait for it.
  virtual void halt() = 0;
  /// After halt(): waits until all have ended.
  virtual Outcome stop() = 0;

 protected:
  constexpr Scenario() = default;
  ~Scenario() = default;
};

/// What a thread here has for a stack.
inline constexpr std::size_t kStackBytes = std::max(sizes::kStressStack, arch::kMinStackBytes);
using Player = StaticThread<kStackBytes>;

/// SplitMix64: small, and any seed will do.
class Random {
 public:
  constexpr Random() = default;
  constexpr explicit Random(std::uint64_t seed) : state_(seed) {}
  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  /// 0 to n - 1.
  constexpr unsigned pick(unsigned n) { return static_cast<unsigned>(next() % n); }

 private:
  std::uint64_t state_ = 0;
};

/// A count that many threads write.
class Tally {
 public:
  void add(std::uint64_t n = 1) {
    // Relaxed: read when all have ended.
    value_.fetch_add(n, std::memory_order_relaxed);
  }
  void expect(bool condition) { add(condition ? 0 : 1); }
  std::uint64_t value() const {
    // Relaxed: so far.
    return value_.load(std::memory_order_relaxed);
  }
  std::uint64_t take() {
    // Relaxed: as above.
    return value_.exchange(0, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Longer than anything here takes, on an emulator whose host is busy, too: what has not come by
/// then has been lost.  It is counted as an error, and then helped on, so that the rest ends.
inline constexpr Duration kPatience = Duration::seconds(10);

/// Looks every now and then until `condition()` holds.  False: it has not within kPatience.
template <class Condition>
bool comes_true(Condition&& condition) {
  const Instant limit = now() + kPatience;
  while (!condition()) {
    if (now() >= limit) return false;
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(50)));
  }
  return true;
}

/// An object that is made anew for each run.
template <class T>
class Renewed {
 public:
  template <class... Args>
  constexpr explicit Renewed(Args... args) : object_(args...) {}
  template <class... Args>
  void renew(Args... args) {
    std::destroy_at(&object_);
    std::construct_at(&object_, args...);
  }
  T& operator*() { return object_; }
  T* operator->() { return &object_; }

 private:
  T object_;
};

/// Words on a thread's stack that only it writes: if two cores ever run one thread, or a stack has
/// two owners, they do not stay as they are.
class StackMark {
 public:
  explicit StackMark(std::uint64_t value) { write(value); }
  void write(std::uint64_t value) {
    value_ = value;
    for (std::size_t i = 0; i < kWords; ++i) words_[i] = value ^ i;
  }
  bool holds() const {
    for (std::size_t i = 0; i < kWords; ++i) {
      if (words_[i] != (value_ ^ i)) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kWords = 8;
  std::uint64_t value_ = 0;
  volatile std::uint64_t words_[kWords] = {};
};

/// Cores that take threads: crews are as large as the machine.
inline unsigned core_count() {
  return static_cast<unsigned>(std::popcount(CoreScheduler::active()));
}

/// Now and then, so that less urgent threads get their turn on a machine with few cores.
inline void nap(Random& random) {
  if (random.pick(2) == 0) {
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(100 + random.pick(900))));
  }
}

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_SCENARIO_H_
