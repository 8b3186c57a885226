// A cell whose put does not release, for ThreadSanitizer, which must report the race: on this
// machine no counter can.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
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
  // Hand-offs to each thread, until both have had enough of them: on a machine with one free core a
  // thread could else be done before the other begins.  Relaxed: an order would mend what is
  // broken.
  constexpr int kEnough = 100;
  std::array<std::atomic<int>, 2> received{};
  const auto enough = [&received] {
    return std::ranges::all_of(received, [](const std::atomic<int>& count) {
      return count.load(std::memory_order_relaxed) >= kEnough;
    });
  };
  baton::stress::run_together(2, [&](int number) {
    std::optional<baton::sync::Owned<Ball>> hand;
    if (number == 0) hand = pool.make();
    while (!enough()) {
      if (hand.has_value()) {
        ++(*hand)->uses;
        auto put = cell.put(std::move(*hand));
        hand.reset();
        if (!put) hand = std::move(put.error().object);
        std::this_thread::yield();
      } else if (auto taken = cell.take()) {
        hand = std::move(*taken);
        received[static_cast<std::size_t>(number)].fetch_add(1, std::memory_order_relaxed);
      }
    }
  });
  static_cast<void>(cell.take());
  return 0;
}
