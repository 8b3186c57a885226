// A cell whose put does not release, for ThreadSanitizer, which must report the race: on this
// machine no counter can.
#include <memory>
#include <optional>
#include <utility>

#include "sync/pool.h"
#include "tests/stress/busted.h"
#include "tests/stress/stress.h"

namespace {

struct Ball {
  int uses = 0;
};

}  // namespace

int main() {
  baton::sync::Pool<Ball, 1> pool;
  baton::stress::BustedCell<Ball, std::memory_order_relaxed> cell;
  baton::stress::run_together(2, [&](int number) {
    constexpr int kRounds = 10'000;
    std::optional<baton::sync::Owned<Ball>> hand;
    if (number == 0) hand = pool.make();
    for (int round = 0; round < kRounds; ++round) {
      if (hand.has_value()) {
        ++(*hand)->uses;
        auto put = cell.put(std::move(*hand));
        hand.reset();
        if (!put) hand = std::move(put.error().object);
      } else if (auto taken = cell.take()) {
        hand = std::move(*taken);
      }
    }
  });
  static_cast<void>(cell.take());
  return 0;
}
