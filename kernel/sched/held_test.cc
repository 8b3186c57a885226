#include "kernel/sched/held.h"

#include <optional>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace baton::kernel {
namespace {

struct Runner {
  int steps = 0;
};

TEST(Held, GoesFromHandToHand) {
  Runner runner;
  Held<Runner> first(runner);
  EXPECT_TRUE(static_cast<bool>(first));
  first->steps = 1;
  Held<Runner> second(std::move(first));
  EXPECT_FALSE(static_cast<bool>(first));  // NOLINT(bugprone-use-after-move): what is left behind
  (*second).steps = 2;
  Held<Runner> third;
  EXPECT_FALSE(static_cast<bool>(third));
  third = std::move(second);
  EXPECT_FALSE(static_cast<bool>(second));  // NOLINT(bugprone-use-after-move): what is left behind
  EXPECT_EQ(&std::move(third).pass_on(), &runner);
  EXPECT_FALSE(static_cast<bool>(third));  // NOLINT(bugprone-use-after-move): what is left behind
  EXPECT_EQ(runner.steps, 2);
}

TEST(Held, IsNotCopied) {
  static_assert(!std::is_copy_constructible_v<Held<Runner>>);
  static_assert(!std::is_copy_assignable_v<Held<Runner>>);
  static_assert(!std::is_convertible_v<Runner&, Held<Runner>>);
}

TEST(HeldDeathTest, Dropped) {
  Runner runner;
  EXPECT_DEATH({ const Held<Runner> held(runner); }, "the right to run a thread is dropped");
}

TEST(HeldDeathTest, Overwritten) {
  Runner one;
  Runner two;
  EXPECT_DEATH(
      {
        Held<Runner> held(one);
        Held<Runner> other(two);
        held = std::move(other);
      },
      "the right to run a thread is overwritten");
}

}  // namespace
}  // namespace baton::kernel
