// Every history that the model checker can make of small programs is linearizable: each answer is
// one that the sequential specification could have given, in an order that respects happens-before.
//
// Programs are random, from printed seeds.  Happens-before, and not time, is the order that a
// history must respect: it is all that C++ promises to a program that looks at a relaxed answer.
#include "tests/model/linearizability.h"

#include <array>
#include <cstdio>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_answers.h"
#include "sync/inbox.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/history.h"
#include "tests/model/objects.h"
#include "tests/model/sequential_specs.h"

namespace baton::model {
namespace {

using CellKind = CellOperation::Kind;
using Reply = CellOperation::Answer;

Reply reply(sync::Absent absent) {
  return absent == sync::Absent::kEmpty ? Reply::kEmpty : Reply::kBusy;
}
Reply reply(sync::Refusal refusal) {
  return refusal == sync::Refusal::kFull ? Reply::kFull : Reply::kBusy;
}

class CellPlayer {
 public:
  using Cell = sync::AtomicTakeCell<Ball, ModelAtomics>;
  CellPlayer(Cell& cell, History<CellOperation>& history) : cell_(cell), history_(history) {}

  Hand hand;

  void play(int what) {
    switch (what) {
      case 0:
        return hand.has_value() ? put() : take();
      case 1:
        return hand.has_value() ? replace() : map();
      case 2:
        return map();
      default:
        return lease();
    }
  }

 private:
  static int number(const sync::Owned<Ball>& ball) { return ball->number + 1; }

  void take() {
    const Moment begin = moment();
    auto taken = cell_.take();
    if (taken) {
      history_.add(begin, {.kind = CellKind::kTake, .answer = Reply::kDone, .out = number(*taken)});
      hand = std::move(*taken);
    } else {
      history_.add(begin, {.kind = CellKind::kTake, .answer = reply(taken.error())});
    }
  }
  void put() {
    const int in = number(*hand);
    const Moment begin = moment();
    auto put = cell_.put(std::move(*hand));
    hand.reset();
    const Reply answer = put ? Reply::kDone : reply(put.error().why);
    history_.add(begin, {.kind = CellKind::kPut, .answer = answer, .in = in});
    if (!put) hand = std::move(put.error().object);
  }
  void replace() {
    const int in = number(*hand);
    const Moment begin = moment();
    auto replaced = cell_.replace(std::move(*hand));
    hand.reset();
    if (!replaced) {
      history_.add(begin,
                   {.kind = CellKind::kReplace, .answer = reply(replaced.error().why), .in = in});
      hand = std::move(replaced.error().object);
      return;
    }
    const int out = replaced->has_value() ? number(**replaced) : 0;
    history_.add(begin, {.kind = CellKind::kReplace, .answer = Reply::kDone, .in = in, .out = out});
    if (replaced->has_value()) hand = std::move(**replaced);
  }
  void not_entered(Moment begin, sync::Absent absent) {
    const Moment end = moment();
    history_.add(begin, end, {.kind = CellKind::kEnter, .answer = reply(absent)});
    if (absent == sync::Absent::kEmpty) {
      history_.add(begin, end, {.kind = CellKind::kLeave, .answer = Reply::kDone});
    }
  }
  void map() {
    const Moment begin = moment();
    Moment leaving;
    int which = 0;
    const auto ran = cell_.map([&](Ball& ball) {
      which = ball.number + 1;
      history_.add(begin, {.kind = CellKind::kEnter, .answer = Reply::kDone, .out = which});
      leaving = moment();
    });
    if (!ran) return not_entered(begin, ran.error());
    history_.add(leaving, {.kind = CellKind::kLeave, .answer = Reply::kDone, .in = which});
  }
  void lease() {
    const Moment begin = moment();
    auto lease = cell_.lease();
    if (!lease) return not_entered(begin, lease.error());
    const int which = (*lease)->number + 1;
    history_.add(begin, {.kind = CellKind::kEnter, .answer = Reply::kDone, .out = which});
    const Moment leaving = moment();
    const bool keep = !hand.has_value();
    if (keep) {
      hand = std::move(*lease).take();
    } else {
      std::move(*lease).give_back();
    }
    history_.add(leaving,
                 {.kind = CellKind::kLeave, .answer = Reply::kDone, .in = keep ? 0 : which});
  }

  Cell& cell_;
  History<CellOperation>& history_;
};

constexpr Options kOptions = {.max_executions = 200'000};

int pick(std::mt19937& random, int n) {
  return static_cast<int>(random() % static_cast<unsigned>(n));
}

TEST(Linearizability, AtomicTakeCell) {
  long executions = 0;
  constexpr unsigned kSeeds = 60;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    std::mt19937 random(seed);
    int moves[3][2];
    for (auto& thread_moves : moves) {
      for (int& move : thread_moves) move = pick(random, 4);
    }
    const bool interrupts = pick(random, 3) == 0;
    History<CellOperation> history;
    const Report report = explore(
        "cell",
        [&](Execution& run) {
          history.clear();
          CellPlayer::Cell cell;
          BallHome homes[3] = {BallHome{0}, BallHome{1}, BallHome{2}};
          CellPlayer players[3] = {{cell, history}, {cell, history}, {cell, history}};
          players[0].hand = homes[0].claim();
          players[1].hand = homes[1].claim();
          const auto play = [&](std::size_t i) {
            for (const int move : moves[i]) players[i].play(move);
          };
          const auto third = [&] { play(2); };
          run.parallel({thread("A", [&] { play(0); }), thread("B", [&] { play(1); }),
                        interrupts ? interrupt("irq", 0, third) : thread("C", third)});
          require(history.is_linearizable(CellSpec{}), "no order explains the answers");
          Census census;
          for (CellPlayer& player : players) census.count(player.hand);
          if (auto left = cell.take()) census.count(std::move(*left));
          census.expect(2);
        },
        kOptions);
    EXPECT_TRUE(report.ok) << "seed " << seed << ": " << report;
    executions += report.executions;
  }
  std::printf("cell: %u programs, %ld histories\n", kSeeds, executions);
}

TEST(Linearizability, Pool) {
  long executions = 0;
  for (const int third_moves : {0, 1}) {
    History<PoolOperation> history;
    const Report report = explore(
        "pool",
        [&](Execution& run) {
          history.clear();
          sync::Pool<Ball, 2, ModelAtomics> pool;
          // Slots are known by their addresses, the lower one first.
          const Ball* base = nullptr;
          {
            Hand first = pool.make(0);
            base = first->get();
          }
          const auto use = [&] {
            Moment begin = moment();
            Hand ball = pool.make(0);
            const int slot = !ball.has_value() ? 0 : ball->get() == base ? 1 : 2;
            history.add(begin, {.makes = true, .slot = slot});
            if (slot == 0) return;
            begin = moment();
            ball.reset();
            history.add(begin, {.makes = false, .slot = slot});
          };
          run.parallel({thread("A", use), thread("B", use), thread("C", [&] {
                          for (int i = 0; i < third_moves; ++i) use();
                        })});
          require(history.is_linearizable(PoolSpec{.free = 0b110}),
                  "no order explains the answers");
        },
        kOptions);
    EXPECT_TRUE(report.ok) << report;
    executions += report.executions;
  }
  std::printf("pool: %ld histories\n", executions);
}

TEST(Linearizability, Inbox) {
  History<InboxOperation> history;
  const Report report = explore("inbox", [&](Execution& run) {
    history.clear();
    sync::Inbox<Ball, &Ball::hook, ModelAtomics> inbox;
    BallHome homes[3] = {BallHome{0}, BallHome{1}, BallHome{2}};
    const auto push = [&](int number) {
      sync::Owned<Ball> ball = homes[number].claim();
      const Moment begin = moment();
      const bool was_empty = inbox.push(std::move(ball));
      history.add(begin, {.pushed = number + 1, .was_empty = was_empty});
    };
    const auto take = [&] {
      const Moment begin = moment();
      auto batch = inbox.take_all();
      std::vector<int> taken;
      while (auto ball = batch.pop_front()) {
        taken.push_back((*ball)->number + 1);
        homes[(*ball)->number].give_back(std::move(*ball));
      }
      history.add(begin, {.taken = std::move(taken)});
    };
    run.parallel({thread("A",
                         [&] {
                           push(0);
                           push(1);
                         }),
                  thread("B", [&] { push(2); }), thread("C", [&] {
                    take();
                    take();
                  })});
    take();
    require(history.is_linearizable(InboxSpec{}), "no order explains the answers");
  });
  EXPECT_TRUE(report.ok) << report;
  EXPECT_TRUE(report.complete);
  std::printf("inbox: %ld histories\n", report.executions);
}

// The search itself says no where it must.
TEST(Linearizability, RefusesWhatCannotBe) {
  const auto in_order = [](std::size_t i, std::size_t j) { return i < j; };
  const auto at_once = [](std::size_t, std::size_t) { return false; };
  const CellOperation put_1 = {.kind = CellKind::kPut, .answer = Reply::kDone, .in = 1};
  const CellOperation take_1 = {.kind = CellKind::kTake, .answer = Reply::kDone, .out = 1};
  const CellOperation take_nothing = {.kind = CellKind::kTake, .answer = Reply::kEmpty};
  const CellOperation take_busy = {.kind = CellKind::kTake, .answer = Reply::kBusy};
  using Cells = std::vector<CellOperation>;
  EXPECT_TRUE(is_linearizable(CellSpec{}, Cells{put_1, take_1}, in_order));
  EXPECT_FALSE(is_linearizable(CellSpec{}, Cells{take_1, put_1}, in_order));
  EXPECT_TRUE(is_linearizable(CellSpec{}, Cells{take_1, put_1}, at_once));
  EXPECT_FALSE(is_linearizable(CellSpec{}, Cells{put_1, take_nothing}, in_order));
  EXPECT_TRUE(is_linearizable(CellSpec{}, Cells{put_1, take_nothing}, at_once));
  EXPECT_FALSE(is_linearizable(CellSpec{}, Cells{put_1, take_1, take_1}, at_once));
  EXPECT_FALSE(is_linearizable(CellSpec{}, Cells{put_1, take_busy}, at_once))
      << "busy, and nobody was inside";
  using Inboxes = std::vector<InboxOperation>;
  const InboxOperation push_1 = {.pushed = 1, .was_empty = true};
  const InboxOperation push_2 = {.pushed = 2, .was_empty = false};
  EXPECT_TRUE(is_linearizable(InboxSpec{}, Inboxes{push_1, push_2, {.taken = {1, 2}}}, in_order));
  EXPECT_FALSE(is_linearizable(InboxSpec{}, Inboxes{push_1, push_2, {.taken = {2, 1}}}, at_once));
  using Pools = std::vector<PoolOperation>;
  EXPECT_FALSE(is_linearizable(PoolSpec{.free = 0b10}, Pools{{true, 1}, {true, 1}}, at_once));
  EXPECT_FALSE(is_linearizable(PoolSpec{.free = 0b10}, Pools{{true, 0}}, at_once));
}

}  // namespace
}  // namespace baton::model
