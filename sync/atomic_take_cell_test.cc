#include "sync/atomic_take_cell.h"

#include <array>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/pool.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct Ball {
  explicit Ball(int number) : n(number) {}
  int n;
};

constinit AtomicTakeCell<Ball> g_cell;

static_assert(std::is_trivially_destructible_v<AtomicTakeCell<Ball>>);
static_assert(!std::is_copy_constructible_v<AtomicTakeCell<Ball>>);
#ifdef NDEBUG
static_assert(sizeof(AtomicTakeCell<Ball>) == sizeof(void*));
#endif

class AtomicTakeCellTest : public testing::Test {
 protected:
  Owned<Ball> ball(int n) { return std::move(*balls_.make(n)); }
  void fill(int n) { ASSERT_TRUE(cell_.put(ball(n)).has_value()); }
  void TearDown() override {
    static_cast<void>(cell_.take());
    EXPECT_EQ(balls_.available(), 4U) << "an object was lost";
  }

  Pool<Ball, 4> balls_;
  AtomicTakeCell<Ball> cell_;
};

TEST_F(AtomicTakeCellTest, EmptyAnswersEmpty) {
  EXPECT_EQ(cell_.state(), CellState::kEmpty);
  EXPECT_FALSE(cell_.is_full());
  EXPECT_EQ(cell_.take().error(), Absent::kEmpty);
  EXPECT_EQ(cell_.map([](Ball&) {}).error(), Absent::kEmpty);
  EXPECT_EQ(cell_.lease().error(), Absent::kEmpty);
  EXPECT_EQ(cell_.state(), CellState::kEmpty);
  EXPECT_EQ(g_cell.state(), CellState::kEmpty);
}

TEST_F(AtomicTakeCellTest, TakeGetsWhatWasPut) {
  fill(1);
  EXPECT_TRUE(cell_.is_full());
  EXPECT_EQ(cell_.state(), CellState::kFull);
  auto taken = cell_.take();
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ((*taken)->n, 1);
  EXPECT_EQ(cell_.take().error(), Absent::kEmpty);
}

TEST_F(AtomicTakeCellTest, FullRefusesPutAndHandsBack) {
  fill(1);
  auto put = cell_.put(ball(2));
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().why, Refusal::kFull);
  EXPECT_EQ(put.error().object->n, 2);
  EXPECT_EQ((*cell_.take())->n, 1);
}

TEST_F(AtomicTakeCellTest, ReplaceReturnsTheOldOne) {
  auto first = cell_.replace(ball(1));
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(first->has_value());
  auto second = cell_.replace(ball(2));
  ASSERT_TRUE(second.has_value());
  ASSERT_TRUE(second->has_value());
  EXPECT_EQ((**second)->n, 1);
  EXPECT_EQ((*cell_.take())->n, 2);
}

TEST_F(AtomicTakeCellTest, MapReturnsWhatTheClosureReturns) {
  fill(1);
  EXPECT_TRUE(cell_.map([](Ball& b) { ++b.n; }).has_value());
  EXPECT_EQ(cell_.map([](const Ball& b) { return b.n; }).value_or(0), 2);
  // Move-only results too.
  auto moved = cell_.map([](Ball& b) { return std::make_unique<int>(b.n); });
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(**moved, 2);
}

TEST_F(AtomicTakeCellTest, InsideEverythingAnswersBusy) {
  fill(1);
  const auto inside = cell_.map([this](Ball&) {
    EXPECT_EQ(cell_.state(), CellState::kBusy);
    EXPECT_FALSE(cell_.is_full());
    EXPECT_EQ(cell_.take().error(), Absent::kBusy);
    EXPECT_EQ(cell_.map([](Ball&) {}).error(), Absent::kBusy);
    EXPECT_EQ(cell_.lease().error(), Absent::kBusy);
    auto put = cell_.put(ball(2));
    EXPECT_EQ(put.error().why, Refusal::kBusy);
    EXPECT_EQ(put.error().object->n, 2);
    auto replaced = cell_.replace(std::move(put.error().object));
    EXPECT_EQ(replaced.error().why, Refusal::kBusy);
    EXPECT_EQ(replaced.error().object->n, 2);
  });
  EXPECT_TRUE(inside.has_value());
  EXPECT_EQ((*cell_.take())->n, 1);
}

TEST_F(AtomicTakeCellTest, LeaseGivesBackAtItsEnd) {
  fill(1);
  {
    auto lease = cell_.lease();
    ASSERT_TRUE(lease.has_value());
    (*lease)->n = 5;
    EXPECT_EQ(cell_.state(), CellState::kBusy);
  }
  EXPECT_EQ(cell_.map([](Ball& b) { return b.n; }).value_or(0), 5);
}

TEST_F(AtomicTakeCellTest, LeaseGivesBackEarly) {
  fill(1);
  auto lease = cell_.lease();
  std::move(*lease).give_back();
  EXPECT_TRUE(cell_.is_full());
  // Its end changes nothing any more, not even in an empty cell.
  static_cast<void>(cell_.take());
  {
    const auto moved = std::move(lease);
  }
  EXPECT_EQ(cell_.state(), CellState::kEmpty);
}

TEST_F(AtomicTakeCellTest, LeaseMayKeepTheObject) {
  fill(1);
  auto lease = cell_.lease();
  Owned<Ball> kept = std::move(*lease).take();
  EXPECT_EQ(kept->n, 1);
  EXPECT_EQ(cell_.state(), CellState::kEmpty);
  EXPECT_TRUE(cell_.put(std::move(kept)).has_value());
}

struct Device {
  virtual ~Device() = default;
  virtual int id() const = 0;
};
struct Disk : Device {
  int id() const override { return 42; }
};

TEST(AtomicTakeCell, HoldsPolymorphicBasesConstAndArrays) {
  Pool<Disk, 1> disks;
  AtomicTakeCell<Device> device;
  ASSERT_TRUE(device.put(std::move(*disks.make())).has_value());
  EXPECT_EQ(device.map([](Device& d) { return d.id(); }).value_or(0), 42);
  static_cast<void>(device.take());
  EXPECT_EQ(disks.available(), 1U);

  AtomicTakeCell<const Device> constant;
  ASSERT_TRUE(constant.put(std::move(*disks.make())).has_value());
  EXPECT_EQ(constant.map([](const Device& d) { return d.id(); }).value_or(0), 42);
  static_cast<void>(constant.take());

  Pool<std::array<char, 512>, 1> buffers;
  AtomicTakeCell<std::array<char, 512>> buffer;
  ASSERT_TRUE(buffer.put(std::move(*buffers.make())).has_value());
  EXPECT_EQ(buffer.map([](auto& b) { return b.size(); }).value_or(0), 512U);
  static_cast<void>(buffer.take());
}

TEST(AtomicTakeCell, ReportNamesWhoIsInside) {
  static StaticOwned<Ball> home{1};
  AtomicTakeCell<Ball> cell;
  EXPECT_FALSE(cell.report().holder.known);
  ASSERT_TRUE(cell.put(home.claim()).has_value());
  EXPECT_EQ(cell.report().state, CellState::kFull);
  EXPECT_FALSE(cell.report().holder.known);
  const auto inside = cell.map([&cell](Ball&) {
    const CellReport report = cell.report();
    EXPECT_EQ(report.state, CellState::kBusy);
#ifdef NDEBUG
    EXPECT_FALSE(report.holder.known);
#else
    EXPECT_TRUE(report.holder.known);
    EXPECT_EQ(report.holder.core, 0U);
    EXPECT_FALSE(report.holder.in_interrupt);
    EXPECT_NE(report.holder.return_address, nullptr);
#endif
  });
  EXPECT_TRUE(inside.has_value());
  EXPECT_FALSE(cell.report().holder.known);
  home.give_back(std::move(*cell.take()));
}

TEST(CellAnswers, HaveWords) {
  EXPECT_EQ(to_string(CellState::kEmpty), "empty");
  EXPECT_EQ(to_string(CellState::kFull), "full");
  EXPECT_EQ(to_string(CellState::kBusy), "busy");
  EXPECT_EQ(to_string(Absent::kEmpty), "empty");
  EXPECT_EQ(to_string(Absent::kBusy), "busy");
  EXPECT_EQ(to_string(Refusal::kFull), "full");
  EXPECT_EQ(to_string(Refusal::kBusy), "busy");
}

}  // namespace
}  // namespace baton::sync
