// map_or, map_or_else, and_then and modify_or_replace, on every cell that has a map, in each of the
// three strengths; with values, handles, arrays, and objects seen through a base.
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_answers.h"
#include "sync/irq_take_cell.h"
#include "sync/map_cell.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/static_owned.h"
#include "sync/take_cell.h"

namespace baton::sync {
namespace {

struct Ball {
  explicit Ball(int number) : n(number) {}
  int n;
};

/// A cell of balls, and a way to put one in, for handles and for values alike.
template <template <class> class Cell>
struct Handles {
  Cell<Ball> cell;
  Pool<Ball, 4> balls;
  Owned<Ball> make(int n) { return std::move(*balls.make(n)); }
  bool all_home() const { return balls.available() == 4; }
};
template <template <class> class Cell>
struct Values {
  Cell<Ball> cell;
  static Ball make(int n) { return Ball(n); }
  static bool all_home() { return true; }
};

template <class T>
using AnyTake = AtomicTakeCell<T>;
template <class T>
using AnyMap = AtomicMapCell<T>;

template <class Fixture>
class CellOperations : public testing::Test {
 protected:
  Fixture fixture_;
};
using Cells = testing::Types<Handles<AnyTake>, Handles<IrqTakeCell>, Handles<TakeCell>,
                             Values<AnyMap>, Values<IrqMapCell>, Values<MapCell>>;
TYPED_TEST_SUITE(CellOperations, Cells);

int number_of(Ball& ball) { return ball.n; }

TYPED_TEST(CellOperations, MapOr) {
  auto& cell = this->fixture_.cell;
  EXPECT_EQ(cell.map_or(-1, number_of), -1);
  ASSERT_TRUE(cell.put(this->fixture_.make(3)).has_value());
  const auto full = cell.map_or(-1, [&](Ball& ball) {
    EXPECT_EQ(cell.map_or(-1, number_of).error(), Busy()) << "busy is not empty";
    return ball.n;
  });
  EXPECT_EQ(full.value(), 3);
  EXPECT_TRUE(cell.is_full());
  static_cast<void>(cell.take());
  EXPECT_TRUE(this->fixture_.all_home());
}

TYPED_TEST(CellOperations, MapOrElse) {
  auto& cell = this->fixture_.cell;
  const auto why = [](Absent absent) { return absent == Absent::kEmpty ? -1 : -2; };
  EXPECT_EQ(cell.map_or_else(why, number_of), -1);
  ASSERT_TRUE(cell.put(this->fixture_.make(4)).has_value());
  EXPECT_EQ(cell.map_or_else(
                why, [&](Ball& ball) { return ball.n + 10 * cell.map_or_else(why, number_of); }),
            4 - 20);
  std::optional<Absent> told;
  static_cast<void>(cell.map([&](Ball&) {
    cell.map_or_else([&](Absent absent) { told = absent; }, [](Ball&) { FAIL(); });
  }));
  EXPECT_EQ(told, Absent::kBusy);
  static_cast<void>(cell.take());
  EXPECT_TRUE(this->fixture_.all_home());
}

TYPED_TEST(CellOperations, AndThen) {
  auto& cell = this->fixture_.cell;
  AtomicMapCell<int> inner;
  const auto from_inner = [&](Ball& ball) {
    return inner.map([&](int& value) { return value + ball.n; });
  };
  EXPECT_EQ(cell.and_then(from_inner).error(), Absent::kEmpty) << "the outer one";
  ASSERT_TRUE(cell.put(this->fixture_.make(5)).has_value());
  EXPECT_EQ(cell.and_then(from_inner).error(), Absent::kEmpty) << "the inner one";
  ASSERT_TRUE(inner.put(10).has_value());
  EXPECT_EQ(cell.and_then(from_inner).value(), 15);
  EXPECT_EQ(cell.and_then([&](Ball&) { return cell.and_then(from_inner); }).error(), Absent::kBusy);
  const auto in_lease = inner.lease();
  EXPECT_EQ(cell.and_then(from_inner).error(), Absent::kBusy) << "the inner one";
  static_cast<void>(cell.take());
  EXPECT_TRUE(this->fixture_.all_home());
}

TYPED_TEST(CellOperations, ModifyOrReplace) {
  auto& cell = this->fixture_.cell;
  const auto add_one = [](Ball& ball) { ++ball.n; };
  const auto fail = [this]() {
    ADD_FAILURE() << "not wanted";
    return this->fixture_.make(0);
  };
  EXPECT_EQ(cell.modify_or_replace([](Ball&) { FAIL(); },
                                   [&] {
                                     EXPECT_EQ(cell.state(), CellState::kBusy);
                                     EXPECT_EQ(cell.map(number_of).error(), Absent::kBusy);
                                     auto refused = cell.put(this->fixture_.make(9));
                                     EXPECT_EQ(refused.error().why, Refusal::kBusy);
                                     return this->fixture_.make(1);
                                   }),
            Changed::kStored);
  EXPECT_EQ(cell.modify_or_replace(add_one, fail), Changed::kModified);
  EXPECT_EQ(cell.map(number_of).value(), 2);
  const auto nested =
      cell.map([&](Ball&) { return cell.modify_or_replace(add_one, fail).error(); });
  EXPECT_EQ(nested.value(), Busy());
  EXPECT_EQ(cell.map(number_of).value(), 2);
  static_cast<void>(cell.take());
  EXPECT_TRUE(this->fixture_.all_home());
}

TYPED_TEST(CellOperations, AnExceptionLeavesTheCellAsItWas) {
  auto& cell = this->fixture_.cell;
  const auto explode = []() -> decltype(this->fixture_.make(0)) { throw std::runtime_error("no"); };
  EXPECT_THROW(static_cast<void>(cell.modify_or_replace([](Ball&) {}, explode)),
               std::runtime_error);
  EXPECT_EQ(cell.state(), CellState::kEmpty);
  ASSERT_TRUE(cell.put(this->fixture_.make(6)).has_value());
  const auto break_off = [](Ball&) { throw std::runtime_error("no"); };
  EXPECT_THROW(static_cast<void>(cell.modify_or_replace(break_off, explode)), std::runtime_error);
  EXPECT_THROW(static_cast<void>(cell.map(break_off)), std::runtime_error);
  EXPECT_EQ(cell.map(number_of).value(), 6);
  static_cast<void>(cell.take());
  EXPECT_TRUE(this->fixture_.all_home());
}

TYPED_TEST(CellOperations, MoveOnlyResults) {
  auto& cell = this->fixture_.cell;
  const auto boxed = [](Ball& ball) { return std::make_unique<int>(ball.n); };
  EXPECT_EQ(*cell.map_or(std::make_unique<int>(-1), boxed).value(), -1);
  ASSERT_TRUE(cell.put(this->fixture_.make(8)).has_value());
  EXPECT_EQ(*cell.map_or(std::make_unique<int>(-1), boxed).value(), 8);
  EXPECT_EQ(*cell.map_or_else([](Absent) { return std::make_unique<int>(-1); }, boxed), 8);
  static_cast<void>(cell.take());
}

struct Shape {
  virtual ~Shape() = default;
  virtual std::string name() const = 0;
};
struct Circle final : Shape {
  std::string name() const override { return "circle"; }
};

TEST(Payloads, ThroughABase) {
  Pool<Circle, 1> circles;
  AtomicTakeCell<Shape> cell;
  ASSERT_TRUE(cell.put(std::move(*circles.make())).has_value());
  EXPECT_EQ(cell.map([](Shape& shape) { return shape.name(); }).value(), "circle");
  static_cast<void>(cell.take());
  EXPECT_EQ(circles.available(), 1U);
}

TEST(Payloads, Const) {
  StaticOwned<Ball> home(7);
  TakeCell<const Ball> cell;
  ASSERT_TRUE(cell.put(home.claim()).has_value());
  const auto seen = cell.map([](const Ball& ball) { return ball.n; });
  EXPECT_EQ(seen.value(), 7);
  EXPECT_EQ(cell.map_or(0, [](const Ball& ball) { return ball.n; }).value(), 7);
}

TEST(Payloads, Arrays) {
  AtomicMapCell<std::array<int, 64>> cell{std::in_place, std::array<int, 64>{1, 2, 3}};
  EXPECT_EQ(cell.map([](std::array<int, 64>& numbers) { return numbers[2]; }).value(), 3);
  Pool<std::array<char, 512>, 2> buffers;
  AtomicTakeCell<std::array<char, 512>> current;
  ASSERT_TRUE(current.put(std::move(*buffers.make())).has_value());
  static_cast<void>(current.take());
  EXPECT_EQ(buffers.available(), 2U);
}

}  // namespace
}  // namespace baton::sync
