#include "sync/contention.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_answers.h"
#include "sync/owned.h"
#include "sync/spin_lock.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

std::atomic<int> g_cells{0};
std::atomic<int> g_locks{0};
std::atomic<int> g_given{0};
std::atomic<const void*> g_object{nullptr};

void count(Contention what, const void* object) {
  switch (what) {
    case Contention::kCellBusy:
      ++g_cells;
      break;
    case Contention::kLockHeld:
      ++g_locks;
      break;
    case Contention::kLockGiven:
      ++g_given;
      break;
  }
  g_object = object;
}

class ContentionTest : public testing::Test {
 protected:
  void SetUp() override {
    g_cells = 0;
    g_locks = 0;
    g_given = 0;
    g_object = nullptr;
    EXPECT_EQ(set_contention_hook(count), nullptr);
  }
  void TearDown() override { EXPECT_EQ(set_contention_hook(nullptr), count); }
};

#ifndef NDEBUG
TEST_F(ContentionTest, ACellThatIsBusyTells) {
  static constinit StaticOwned<int> number(7);
  static constinit AtomicTakeCell<int> cell;
  EXPECT_EQ(cell.take().error(), Absent::kEmpty);
  ASSERT_TRUE(cell.put(number.claim()).has_value());
  EXPECT_EQ(g_cells, 0);
  const auto inside = cell.map([](int&) { return cell.take().error(); });
  EXPECT_EQ(inside, Absent::kBusy);
  EXPECT_EQ(g_cells, 1);
  EXPECT_EQ(g_object, &cell);
  auto back = cell.take();
  ASSERT_TRUE(back.has_value());
  number.give_back(std::move(*back));
  EXPECT_EQ(g_cells, 1);
  EXPECT_EQ(g_locks, 0);
}
#endif

TEST_F(ContentionTest, ALockTellsOnceForEachWhoWaits) {
  SpinLock<1> lock;
  for (int i = 0; i < 100; ++i) {
    const SpinGuard guard(lock);
  }
  EXPECT_EQ(g_locks, 0);
  lock.lock();
  std::thread other([&lock] {
    lock.lock();
    lock.unlock();
  });
  while (g_locks == 0) std::this_thread::yield();
  // It looks again and again meanwhile.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(g_given, 0);
  lock.unlock();
  other.join();
  EXPECT_EQ(g_locks, 1);
  EXPECT_EQ(g_given, 1);
  EXPECT_EQ(g_object, &lock);
  EXPECT_EQ(g_cells, 0);
}

TEST(Contention, WithoutAHookNothingHappens) {
  static constinit AtomicTakeCell<int> cell;
  EXPECT_EQ(cell.map([](int&) {}).error(), Absent::kEmpty);
}

}  // namespace
}  // namespace baton::sync
