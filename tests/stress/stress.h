// What every stress program shares: its arguments, random numbers, threads that start together, a
// verdict.
//
//   PROGRAM [--seed=N] [--rounds=N] [--busted=KIND]
//
// A program prints its seed and what it counted, and ends with status 1 when something is wrong.
// `--busted` runs it on a primitive that is broken on purpose, which it must find.
#ifndef BATON_TESTS_STRESS_STRESS_H_
#define BATON_TESTS_STRESS_STRESS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace baton::stress {

struct Arguments {
  std::uint64_t seed = 0;  // 0 on the command line: a new one each time
  int rounds = 0;
  std::string busted;
};

/// Ends the program with a usage line when an argument is unknown, or `busted` is none of `kinds`.
Arguments parse(int argc, char** argv, int default_rounds, const std::vector<std::string>& kinds);

/// What went wrong, from any thread; the first few are printed.
class Verdict {
 public:
  void fail(const std::string& what);
  bool failed() const { return failures_.load(std::memory_order_relaxed) != 0; }
  /// Prints the verdict and returns the exit status.
  int finish(const Arguments& arguments) const;

 private:
  std::atomic<int> failures_{0};
};

/// Runs body(0) .. body(count - 1), each on a thread of its own, which all start together and play
/// the core of their number.
void run_together(int count, const std::function<void(int)>& body);

using Random = std::mt19937_64;
inline unsigned pick(Random& random, unsigned n) { return static_cast<unsigned>(random() % n); }

/// std::atomic that now and then gives the processor away before an operation, so that two cores
/// see what else takes many.
bool time_to_yield();

template <class T>
class YieldingAtomic {
  using Order = std::memory_order;

 public:
  constexpr explicit YieldingAtomic(T value = {}) : value_(value) {}
  T load(Order order) const {
    maybe_yield();
    return value_.load(order);
  }
  void store(T value, Order order) {
    maybe_yield();
    value_.store(value, order);
  }
  T exchange(T value, Order order) {
    maybe_yield();
    return value_.exchange(value, order);
  }
  T fetch_add(T value, Order order) {
    maybe_yield();
    return value_.fetch_add(value, order);
  }
  T fetch_and(T value, Order order) {
    maybe_yield();
    return value_.fetch_and(value, order);
  }
  T fetch_or(T value, Order order) {
    maybe_yield();
    return value_.fetch_or(value, order);
  }
  bool compare_exchange_weak(T& expected, T desired, Order success, Order failure) {
    maybe_yield();
    return value_.compare_exchange_weak(expected, desired, success, failure);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success, Order failure) {
    maybe_yield();
    return value_.compare_exchange_strong(expected, desired, success, failure);
  }

 private:
  static void maybe_yield();
  std::atomic<T> value_;
};

void yield_now();

template <class T>
void YieldingAtomic<T>::maybe_yield() {
  if (time_to_yield()) yield_now();
}

}  // namespace baton::stress

#endif  // BATON_TESTS_STRESS_STRESS_H_
