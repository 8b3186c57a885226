// Short bursts of real threads on one cell, each burst's history checked against the sequential
// specification, in the order of time: an operation that ended before another began comes before
// it.
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sync/atomic_take_cell.h"
#include "sync/pool.h"
#include "tests/model/linearizability.h"
#include "tests/model/sequential_specs.h"
#include "tests/stress/busted.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

using model::CellOperation;
using Kind = CellOperation::Kind;
using Reply = CellOperation::Answer;

constexpr int kThreads = 3;
constexpr int kMoves = 4;
constexpr std::size_t kBursts = 64;  // at a time

struct Ball {
  explicit Ball(int n) : number(n) {}
  int number;
};

struct Timed {
  CellOperation operation;
  std::uint64_t begin;
  std::uint64_t end;
};

/// A clock that orders what happens on all cores: each look at it is later than every earlier one.
class Clock {
 public:
  std::uint64_t now() { return ticks_.fetch_add(1, std::memory_order_seq_cst); }

 private:
  std::atomic<std::uint64_t> ticks_{0};
};

Reply reply(sync::Absent absent) {
  return absent == sync::Absent::kEmpty ? Reply::kEmpty : Reply::kBusy;
}
Reply reply(sync::Refusal refusal) {
  return refusal == sync::Refusal::kFull ? Reply::kFull : Reply::kBusy;
}

template <class Cell>
class Player {
 public:
  Player(Cell& cell, Clock& clock) : cell_(cell), clock_(clock) {}

  std::optional<sync::Owned<Ball>> hand;
  std::vector<Timed> history;

  void play(Random& random) {
    const std::uint64_t begin = clock_.now();
    if (pick(random, 3) == 0) return map(begin);
    if (!hand.has_value()) return take(begin);
    const int in = (*hand)->number;
    auto put = cell_.put(std::move(*hand));
    hand.reset();
    add(begin,
        {.kind = Kind::kPut, .answer = put ? Reply::kDone : reply(put.error().why), .in = in});
    if (!put) hand = std::move(put.error().object);
  }

 private:
  void add(std::uint64_t begin, CellOperation operation) {
    history.push_back({operation, begin, clock_.now()});
  }
  void take(std::uint64_t begin) {
    auto taken = cell_.take();
    if (!taken) return add(begin, {.kind = Kind::kTake, .answer = reply(taken.error())});
    add(begin, {.kind = Kind::kTake, .answer = Reply::kDone, .out = (*taken)->number});
    hand = std::move(*taken);
  }
  void map(std::uint64_t begin) {
    std::uint64_t leaving = 0;
    int which = 0;
    const auto ran = cell_.map([&](Ball& ball) {
      which = ball.number;
      add(begin, {.kind = Kind::kEnter, .answer = Reply::kDone, .out = which});
      leaving = clock_.now();
    });
    if (ran) return add(leaving, {.kind = Kind::kLeave, .answer = Reply::kDone, .in = which});
    add(begin, {.kind = Kind::kEnter, .answer = reply(ran.error())});
    if (ran.error() == sync::Absent::kEmpty) {
      add(begin, {.kind = Kind::kLeave, .answer = Reply::kDone});
    }
  }

  Cell& cell_;
  Clock& clock_;
};

template <class Cell>
void run(const Arguments& arguments, Verdict& verdict) {
  std::uint64_t operations = 0;
  std::uint64_t busy = 0;
  sync::Pool<Ball, 2 * kBursts> balls;
  // All bursts in one go of the threads: starting threads costs more than a burst.
  struct Burst {
    Cell cell;
    Clock clock;
    std::vector<Player<Cell>> players;
  };
  std::vector<std::unique_ptr<Burst>> bursts;
  const auto play_and_check = [&] {
    std::array<std::atomic<int>, kBursts> arrived{};
    run_together(kThreads, [&](int number) {
      Random random(arguments.seed + static_cast<std::uint64_t>(number) + operations * kThreads);
      for (std::size_t b = 0; b < bursts.size(); ++b) {
        // Release and acquire pair with each other: a burst begins when the one before has ended.
        arrived[b].fetch_add(1, std::memory_order_acq_rel);
        while (arrived[b].load(std::memory_order_acquire) < kThreads) yield_now();
        Player<Cell>& player = bursts[b]->players[static_cast<std::size_t>(number)];
        for (int move = 0; move < kMoves; ++move) player.play(random);
      }
    });
    for (const auto& burst : bursts) {
      std::vector<Timed> history;
      for (Player<Cell>& player : burst->players) {
        history.insert(history.end(), player.history.begin(), player.history.end());
      }
      std::vector<CellOperation> plain;
      for (const Timed& timed : history) {
        plain.push_back(timed.operation);
        busy += timed.operation.answer == Reply::kBusy ? 1U : 0U;
      }
      operations += history.size();
      if (!model::is_linearizable(model::CellSpec{}, plain, [&](std::size_t i, std::size_t j) {
            return history[i].end < history[j].begin;
          })) {
        verdict.fail("no order explains the answers of a burst");
      }
    }
    // What a cell still holds goes home with it.
    for (const auto& burst : bursts) static_cast<void>(burst->cell.take());
    bursts.clear();
  };
  for (int round = 0; round < arguments.rounds && !verdict.failed(); ++round) {
    auto burst = std::make_unique<Burst>();
    for (int i = 0; i < kThreads; ++i) burst->players.emplace_back(burst->cell, burst->clock);
    burst->players[0].hand = balls.make(1);
    burst->players[1].hand = balls.make(2);
    bursts.push_back(std::move(burst));
    if (bursts.size() == kBursts) play_and_check();
  }
  std::printf("operations=%llu busy=%llu\n", static_cast<unsigned long long>(operations),
              static_cast<unsigned long long>(busy));
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 6400, {"map_puts_back_by_exchange"});
  Verdict verdict;
  if (arguments.busted.empty()) {
    run<sync::AtomicTakeCell<Ball>>(arguments, verdict);
    run<sync::AtomicTakeCell<Ball, YieldingAtomics>>(arguments, verdict);
  } else {
    run<BustedCell<Ball>>(arguments, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
