// AtomicTakeCell under three threads that take, put, replace and map at random.
//
// Each ball's two fields are kept each other's complement by whoever holds it, so that two holders
// at once, or one who does not see what the last one wrote, are noticed (and reported by TSan).  In
// the end every ball is found once, and was used as often as the answers said.
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "sync/atomic_take_cell.h"
#include "sync/pool.h"
#include "tests/stress/busted.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

constexpr int kThreads = 3;
constexpr int kBalls = 3;

struct Ball {
  std::uint64_t uses = 0;
  std::uint64_t complement = ~std::uint64_t{0};
};

void use(Ball& ball, Verdict& verdict) {
  if (ball.complement != ~ball.uses) verdict.fail("torn: two holders at once");
  ++ball.uses;
  ball.complement = ~ball.uses;
}

template <class Cell>
void run(const Arguments& arguments, Verdict& verdict) {
  // On the heap, so that a sanitizer watches its edges.
  const auto pool = std::make_unique<sync::Pool<Ball, kBalls>>();
  Cell cell;
  struct Player {
    std::optional<sync::Owned<Ball>> hand;
    std::uint64_t uses = 0;
    std::uint64_t busy = 0;
  };
  std::array<Player, kThreads> players;
  for (Player& player : players) player.hand = pool->make();
  run_together(kThreads, [&](int number) {
    Player& me = players[static_cast<std::size_t>(number)];
    Random random(arguments.seed + static_cast<std::uint64_t>(number));
    const auto touch_hand = [&] {
      use(**me.hand, verdict);
      ++me.uses;
    };
    for (int round = 0; round < arguments.rounds; ++round) {
      switch (pick(random, 4)) {
        case 0:
          if (me.hand.has_value()) {
            auto put = cell.put(std::move(*me.hand));
            me.hand.reset();
            if (!put) {
              me.hand = std::move(put.error().object);
              touch_hand();
            }
          } else if (auto taken = cell.take()) {
            me.hand = std::move(*taken);
            touch_hand();
          }
          break;
        case 1:
          if (me.hand.has_value()) {
            auto replaced = cell.replace(std::move(*me.hand));
            me.hand.reset();
            if (!replaced) {
              ++me.busy;
              me.hand = std::move(replaced.error().object);
            } else if (replaced->has_value()) {
              me.hand = std::move(**replaced);
            }
            if (me.hand.has_value()) touch_hand();
          }
          break;
        default:
          if (cell.map([&](Ball& ball) { use(ball, verdict); })) ++me.uses;
          break;
      }
    }
  });
  std::uint64_t said = 0;
  std::uint64_t busy = 0;
  std::uint64_t used = 0;
  int found = 0;
  const auto count = [&](sync::Owned<Ball> ball) {
    used += ball->uses;
    ++found;
  };
  for (Player& player : players) {
    said += player.uses;
    busy += player.busy;
    if (player.hand.has_value()) count(std::move(*player.hand));
  }
  if (auto left = cell.take()) count(std::move(*left));
  std::printf("uses=%llu busy replaces=%llu balls lost=%d\n", static_cast<unsigned long long>(used),
              static_cast<unsigned long long>(busy), kBalls - found);
  if (found != kBalls || pool->available() != kBalls) verdict.fail("lost or duplicated: a ball");
  if (said != used) verdict.fail("lost: a use");
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 60'000, {"map_puts_back_by_exchange"});
  Verdict verdict;
  if (arguments.busted == "map_puts_back_by_exchange") {
    run<BustedCell<Ball>>(arguments, verdict);
  } else {
    run<sync::AtomicTakeCell<Ball>>(arguments, verdict);
    run<sync::AtomicTakeCell<Ball, YieldingAtomics>>(arguments, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
