// AtomicTakeCell and StaticOwned: one object, two cores.  Whoever has it may use it; nobody waits
// for a lock.
#include <cstdio>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sync/atomic_take_cell.h"
#include "sync/static_owned.h"

namespace {

struct Ball {
  int touched = 0;
};

constinit baton::sync::StaticOwned<Ball> g_ball;
constinit baton::sync::AtomicTakeCell<Ball> g_cell;

// Takes the ball when it is there, touches it, puts it back.
void play(int touches) {
  while (touches > 0) {
    auto ball = g_cell.take();
    if (!ball) continue;  // empty: the other one has it
    ++(*ball)->touched;
    --touches;
    const auto put = g_cell.put(std::move(*ball));
    BATON_CHECK(put.has_value());  // who took the only ball finds the cell empty
  }
}

}  // namespace

int main() {
  BATON_CHECK(g_cell.put(g_ball.claim()).has_value());
  std::thread other(play, 1000);
  play(1000);
  other.join();
  const int touched = g_cell.map([](const Ball& ball) { return ball.touched; }).value_or(0);
  std::printf("touched %d times\n", touched);
  BATON_CHECK(touched == 2000);
  return 0;
}
