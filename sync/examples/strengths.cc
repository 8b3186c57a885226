// One shape, three strengths: the same code on a cell for any core, for one core with its interrupt
// handlers, and for one context.
#include <cstdio>
#include <utility>

#include "base/assert.h"
#include "sync/atomic_take_cell.h"
#include "sync/irq_take_cell.h"
#include "sync/owned.h"
#include "sync/static_owned.h"
#include "sync/take_cell.h"

namespace {

struct Ball {
  int touched = 0;
};

constinit baton::sync::StaticOwned<Ball> g_ball;
constinit baton::sync::AtomicTakeCell<Ball> g_any_core;
constinit baton::sync::IrqTakeCell<Ball> g_one_core;
constinit baton::sync::TakeCell<Ball> g_one_context;

template <class Cell>
baton::sync::Owned<Ball> play(Cell& cell, baton::sync::Owned<Ball> ball) {
  BATON_CHECK(cell.put(std::move(ball)).has_value());
  BATON_CHECK(cell.map([](Ball& b) { ++b.touched; }).has_value());
  auto taken = cell.take();
  BATON_CHECK(taken.has_value());
  return std::move(*taken);
}

}  // namespace

int main() {
  baton::sync::Owned<Ball> ball = play(g_any_core, g_ball.claim());
  ball = play(g_one_core, std::move(ball));
  ball = play(g_one_context, std::move(ball));
  std::printf("touched %d times\n", ball->touched);
  BATON_CHECK(ball->touched == 3);
  g_ball.give_back(std::move(ball));
  return 0;
}
