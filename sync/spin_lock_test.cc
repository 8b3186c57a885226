#include "sync/spin_lock.h"

#include <mutex>
#include <thread>
#include <vector>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "base/annotations.h"
#include "gtest/gtest.h"
#include "sync/cell_answers.h"

namespace baton::sync {
namespace {

enum class Rank : unsigned { kLow = 1, kMiddle = 2, kHigh = 63 };

// Misuse that does not compile otherwise (tests/nocompile/sync/spin_lock_nc.cc).
template <class Lock>
void wait_for(Lock& lock) BATON_NO_THREAD_SAFETY_ANALYSIS {
  lock.lock();
}
template <class Lock>
bool try_for(Lock& lock) BATON_NO_THREAD_SAFETY_ANALYSIS {
  return lock.try_lock();
}
template <class Lock>
void give_back(Lock& lock) BATON_NO_THREAD_SAFETY_ANALYSIS {
  lock.unlock();
}

constinit SpinLock<Rank::kLow> g_lock;
int g_counter BATON_GUARDED_BY(g_lock) = 0;

TEST(SpinLock, OneAtATime) {
  constexpr int kRounds = 5'000;
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([] {
      for (int round = 0; round < kRounds; ++round) {
        const SpinGuard guard(g_lock);
        ++g_counter;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const SpinGuard guard(g_lock);
  EXPECT_EQ(g_counter, 3 * kRounds);
}

TEST(SpinLock, TryLock) {
  SpinLock<Rank::kLow> lock;
  for (int i = 0; i < 8; ++i) {  // across the wrap of the tickets
    ASSERT_TRUE(try_for(lock));
    EXPECT_TRUE(lock.is_locked());
    std::thread([&] { EXPECT_FALSE(try_for(lock)); }).join();
    give_back(lock);
    EXPECT_FALSE(lock.is_locked());
  }
}

TEST(SpinLock, InTheOrderOfArrival) {
  SpinLock<Rank::kLow> lock;
  std::vector<int> order;
  std::vector<std::thread> threads;
  threads.reserve(3);
  wait_for(lock);
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      const SpinGuard guard(lock);
      order.push_back(i);
    });
    // The holder, and those who have their tickets.
    while (lock.queue_length() != static_cast<unsigned>(i) + 2) std::this_thread::yield();
  }
  give_back(lock);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(SpinLock, StandardGuardsWork) {
  SpinLock<Rank::kLow> low;
  SpinLock<Rank::kHigh> high;
  const std::lock_guard outer(low);
  const std::unique_lock inner(high, std::try_to_lock);
  EXPECT_TRUE(inner.owns_lock());
}

TEST(SpinLock, SaysWhoHoldsIt) {
  SpinLock<7> lock;
  EXPECT_EQ(lock.report().state, CellState::kFull);
  const IrqSpinGuard guard(lock);
  EXPECT_FALSE(arch::LocalIrq::enabled());
  EXPECT_EQ(lock.report().state, CellState::kBusy);
#ifndef NDEBUG
  EXPECT_TRUE(lock.report().holder.known);
#endif
}

TEST(SpinLock, MaskedWhileItIsHeld) {
  SpinLock<7> lock;
  {
    const IrqSpinGuard guard(lock);
    EXPECT_FALSE(arch::LocalIrq::enabled());
  }
  EXPECT_TRUE(arch::LocalIrq::enabled());
}

#ifndef NDEBUG
TEST(SpinLockDeathTest, Ranks) {
  SpinLock<Rank::kLow> low;
  SpinLock<Rank::kMiddle> middle;
  SpinLock<Rank::kMiddle> other_middle;
  SpinLock<Rank::kHigh> high;
  {
    const SpinGuard a(low);
    const SpinGuard b(middle);
    const SpinGuard c(high);
  }
  {
    const SpinGuard held(middle);
    const char* const message = "waited for while one of the same or a higher rank is held";
    EXPECT_DEATH(wait_for(low), message);
    EXPECT_DEATH(wait_for(other_middle), message);
    EXPECT_DEATH(wait_for(middle), message) << "nor the same one again";
    EXPECT_TRUE(try_for(low)) << "who does not wait cannot be part of a circle";
    give_back(low);
  }
  const SpinGuard again(low);
}

TEST(SpinLockDeathTest, HandlersAndThreadsWithInterruptsOn) {
  SpinLock<3> lock;
  ++arch::internal::hosted_interrupt_depth;
  {
    const SpinGuard in_handler(lock);
  }
  --arch::internal::hosted_interrupt_depth;
  {
    const IrqSpinGuard masked(lock);
  }
  EXPECT_DEATH(wait_for(lock), "taken by interrupt handlers, and by threads with interrupts on");
}

TEST(SpinLockDeathTest, UnlockedTwice) {
  SpinLock<3> lock;
  wait_for(lock);
  give_back(lock);
  EXPECT_DEATH(give_back(lock), "unlocked that nobody holds");
}
#endif

}  // namespace
}  // namespace baton::sync
