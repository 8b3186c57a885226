// Model programs of IrqTakeCell: AtomicTakeCell with every order relaxed, between a thread and the
// interrupt handlers of its core.
#include <array>
#include <utility>

#include "sync/atomic_take_cell.h"
#include "tests/model/atomics.h"
#include "tests/model/objects.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

using Cell = sync::AtomicTakeCell<Ball, ModelCoreAtomics>;

struct Court {
  Cell cell;
  BallHome homes[2] = {BallHome{0}, BallHome{1}};
  std::array<Hand, 3> hands;

  void put(Hand& hand) {
    touch(*hand);
    auto put = cell.put(std::move(*hand));
    hand.reset();
    if (!put) hand = std::move(put.error().object);
  }
  void take(Hand& hand) {
    if (auto taken = cell.take()) {
      touch(*taken);
      hand = std::move(*taken);
    }
  }
  void replace(Hand& hand) {
    touch(*hand);
    auto replaced = cell.replace(std::move(*hand));
    hand.reset();
    if (!replaced) {
      hand = std::move(replaced.error().object);
    } else if (replaced->has_value()) {
      hand = std::move(**replaced);
    }
  }
  bool map() {
    return cell.map([](Ball& ball) { ball.value.write(ball.value.read() + 1); }).has_value();
  }
  void fill() { require(cell.put(homes[0].claim()).has_value(), "an empty cell takes an object"); }
  void finish(int balls) {
    Census census;
    for (Hand& hand : hands) census.count(hand);
    if (auto left = cell.take()) census.count(std::move(*left));
    census.expect(balls);
  }
};

void map_and_put(Execution& run) {
  Court court;
  court.fill();
  court.hands[1] = court.homes[1].claim();
  run.parallel({thread("thread",
                       [&] {
                         require(court.map(), "nobody is inside, and the cell is busy");
                         court.take(court.hands[0]);
                       }),
                interrupt("irq", 0, [&] { court.put(court.hands[1]); })});
  court.finish(2);
}

void map_and_take(Execution& run) {
  Court court;
  court.fill();
  run.parallel({thread("thread",
                       [&] {
                         static_cast<void>(court.map());
                         static_cast<void>(court.map());
                       }),
                interrupt("irq", 0, [&] { court.take(court.hands[0]); })});
  court.finish(1);
}

void take_put_and_replace(Execution& run) {
  Court court;
  court.fill();
  court.hands[1] = court.homes[1].claim();
  run.parallel({thread("thread",
                       [&] {
                         court.take(court.hands[0]);
                         if (court.hands[0].has_value()) court.put(court.hands[0]);
                       }),
                interrupt("irq", 0, [&] { court.replace(court.hands[1]); })});
  court.finish(2);
}

void lease_and_map(Execution& run) {
  Court court;
  court.fill();
  bool ran = false;
  run.parallel({thread("thread",
                       [&] {
                         if (auto lease = court.cell.lease()) {
                           (*lease)->value.write((*lease)->value.read() + 1);
                           court.hands[0] = std::move(*lease).take();
                         }
                       }),
                interrupt("irq", 0, [&] { ran = court.map(); })});
  require(court.hands[0].has_value(), "a handler that is done leaves the cell full");
  require((*court.hands[0])->value.read() == (ran ? 2 : 1), "lost: a use");
  court.finish(1);
}

void handlers_that_nest(Execution& run) {
  Court court;
  court.fill();
  court.hands[1] = court.homes[1].claim();
  run.parallel({thread("thread", [&] { static_cast<void>(court.map()); }),
                interrupt(
                    "low", 0, [&] { court.take(court.hands[0]); }, 1),
                interrupt("high", 0, [&] { court.replace(court.hands[1]); }, 2)});
  court.finish(2);
}

constexpr Program kPrograms[] = {
    {"irq cell: map and put", map_and_put},
    {"irq cell: map and take", map_and_take},
    {"irq cell: take, put and replace", take_put_and_replace, {.spurious_failures = 1}},
    {"irq cell: lease and map", lease_and_map},
    {"irq cell: handlers that nest", handlers_that_nest},
};

}  // namespace

std::span<const Program> irq_take_cell_programs() { return kPrograms; }

}  // namespace baton::model
