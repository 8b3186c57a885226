// What every cell does in each of its three strengths: for any core, for one core, for one context.
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_answers.h"
#include "sync/irq_take_cell.h"
#include "sync/map_cell.h"
#include "sync/numeric_cell.h"
#include "sync/optional_cell.h"
#include "sync/pool.h"
#include "sync/take_cell.h"

namespace baton::sync {
namespace {

struct Ball {
  explicit Ball(int number) : n(number) {}
  int n;
};

constinit IrqTakeCell<Ball> g_irq_cell;
constinit TakeCell<Ball> g_cell;
constinit AtomicMapCell<int> g_full_map_cell{std::in_place, 3};
constinit IrqMapCell<std::unique_ptr<int>> g_map_cell;
constinit OptionalCell<std::uint16_t> g_optional_cell;
constinit IrqNumericCell<int> g_number{5};

struct AnyCore {
  template <class T>
  using Take = AtomicTakeCell<T>;
  template <class T>
  using Map = AtomicMapCell<T>;
  template <class T>
  using Optional = AtomicOptionalCell<T>;
  template <class T>
  using Numeric = AtomicNumericCell<T>;
};
struct OneCore {
  template <class T>
  using Take = IrqTakeCell<T>;
  template <class T>
  using Map = IrqMapCell<T>;
  template <class T>
  using Optional = IrqOptionalCell<T>;
  template <class T>
  using Numeric = IrqNumericCell<T>;
};
struct OneContext {
  template <class T>
  using Take = TakeCell<T>;
  template <class T>
  using Map = MapCell<T>;
  template <class T>
  using Optional = OptionalCell<T>;
  template <class T>
  using Numeric = NumericCell<T>;
};

template <class Strength>
class ThreeStrengths : public testing::Test {};
using Strengths = testing::Types<AnyCore, OneCore, OneContext>;
TYPED_TEST_SUITE(ThreeStrengths, Strengths);

TYPED_TEST(ThreeStrengths, TakeCell) {
  Pool<Ball, 3> balls;
  typename TypeParam::template Take<Ball> cell;
  EXPECT_EQ(cell.take().error(), Absent::kEmpty);
  EXPECT_EQ(cell.map([](Ball&) {}).error(), Absent::kEmpty);
  ASSERT_TRUE(cell.put(std::move(*balls.make(1))).has_value());
  auto refused = cell.put(std::move(*balls.make(2)));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().why, Refusal::kFull);
  const auto inside = cell.map([&](Ball& ball) {
    EXPECT_EQ(cell.take().error(), Absent::kBusy);
    EXPECT_EQ(cell.map([](Ball&) {}).error(), Absent::kBusy);
    auto replaced = cell.replace(std::move(refused.error().object));
    EXPECT_EQ(replaced.error().why, Refusal::kBusy);
    refused.error().object = std::move(replaced.error().object);
    return ball.n;
  });
  EXPECT_EQ(inside.value_or(0), 1);
  auto old = cell.replace(std::move(refused.error().object));
  ASSERT_TRUE(old.has_value() && old->has_value());
  EXPECT_EQ((**old)->n, 1);
  {
    auto lease = cell.lease();
    ASSERT_TRUE(lease.has_value());
    EXPECT_EQ(cell.state(), CellState::kBusy);
    EXPECT_EQ((*lease)->n, 2);
  }
  EXPECT_EQ((*cell.take())->n, 2);
  old->reset();
  EXPECT_EQ(balls.available(), 3U);
}

TYPED_TEST(ThreeStrengths, MapCell) {
  typename TypeParam::template Map<std::unique_ptr<int>> cell;
  EXPECT_EQ(cell.take().error(), Absent::kEmpty);
  EXPECT_EQ(cell.state(), CellState::kEmpty);
  ASSERT_TRUE(cell.put(std::make_unique<int>(1)).has_value());
  EXPECT_TRUE(cell.is_full());
  auto refused = cell.put(std::make_unique<int>(2));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().why, Refusal::kFull);
  EXPECT_EQ(*refused.error().value, 2);
  const auto inside = cell.map([&](std::unique_ptr<int>& value) {
    EXPECT_EQ(cell.state(), CellState::kBusy);
    EXPECT_EQ(cell.take().error(), Absent::kBusy);
    EXPECT_EQ(cell.lease().error(), Absent::kBusy);
    auto replaced = cell.replace(std::move(refused.error().value));
    EXPECT_EQ(replaced.error().why, Refusal::kBusy);
    refused.error().value = std::move(replaced.error().value);
    return ++*value;
  });
  EXPECT_EQ(inside.value_or(0), 2);
  auto old = cell.replace(std::move(refused.error().value));
  ASSERT_TRUE(old.has_value() && old->has_value());
  EXPECT_EQ(***old, 2);
  {
    auto lease = cell.lease();
    ASSERT_TRUE(lease.has_value());
    **lease = std::make_unique<int>(9);
  }
  EXPECT_EQ(**cell.take(), 9);
  EXPECT_EQ(cell.state(), CellState::kEmpty);
  auto first = cell.replace(std::make_unique<int>(4));
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(first->has_value());
  EXPECT_EQ(**cell.take(), 4);
}

TYPED_TEST(ThreeStrengths, MapCellStartsFull) {
  typename TypeParam::template Map<int> cell{std::in_place, 7};
  EXPECT_EQ(cell.get().value_or(0), 7);
  EXPECT_EQ(cell.get().value_or(0), 7);
  EXPECT_FALSE(cell.report().holder.known);
}

TYPED_TEST(ThreeStrengths, OptionalCell) {
  typename TypeParam::template Optional<std::int16_t> cell;
  EXPECT_FALSE(cell.get().has_value());
  EXPECT_FALSE(cell.is_full());
  EXPECT_TRUE(cell.put(-5));
  EXPECT_FALSE(cell.put(6));
  EXPECT_TRUE(cell.contains(-5));
  EXPECT_FALSE(cell.contains(6));
  EXPECT_EQ(cell.get(), std::int16_t{-5});
  EXPECT_EQ(cell.replace(7), std::int16_t{-5});
  EXPECT_EQ(cell.update([](std::int16_t v) { return static_cast<std::int16_t>(v + 1); }),
            std::int16_t{7});
  EXPECT_EQ(cell.take(), std::int16_t{8});
  EXPECT_FALSE(cell.take().has_value());
  EXPECT_FALSE(cell.update([](std::int16_t v) { return v; }).has_value());
  cell.set(0);
  EXPECT_TRUE(cell.is_full()) << "zero is a value";
  EXPECT_EQ(cell.get(), std::int16_t{0});
  cell.clear();
  EXPECT_FALSE(cell.is_full());
}

TYPED_TEST(ThreeStrengths, NumericCell) {
  typename TypeParam::template Numeric<std::uint32_t> cell{10};
  EXPECT_EQ(cell.increment(), 10U);
  EXPECT_EQ(cell.add(5), 11U);
  EXPECT_EQ(cell.subtract(6), 16U);
  EXPECT_EQ(cell.decrement(), 10U);
  EXPECT_EQ(cell.replace(1), 9U);
  EXPECT_EQ(cell.update([](std::uint32_t n) { return n * 8; }), 1U);
  EXPECT_EQ(cell.get(), 8U);
  cell.set(0);
  EXPECT_EQ(cell.decrement(), 0U);
  EXPECT_EQ(cell.get(), 0xffffffffU) << "wraps";
}

TEST(Cells, ConstinitStatics) {
  EXPECT_EQ(g_irq_cell.state(), CellState::kEmpty);
  EXPECT_EQ(g_cell.state(), CellState::kEmpty);
  EXPECT_EQ(g_full_map_cell.get().value_or(0), 3);
  EXPECT_EQ(g_map_cell.state(), CellState::kEmpty);
  EXPECT_FALSE(g_optional_cell.is_full());
  EXPECT_EQ(g_number.get(), 5);
}

}  // namespace
}  // namespace baton::sync
