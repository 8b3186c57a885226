// Atomic operations as points of the machine: in a build with the feature `atomic_points` cores
// come between any two of them, in any other build nowhere else than at the machine's own points.
#include <gtest/gtest.h>

#include <atomic>

#include "arch/host/machine.h"

namespace baton::host_test {
namespace {

// Two cores count without read-modify-writes: a core that comes between another's load and store
// takes away what it added.  Relaxed throughout: one OS thread.
unsigned lost_additions(std::uint64_t seed) {
  constexpr unsigned kAdditions = 20;
  std::atomic<unsigned> sum{0};
  const auto add = [&] {
    for (unsigned i = 0; i < kAdditions; ++i) {
      sum.store(sum.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  };
  const arch::host::Outcome outcome = arch::host::run({.cores = 2, .seed = seed}, {add, add});
  EXPECT_TRUE(outcome.well()) << outcome.report;
  return 2 * kAdditions - sum.load(std::memory_order_relaxed);
}

TEST(AtomicPoints, CoresComeBetweenAtomicOperations) {
  unsigned runs_that_lost = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    runs_that_lost += lost_additions(seed) != 0 ? 1 : 0;
    EXPECT_EQ(lost_additions(seed), lost_additions(seed)) << "seed " << seed;
  }
#ifdef BATON_ATOMIC_POINTS
  EXPECT_GT(runs_that_lost, 50U);
#else
  EXPECT_EQ(runs_that_lost, 0U);
#endif
}

// Every kind and width that the compiler makes calls of does what it should.
template <class T>
void exercise() {
  std::atomic<T> word{5};
  constexpr auto kOrder = std::memory_order_relaxed;  // Relaxed: one thread; only the values count.
  EXPECT_EQ(word.load(kOrder), T{5});
  word.store(7, kOrder);
  EXPECT_EQ(word.exchange(9, kOrder), T{7});
  EXPECT_EQ(word.fetch_add(3, kOrder), T{9});
  EXPECT_EQ(word.fetch_sub(2, kOrder), T{12});
  EXPECT_EQ(word.fetch_and(6, kOrder), T{10});
  EXPECT_EQ(word.fetch_or(9, kOrder), T{2});
  EXPECT_EQ(word.fetch_xor(3, kOrder), T{11});
  T expected{1};
  EXPECT_FALSE(word.compare_exchange_strong(expected, 4, kOrder, kOrder));
  EXPECT_EQ(expected, T{8});
  EXPECT_TRUE(word.compare_exchange_strong(expected, 4, kOrder, kOrder));
  expected = 4;
  while (!word.compare_exchange_weak(expected, 6, kOrder, kOrder)) {
    expected = 4;
  }
  EXPECT_EQ(word.load(kOrder), T{6});
}

TEST(AtomicPoints, DoWhatTheOperationsDo) {
  exercise<std::uint8_t>();
  exercise<std::uint16_t>();
  exercise<std::uint32_t>();
  exercise<std::uint64_t>();
}

}  // namespace
}  // namespace baton::host_test
