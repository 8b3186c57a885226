#include "kernel/sched/priority.h"

#include <type_traits>

#include "gtest/gtest.h"

namespace baton::kernel {
namespace {

TEST(Priority, MoreUrgentIsGreater) {
  for (int a = 0; a < Priority::kCount; ++a) {
    for (int b = 0; b < Priority::kCount; ++b) {
      EXPECT_EQ(Priority(a) < Priority(b), a < b);
      EXPECT_EQ(Priority(a) == Priority(b), a == b);
      EXPECT_EQ(Priority(a) >= Priority(b), a >= b);
    }
  }
}

TEST(Priority, Ends) {
  static_assert(Priority::lowest().value() == 0);
  static_assert(Priority::highest().value() == Priority::kCount - 1);
  static_assert(Priority::lowest() < Priority() && Priority() < Priority::highest());
  EXPECT_LT(kIdlePriority, Priority::lowest().value());
}

// A number is not a priority by accident.
TEST(Priority, IsNoNumber) {
  static_assert(!std::is_convertible_v<int, Priority>);
  static_assert(!std::is_convertible_v<Priority, int>);
  static_assert(sizeof(Priority) == 1);
}

template <int kValue>
concept Constant = requires { typename std::bool_constant<(Priority(kValue), true)>; };

TEST(Priority, OutOfRangeIsNoConstant) {
  static_assert(Constant<0> && Constant<31>);
  static_assert(!Constant<-1> && !Constant<32> && !Constant<256>);
}

TEST(PriorityDeathTest, OutOfRange) {
  for (int value : {-1, 32, 256 + 5}) {
    EXPECT_DEATH(static_cast<void>(Priority(value)), "assertion failed: value >= 0");
  }
}

}  // namespace
}  // namespace baton::kernel
