// Model programs of SpscRing: what was accepted arrives once and in order, what was refused is back
// with its owner, and a cell is not filled again before it was read.
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "sync/owned.h"
#include "sync/spsc_ring.h"
#include "tests/model/atomics.h"
#include "tests/model/objects.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

constexpr int kBalls = 4;

template <std::size_t N, class Atomics = ModelAtomics>
struct Lane {
  sync::SpscRing<sync::Owned<Ball>, N, Atomics> ring;
  std::array<BallHome, kBalls> balls{BallHome{0}, BallHome{1}, BallHome{2}, BallHome{3}};
  std::array<Hand, kBalls> refused;
  std::array<Hand, kBalls> arrived;
  int count = 0;

  // Brings the indices to `place`, as the only thread: they wrap at 2N.
  void start_at(int place) {
    for (int i = 0; i < place; ++i) {
      require(ring.push(balls[0].claim()).has_value(), "an empty ring refused");
      balls[0].give_back(*ring.pop());
    }
  }
  void push(int number) {
    const auto n = static_cast<std::size_t>(number);
    sync::Owned<Ball> ball = balls[n].claim();
    touch(ball);
    if (auto pushed = ring.push(std::move(ball)); !pushed) {
      touch(pushed.error());
      refused[n] = std::move(pushed.error());
    }
  }
  void pop() {
    if (Hand ball = ring.pop()) {
      touch(*ball);
      arrived[static_cast<std::size_t>(count++)] = std::move(ball);
    }
  }
  // Afterwards: in order, and none missing.
  void finish(int pushes) {
    while (Hand ball = ring.pop()) arrived[static_cast<std::size_t>(count++)] = std::move(ball);
    for (int i = 1; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      require((*arrived[at])->number > (*arrived[at - 1])->number, "out of order");
    }
    Census census;
    for (Hand& hand : arrived) census.count(hand);
    for (Hand& hand : refused) census.count(hand);
    census.expect(pushes);
  }
};

template <std::size_t N>
void stream(Execution& run, int start, int pushes, int pops) {
  Lane<N> lane;
  lane.start_at(start);
  run.parallel({thread("producer",
                       [&] {
                         for (int i = 0; i < pushes; ++i) lane.push(i);
                       }),
                thread("consumer", [&] {
                  for (int i = 0; i < pops; ++i) lane.pop();
                })});
  require(lane.ring.size() <= N, "more values than cells");
  lane.finish(pushes);
}

void one_cell(Execution& run) { stream<1>(run, 0, 3, 3); }
void one_cell_at_the_wrap(Execution& run) { stream<1>(run, 1, 3, 3); }
void two_cells(Execution& run) { stream<2>(run, 0, 4, 3); }
void two_cells_at_the_wrap(Execution& run) { stream<2>(run, 3, 4, 3); }

// A full ring at the wrap: a push that finds room has waited for a pop.
void full_ring(Execution& run) {
  Lane<2> lane;
  lane.start_at(3);
  lane.push(0);
  lane.push(1);
  run.parallel({thread("producer",
                       [&] {
                         lane.push(2);
                         lane.push(3);
                       }),
                thread("consumer", [&] {
                  lane.pop();
                  lane.pop();
                })});
  lane.finish(4);
  require(lane.arrived[0].has_value() || lane.count >= 2, "lost: what was there before");
}

template <class Atomics>
void handler_produces(Execution& run) {
  Lane<1, Atomics> lane;
  lane.start_at(1);
  run.parallel({thread("consumer",
                       [&] {
                         lane.pop();
                         lane.pop();
                       }),
                interrupt("irq", 0, [&] { lane.push(0); }),
                interrupt("higher irq", 0, [&] { static_cast<void>(lane.ring.size()); }, 2)});
  lane.finish(1);
}

template <class Atomics>
void handler_consumes(Execution& run) {
  Lane<1, Atomics> lane;
  lane.start_at(1);
  run.parallel({thread("producer",
                       [&] {
                         lane.push(0);
                         lane.push(1);
                         lane.push(2);
                       }),
                interrupt("irq", 0, [&] { lane.pop(); })});
  lane.finish(3);
}

// An end that passes to another thread by a word that synchronizes.
void consumer_moves(Execution& run) {
  Lane<2> lane;
  Atomic<int> turn{0};
  lane.push(0);
  run.parallel({thread("producer", [&] { lane.push(1); }),
                thread("first consumer",
                       [&] {
                         lane.pop();
                         turn.store(1, std::memory_order_release);
                       }),
                thread("second consumer", [&] {
                  if (turn.load(std::memory_order_acquire) == 1) lane.pop();
                })});
  lane.finish(2);
}

constexpr Program kPrograms[] = {
    {"spsc ring: one cell", one_cell},
    {"spsc ring: one cell, at the wrap", one_cell_at_the_wrap},
    {"spsc ring: two cells", two_cells},
    {"spsc ring: two cells, at the wrap", two_cells_at_the_wrap},
    {"spsc ring: full", full_ring},
    {"spsc ring: a handler produces", handler_produces<ModelCoreAtomics>},
    {"spsc ring: a handler consumes", handler_consumes<ModelCoreAtomics>},
    {"spsc ring: a handler produces, any core", handler_produces<ModelAtomics>},
    {"spsc ring: the consumer's end passes on", consumer_moves},
};

}  // namespace

std::span<const Program> spsc_ring_programs() { return kPrograms; }

}  // namespace baton::model
