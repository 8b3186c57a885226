// Model programs of AtomicTakeCell: nothing lost, nothing duplicated, every holder sees what the
// last one wrote, and each answer is one that the table in sync/atomic_take_cell.h allows.
#include <array>
#include <optional>
#include <utility>

#include "sync/atomic_take_cell.h"
#include "tests/model/atomics.h"
#include "tests/model/objects.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

using sync::Absent;
using sync::CellState;
using sync::Owned;
using sync::Refusal;

using Cell = sync::AtomicTakeCell<Ball, ModelAtomics>;

/// One cell, two balls, and a hand per thread.
struct Court {
  Cell cell;
  BallHome first{0};
  BallHome second{1};
  std::array<Hand, 4> hands;

  void fill() {
    Owned<Ball> ball = first.claim();
    require(cell.put(std::move(ball)).has_value(), "an empty cell takes an object");
  }
  void finish(int balls) {
    Census census;
    for (Hand& hand : hands) census.count(hand);
    require(cell.state() != CellState::kBusy, "nobody is inside, and the cell is busy");
    if (auto left = cell.take()) census.count(std::move(*left));
    census.expect(balls);
  }
};

void take_into(Cell& cell, Hand& hand) {
  if (auto taken = cell.take()) {
    touch(*taken);
    hand = std::move(*taken);
  }
}

// Returns why it was refused, with the object back in the hand.
std::optional<Refusal> put_from(Cell& cell, Hand& hand) {
  touch(*hand);
  auto put = cell.put(std::move(*hand));
  hand.reset();
  if (put.has_value()) return std::nullopt;
  hand = std::move(put.error().object);
  touch(*hand);
  return put.error().why;
}

// True unless it was refused.
bool replace_from(Cell& cell, Hand& hand) {
  touch(*hand);
  auto replaced = cell.replace(std::move(*hand));
  hand.reset();
  if (!replaced.has_value()) {
    require(replaced.error().why == Refusal::kBusy, "replace is refused only as busy");
    hand = std::move(replaced.error().object);
    return false;
  }
  if (replaced->has_value()) {
    hand = std::move(**replaced);
    touch(*hand);
  }
  return true;
}

std::optional<Absent> map_once(Cell& cell) {
  const auto ran = cell.map([&cell](Ball& ball) {
    ball.value.write(ball.value.read() + 1);
    require(!cell.is_full(), "a cell that somebody is inside of looks full");
  });
  if (ran.has_value()) return std::nullopt;
  return ran.error();
}

void hand_over(Execution& run) {
  Court court;
  court.hands[0] = court.first.claim();
  run.parallel(
      {thread("putter",
              [&] { require(!put_from(court.cell, court.hands[0]), "pollers refuse no put"); }),
       thread("taker", [&] { take_into(court.cell, court.hands[1]); })});
  court.finish(1);
}

void two_putters_two_takers(Execution& run) {
  Court court;
  court.hands[0] = court.first.claim();
  court.hands[1] = court.second.claim();
  const auto put = [&court](Hand& hand) {
    const auto refused = put_from(court.cell, hand);
    require(!refused || *refused == Refusal::kFull, "takers make no cell busy");
  };
  run.parallel({thread("putter A", [&] { put(court.hands[0]); }),
                thread("putter B", [&] { put(court.hands[1]); }),
                thread("taker A", [&] { take_into(court.cell, court.hands[2]); }),
                thread("taker B", [&] { take_into(court.cell, court.hands[3]); })});
  court.finish(2);
}

void pass_round(Execution& run) {
  Court court;
  court.fill();
  const auto pass = [&court](Hand& hand) {
    for (int i = 0; i < 2; ++i) {
      take_into(court.cell, hand);
      if (hand.has_value()) require(!put_from(court.cell, hand), "whoever took may put");
    }
  };
  run.parallel({thread("A", [&] { pass(court.hands[0]); }),
                thread("B", [&] { pass(court.hands[1]); }),
                thread("C", [&] { pass(court.hands[2]); })});
  court.finish(1);
}

void pass_between_two(Execution& run) {
  Court court;
  court.fill();
  const auto pass = [&court](Hand& hand) {
    for (int i = 0; i < 2; ++i) {
      take_into(court.cell, hand);
      if (hand.has_value()) require(!put_from(court.cell, hand), "whoever took may put");
    }
  };
  run.parallel(
      {thread("A", [&] { pass(court.hands[0]); }), thread("B", [&] { pass(court.hands[1]); })});
  court.finish(1);
}

void two_mappers(Execution& run) {
  Court court;
  court.fill();
  std::array<int, 2> ran{};
  const auto map_twice = [&court](int& count) {
    for (int i = 0; i < 2; ++i) {
      const auto absent = map_once(court.cell);
      require(!absent || *absent == Absent::kBusy, "a cell that only mappers touch looks empty");
      count += absent ? 0 : 1;
    }
  };
  run.parallel({thread("A", [&] { map_twice(ran[0]); }), thread("B", [&] { map_twice(ran[1]); })});
  require(ran[0] + ran[1] >= 1, "everybody was refused as busy, and nobody was inside");
  require(
      court.cell.map([](Ball& ball) { return ball.value.read(); }).value_or(-1) == ran[0] + ran[1],
      "each map ran once");
  court.finish(1);
}

void map_take_put(Execution& run) {
  Court court;
  court.fill();
  court.hands[2] = court.second.claim();
  run.parallel(
      {thread("mapper", [&] { static_cast<void>(map_once(court.cell)); }),
       thread("taker", [&] { take_into(court.cell, court.hands[1]); }),
       thread("putter", [&] { static_cast<void>(put_from(court.cell, court.hands[2])); })});
  court.finish(2);
}

void map_of_empty(Execution& run) {
  Court court;
  court.hands[1] = court.first.claim();
  run.parallel({thread("mapper",
                       [&] {
                         static_cast<void>(map_once(court.cell));
                         static_cast<void>(map_once(court.cell));
                       }),
                thread("putter", [&] {
                  const auto refused = put_from(court.cell, court.hands[1]);
                  require(!refused || *refused == Refusal::kBusy, "an empty cell looks full");
                })});
  court.finish(1);
}

void replace_and_take(Execution& run) {
  Court court;
  court.fill();
  court.hands[0] = court.second.claim();
  run.parallel(
      {thread("replacer",
              [&] { require(replace_from(court.cell, court.hands[0]), "takers refuse nobody"); }),
       thread("taker", [&] { take_into(court.cell, court.hands[1]); }),
       thread("taker B", [&] { take_into(court.cell, court.hands[2]); })});
  court.finish(2);
}

void two_replacers_and_map(Execution& run) {
  Court court;
  court.hands[0] = court.first.claim();
  court.hands[1] = court.second.claim();
  run.parallel({thread("A", [&] { static_cast<void>(replace_from(court.cell, court.hands[0])); }),
                thread("B", [&] { static_cast<void>(replace_from(court.cell, court.hands[1])); }),
                thread("mapper", [&] { static_cast<void>(map_once(court.cell)); })});
  court.finish(2);
}

void lease_kept(Execution& run) {
  Court court;
  court.fill();
  court.hands[2] = court.second.claim();
  run.parallel({thread("tenant",
                       [&] {
                         if (auto lease = court.cell.lease()) {
                           (*lease)->value.write((*lease)->value.read() + 1);
                           court.hands[0] = std::move(*lease).take();
                           touch(*court.hands[0]);
                         }
                       }),
                thread("putter", [&] { static_cast<void>(put_from(court.cell, court.hands[2])); }),
                thread("taker", [&] { take_into(court.cell, court.hands[1]); })});
  court.finish(2);
}

void refused_put_hides_nothing(Execution& run) {
  Court court;
  court.fill();
  court.hands[0] = court.second.claim();
  run.parallel({thread("putter",
                       [&] {
                         const auto refused = put_from(court.cell, court.hands[0]);
                         require(refused == Refusal::kFull, "a full cell stays full");
                       }),
                thread("observer", [&] {
                  for (int i = 0; i < 2; ++i) {
                    require(court.cell.is_full(),
                            "a full cell, only looked at, does not look full");
                  }
                })});
  court.finish(2);
}

// Interrupts come in anywhere on the mapper's core, while another core takes part.
void interrupted_map(Execution& run) {
  Court court;
  court.fill();
  court.hands[1] = court.second.claim();
  run.parallel(
      {thread("mapper", [&] { static_cast<void>(map_once(court.cell)); }),
       interrupt("irq put", 0, [&] { static_cast<void>(put_from(court.cell, court.hands[1])); }),
       thread("taker", [&] { take_into(court.cell, court.hands[0]); })});
  court.finish(2);
}

void interrupted_take(Execution& run) {
  Court court;
  court.hands[1] = court.first.claim();
  run.parallel({thread("taker", [&] { take_into(court.cell, court.hands[0]); }),
                interrupt("irq put", 0, [&] {
                  require(!put_from(court.cell, court.hands[1]),
                          "a take that was interrupted refuses the handler's put");
                })});
  court.finish(1);
}

void interrupt_inside_interrupt(Execution& run) {
  Court court;
  court.fill();
  court.hands[2] = court.second.claim();
  run.parallel({thread("mapper", [&] { static_cast<void>(map_once(court.cell)); }),
                interrupt(
                    "irq low", 0, [&] { take_into(court.cell, court.hands[0]); }, 1),
                interrupt(
                    "irq high", 0,
                    [&] { static_cast<void>(replace_from(court.cell, court.hands[2])); }, 2)});
  court.finish(2);
}

// Works on the ball that is there, or stores its own: one operation, whoever comes in between.
void modify_or_store(Court& court, Hand& own) {
  const auto changed = court.cell.modify_or_replace(
      [](Ball& ball) { ball.value.write(ball.value.read() + 1); },
      [&court, &own] {
        require(!court.cell.is_full(), "a cell that somebody is inside of looks full");
        sync::Owned<Ball> made = std::move(*own);
        own.reset();
        touch(made);
        return made;
      });
  if (changed.has_value()) {
    require((*changed == sync::Changed::kStored) == !own.has_value(), "it did the other thing");
  } else {
    require(own.has_value(), "busy, and yet the new one was asked for");
  }
}

void two_that_modify_or_replace(Execution& run) {
  Court court;
  court.hands[0] = court.first.claim();
  court.hands[1] = court.second.claim();
  run.parallel({thread("A", [&] { modify_or_store(court, court.hands[0]); }),
                thread("B", [&] { modify_or_store(court, court.hands[1]); }),
                thread("taker", [&] { take_into(court.cell, court.hands[2]); })});
  court.finish(2);
}

void interrupted_modify_or_replace(Execution& run) {
  Court court;
  court.hands[0] = court.first.claim();
  court.hands[1] = court.second.claim();
  run.parallel({thread("thread",
                       [&] {
                         modify_or_store(court, court.hands[0]);
                         take_into(court.cell, court.hands[2]);
                       }),
                interrupt("irq", 0, [&] { modify_or_store(court, court.hands[1]); })});
  court.finish(2);
}

constexpr Program kPrograms[] = {
    {"cell: hand over", hand_over},
    {"cell: two putters, two takers", two_putters_two_takers},
    {"cell: pass round, three threads", pass_round},
    {"cell: pass between two, spurious failures", pass_between_two, {.spurious_failures = 2}},
    {"cell: two mappers", two_mappers},
    {"cell: map, take and put", map_take_put},
    {"cell: map of an empty cell", map_of_empty},
    {"cell: replace and take", replace_and_take},
    {"cell: two replacers and a map", two_replacers_and_map},
    {"cell: a lease that keeps the object", lease_kept},
    {"cell: a refused put hides nothing", refused_put_hides_nothing},
    {"cell: two that modify or replace", two_that_modify_or_replace},
    {"cell: modify or replace, interrupted", interrupted_modify_or_replace},
    {"cell: map, interrupted by put", interrupted_map},
    {"cell: take, interrupted by put", interrupted_take},
    {"cell: interrupts that nest", interrupt_inside_interrupt},
};

}  // namespace

std::span<const Program> atomic_take_cell_programs() { return kPrograms; }

}  // namespace baton::model
