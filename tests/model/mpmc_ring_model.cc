// Model programs of MpmcRing: what was accepted arrives once, each producer's in order, what was
// refused is back with its owner, and nobody is told "empty" or "full" who could know better.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sync/cell_answers.h"
#include "sync/mpmc_ring.h"
#include "sync/owned.h"
#include "tests/model/atomics.h"
#include "tests/model/objects.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

constexpr int kBalls = 4;

// Two cells; positions wrap at the third push.
struct Lane {
  sync::MpmcRing<sync::Owned<Ball>, 2, ModelAtomics> ring;
  std::array<BallHome, kBalls> balls{BallHome{0}, BallHome{1}, BallHome{2}, BallHome{3}};
  std::array<Hand, kBalls> refused;

  bool push(int number) {
    const auto n = static_cast<std::size_t>(number);
    sync::Owned<Ball> ball = balls[n].claim();
    touch(ball);
    auto pushed = ring.push(std::move(ball));
    if (pushed) return true;
    touch(pushed.error().value);
    refused[n] = std::move(pushed.error().value);
    return false;
  }
  // Brings both positions on by one.
  void turn() {
    require(ring.push(balls[0].claim()).has_value(), "an empty ring refused");
    auto ball = ring.pop();
    require(ball.has_value(), "a ring that holds a value is empty");
    balls[0].give_back(std::move(*ball));
  }
};

struct Taker {
  std::array<Hand, kBalls> hands;
  int count = 0;

  bool pop(Lane& lane) {
    auto ball = lane.ring.pop();
    if (!ball) return false;
    touch(*ball);
    hands[static_cast<std::size_t>(count++)] = std::move(*ball);
    return true;
  }
  // Of one producer's balls, `before` did not come after `after`.
  void expect_order(int before, int after) const {
    bool late = false;
    for (int i = 0; i < count; ++i) {
      const int number = (*hands[static_cast<std::size_t>(i)])->number;
      late = late || number == after;
      require(number != before || !late, "two pushes of one producer came in the wrong order");
    }
  }
};

template <std::size_t N>
void finish(Lane& lane, std::array<Taker, N>& takers, int pushes) {
  Taker rest;
  while (rest.pop(lane)) {
  }
  require(lane.ring.empty(), "an emptied ring is not empty");
  Census census;
  for (Hand& hand : rest.hands) census.count(hand);
  for (Taker& taker : takers) {
    for (Hand& hand : taker.hands) census.count(hand);
  }
  for (Hand& hand : lane.refused) census.count(hand);
  census.expect(pushes);
}

void two_producers(Execution& run) {
  Lane lane;
  lane.turn();
  std::array<Taker, 1> takers;
  run.parallel({thread("A", [&] { lane.push(0); }), thread("B", [&] { lane.push(1); }),
                thread("consumer", [&] {
                  takers[0].pop(lane);
                  takers[0].pop(lane);
                })});
  require(!lane.refused[0] && !lane.refused[1], "refused, and there was room");
  finish(lane, takers, 2);
}

void one_producer_in_order(Execution& run) {
  Lane lane;
  lane.turn();
  std::array<Taker, 1> takers;
  run.parallel({thread("producer",
                       [&] {
                         for (int i = 0; i < 3; ++i) lane.push(i);
                       }),
                thread("consumer", [&] {
                  takers[0].pop(lane);
                  takers[0].pop(lane);
                })});
  takers[0].expect_order(0, 1);
  takers[0].expect_order(1, 2);
  finish(lane, takers, 3);
}

void two_and_two(Execution& run) {
  Lane lane;
  lane.turn();
  std::array<Taker, 2> takers;
  run.parallel({thread("A",
                       [&] {
                         lane.push(0);
                         lane.push(1);
                       }),
                thread("B", [&] { lane.push(2); }),
                thread("C",
                       [&] {
                         takers[0].pop(lane);
                         takers[0].pop(lane);
                       }),
                thread("D", [&] { takers[1].pop(lane); })});
  takers[0].expect_order(0, 1);
  finish(lane, takers, 3);
}

void two_consumers(Execution& run) {
  Lane lane;
  lane.turn();
  lane.push(0);
  std::array<Taker, 2> takers;
  run.parallel({thread("producer", [&] { lane.push(1); }),
                thread("A", [&] { takers[0].pop(lane); }),
                thread("B", [&] { takers[1].pop(lane); })});
  require(takers[0].count + takers[1].count >= 1, "both found nothing, and one was there");
  finish(lane, takers, 2);
}

// The ring is full: who gets in has waited for a pop, whose cell it fills.
void full_ring(Execution& run) {
  Lane lane;
  lane.push(0);
  lane.push(1);
  std::array<Taker, 2> takers;
  run.parallel({thread("producer", [&] { lane.push(2); }),
                thread("A", [&] { takers[0].pop(lane); }),
                thread("B", [&] { takers[1].pop(lane); })});
  finish(lane, takers, 3);
}

void producers_compete(Execution& run) {
  Lane lane;
  lane.push(0);
  std::array<Taker, 1> takers;
  run.parallel({thread("A", [&] { lane.push(1); }), thread("B", [&] { lane.push(2); }),
                thread("consumer", [&] { takers[0].pop(lane); })});
  require(takers[0].count == 1, "what was there was not found");
  finish(lane, takers, 3);
}

// B's push has ended, and the consumer knows it: it may be told "busy", because of A, but not
// "empty".
void empty_is_not_busy(Execution& run) {
  Lane lane;
  lane.turn();
  std::array<Taker, 1> takers;
  Atomic<int> pushed{0};
  run.parallel({thread("A", [&] { lane.push(0); }),
                thread("B",
                       [&] {
                         lane.push(1);
                         pushed.store(1, std::memory_order_release);
                       }),
                thread("consumer", [&] {
                  if (pushed.load(std::memory_order_acquire) == 0) return;
                  auto ball = lane.ring.pop();
                  if (ball) {
                    touch(*ball);
                    takers[0].hands[0] = std::move(*ball);
                  } else {
                    require(ball.error() == sync::Absent::kBusy, "told empty, and it was not");
                  }
                })});
  finish(lane, takers, 2);
}

// Somebody who pops only after a push of his own leaves at least one: nobody finds the ring empty.
bool is_told_empty(Lane& lane, Taker& taker) {
  auto ball = lane.ring.pop();
  if (!ball) return ball.error() == sync::Absent::kEmpty;
  touch(*ball);
  taker.hands[static_cast<std::size_t>(taker.count++)] = std::move(*ball);
  return false;
}
void never_empty(Execution& run) {
  Lane lane;
  lane.turn();
  lane.push(0);
  std::array<Taker, 2> takers;
  run.parallel({thread("pushes and pops",
                       [&] {
                         if (lane.push(1)) takers[0].pop(lane);
                       }),
                thread("pops", [&] {
                  require(!is_told_empty(lane, takers[1]), "told empty, and it never was");
                })});
  finish(lane, takers, 2);
}
void never_empty_round_the_ring(Execution& run) {
  Lane lane;
  lane.push(0);
  lane.push(1);
  std::array<Taker, 3> takers;
  run.parallel({thread("pops first", [&] { takers[0].pop(lane); }),
                thread("pushes and pops",
                       [&] {
                         if (lane.push(2)) takers[1].pop(lane);
                       }),
                thread("pops", [&] {
                  require(!is_told_empty(lane, takers[2]), "told empty, and it never was");
                })});
  finish(lane, takers, 3);
}

// And the other way round: who pushes only after a pop of his own leaves room for one.
bool is_told_full(Lane& lane, int number) {
  sync::Owned<Ball> ball = lane.balls[static_cast<std::size_t>(number)].claim();
  touch(ball);
  auto pushed = lane.ring.push(std::move(ball));
  if (pushed) return false;
  const bool full = pushed.error().why == sync::Refusal::kFull;
  lane.refused[static_cast<std::size_t>(number)] = std::move(pushed.error().value);
  return full;
}
void never_full(Execution& run) {
  Lane lane;
  lane.turn();
  lane.push(0);
  std::array<Taker, 1> takers;
  int pushes = 2;
  run.parallel(
      {thread("pops and pushes",
              [&] {
                if (!takers[0].pop(lane)) return;
                ++pushes;
                lane.push(1);
              }),
       thread("pushes", [&] { require(!is_told_full(lane, 2), "told full, and it never was"); })});
  finish(lane, takers, pushes);
}
void never_full_round_the_ring(Execution& run) {
  Lane lane;
  lane.turn();
  std::array<Taker, 1> takers;
  int pushes = 2;
  run.parallel(
      {thread("pushes first", [&] { lane.push(0); }),
       thread("pops and pushes",
              [&] {
                if (!takers[0].pop(lane)) return;
                ++pushes;
                lane.push(1);
              }),
       thread("pushes", [&] { require(!is_told_full(lane, 2), "told full, and it never was"); })});
  finish(lane, takers, pushes);
}

// With nobody under way the answers are exact.
void alone(Execution& run) {
  Lane lane;
  run.parallel({thread("alone", [&] {
    for (int turn = 0; turn < 3; ++turn) {
      auto none = lane.ring.pop();
      require(!none && none.error() == sync::Absent::kEmpty, "an empty ring is not empty");
      require(lane.push(0) && lane.push(1), "an empty ring has room for two");
      auto third = lane.ring.push(lane.balls[2].claim());
      require(!third && third.error().why == sync::Refusal::kFull, "a full ring is not full");
      lane.balls[2].give_back(std::move(third.error().value));
      for (std::size_t i = 0; i < 2; ++i) {
        auto ball = lane.ring.pop();
        require(ball && (*ball)->number == static_cast<int>(i), "out of order");
        lane.balls[i].give_back(std::move(*ball));
      }
    }
  })});
}

void interrupted(Execution& run) {
  Lane lane;
  lane.turn();
  std::array<Taker, 2> takers;
  run.parallel({thread("thread",
                       [&] {
                         lane.push(0);
                         takers[0].pop(lane);
                       }),
                interrupt("irq", 0, [&] {
                  lane.push(1);
                  takers[1].pop(lane);
                })});
  finish(lane, takers, 2);
}

void interrupted_beside_another_core(Execution& run) {
  Lane lane;
  lane.push(0);
  std::array<Taker, 2> takers;
  run.parallel({thread("thread", [&] { takers[0].pop(lane); }),
                interrupt("irq", 0, [&] { lane.push(1); }),
                thread("other core", [&] { takers[1].pop(lane); })});
  finish(lane, takers, 2);
}

constexpr Program kPrograms[] = {
    {"mpmc ring: alone", alone},
    {"mpmc ring: one producer, in order", one_producer_in_order},
    {"mpmc ring: two producers", two_producers},
    {"mpmc ring: two consumers", two_consumers},
    {"mpmc ring: two and two", two_and_two},
    {"mpmc ring: full", full_ring},
    {"mpmc ring: producers compete", producers_compete, {.spurious_failures = 1}},
    {"mpmc ring: empty is not busy", empty_is_not_busy},
    {"mpmc ring: never empty", never_empty},
    {"mpmc ring: never empty, round the ring", never_empty_round_the_ring},
    {"mpmc ring: never full", never_full},
    {"mpmc ring: never full, round the ring", never_full_round_the_ring},
    {"mpmc ring: interrupted", interrupted},
    {"mpmc ring: interrupted, and another core", interrupted_beside_another_core},
};

}  // namespace

std::span<const Program> mpmc_ring_programs() { return kPrograms; }

}  // namespace baton::model
