// Every misuse that run time can see is reported through the one hook, with its culprit.  Debug
// builds only: a release build does not look.
#include "sync/misuse.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "arch/cpu.h"
#include "gtest/gtest.h"
#include "sync/atomic_take_cell.h"
#include "sync/batch.h"
#include "sync/inbox.h"
#include "sync/irq_take_cell.h"
#include "sync/map_cell.h"
#include "sync/pool.h"
#include "sync/static_owned.h"
#include "sync/take_cell.h"

#ifdef NDEBUG
#error "misuse is reported by debug builds"
#endif

namespace baton::sync {
namespace {

struct Ball {
  int n = 0;
  InboxHook<Ball> hook;
};

/// Runs `f` as core `core` would, in a thread or in an interrupt handler.
template <class F>
void as(unsigned core, bool in_interrupt, F&& f) {
  const unsigned core_before = std::exchange(arch::internal::hosted_core, core);
  arch::internal::hosted_interrupt_depth += in_interrupt ? 1U : 0U;
  f();
  arch::internal::hosted_interrupt_depth -= in_interrupt ? 1U : 0U;
  arch::internal::hosted_core = core_before;
}

class MisuseDeathTest : public testing::Test {
 protected:
  StaticOwned<Ball> home_;
  StaticOwned<Ball> other_home_;
};

TEST_F(MisuseDeathTest, TheHookGetsEverything) {
  static const void* the_cell = nullptr;
  IrqTakeCell<Ball> cell;
  the_cell = &cell;
  ASSERT_TRUE(cell.put(home_.claim()).has_value());
  EXPECT_EQ(set_misuse_hook([](const Misuse& misuse) {
              const bool right = misuse.object == the_cell && misuse.culprit.known &&
                                 misuse.culprit.core == 3 && misuse.culprit.in_interrupt &&
                                 misuse.culprit.return_address != nullptr && misuse.inside.known &&
                                 misuse.inside.core == 1 && !misuse.inside.in_interrupt &&
                                 misuse.inside.return_address != nullptr;
              std::fprintf(stderr, "%s: %s\n", right ? "all there" : "something missing",
                           misuse.what);
            }),
            nullptr);
  const auto meet = [&] {
    as(1, false, [&] {
      const auto lease = cell.lease();
      as(3, true, [&] { static_cast<void>(cell.take()); });
    });
  };
  EXPECT_DEATH(meet(), "all there: a cell of one core is touched from another core");
  EXPECT_NE(set_misuse_hook(nullptr), nullptr);
}

TEST_F(MisuseDeathTest, WithoutAHookOneLineSaysIt) {
  IrqTakeCell<Ball> cell;
  ASSERT_TRUE(cell.put(home_.claim()).has_value());
  const auto meet = [&] {
    as(1, false, [&] {
      const auto lease = cell.lease();
      as(3, true, [&] { static_cast<void>(cell.take()); });
    });
  };
  EXPECT_DEATH(meet(),
               "a cell of one core is touched from another core \\(object 0x[0-9a-f]+; core 3, an "
               "interrupt handler, at 0x[0-9a-f]+; inside: core 1, a thread, at 0x[0-9a-f]+\\)");
}

TEST_F(MisuseDeathTest, CellsOfOneCore) {
  IrqMapCell<int> cell{std::in_place, 1};
  const auto touch = [&](bool handler, unsigned core) {
    const auto lease = cell.lease();
    as(core, handler, [&] { EXPECT_EQ(cell.map([](int&) {}).error(), Absent::kBusy); });
  };
  touch(true, 0);  // what it is for
  touch(false, 0);
  EXPECT_DEATH(touch(false, 2),
               "a cell of one core is touched from another core.*core 2, a thread");
}

TEST_F(MisuseDeathTest, CellsOfOneContext) {
  TakeCell<Ball> cell;
  ASSERT_TRUE(cell.put(home_.claim()).has_value());
  const auto touch = [&](bool handler, unsigned core) {
    const auto lease = cell.lease();
    as(core, handler, [&] { EXPECT_EQ(cell.take().error(), Absent::kBusy); });
  };
  touch(false, 0);  // a nested call is an answer, not a misuse
  touch(false, 1);  // a thread may have moved to another core
  EXPECT_DEATH(touch(true, 0), "a cell of one context is touched from another");
  MapCell<int> value{std::in_place, 1};
  const auto touch_value = [&] {
    const auto lease = value.lease();
    as(0, true, [&] { static_cast<void>(value.put(2)); });
  };
  EXPECT_DEATH(touch_value(), "a cell of one context is touched from another");
}

TEST_F(MisuseDeathTest, AnyCoreMayMeetAnAtomicCell) {
  AtomicTakeCell<Ball> cell;
  ASSERT_TRUE(cell.put(home_.claim()).has_value());
  const auto lease = cell.lease();
  as(5, true, [&] { EXPECT_EQ(cell.take().error(), Absent::kBusy); });
}

TEST_F(MisuseDeathTest, ALeaseEndsWhereItBegan) {
  AtomicTakeCell<Ball> cell;
  ASSERT_TRUE(cell.put(home_.claim()).has_value());
  const auto pass_to_handler = [&] {
    auto lease = cell.lease();
    as(0, true, [&] { std::move(*lease).give_back(); });
  };
  EXPECT_DEATH(pass_to_handler(), "a cell is left in another context than it was entered in");
}

TEST_F(MisuseDeathTest, HandlesThatWereMovedFrom) {
  AtomicTakeCell<Ball> cell;
  Inbox<Ball, &Ball::hook> inbox;
  std::optional<Owned<Ball>> ball(home_.claim());
  home_.give_back(std::move(*ball));
  EXPECT_DEATH(static_cast<void>(cell.put(std::move(*ball))), "stored after it was moved from");
  EXPECT_DEATH(static_cast<void>(cell.replace(std::move(*ball))), "stored after it was moved from");
  EXPECT_DEATH(
      static_cast<void>(cell.modify_or_replace([](Ball&) {}, [&] { return std::move(*ball); })),
      "stored after it was moved from");
  EXPECT_DEATH(static_cast<void>(inbox.push(std::move(*ball))), "pushed after it was moved from");
  EXPECT_DEATH(ball->operator->()->n = 1, "used after it was moved from");
}

TEST_F(MisuseDeathTest, Homes) {
  std::optional<Owned<Ball>> ball(home_.claim());
  EXPECT_DEATH(static_cast<void>(home_.claim()), "claimed already \\(object 0x");
  EXPECT_DEATH(other_home_.give_back(std::move(*ball)), "given back to the wrong home \\(object");
  EXPECT_DEATH(ball.reset(), "handle was dropped.*\\(object 0x");
  home_.give_back(std::move(*ball));
}

}  // namespace
}  // namespace baton::sync
