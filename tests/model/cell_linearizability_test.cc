// Every history that the model checker can make of small programs over MapCell, OptionalCell,
// NumericCell and CombiningCell is linearizable, in the order of happens-before (see
// linearizability_test.cc), between cores and between a thread and its core's handlers.  On torn
// atomics the search finds histories that no order explains.
#include <array>
#include <cstdint>
#include <cstdio>
#include <random>
#include <utility>

#include "gtest/gtest.h"
#include "sync/combining_cell.h"
#include "sync/map_cell.h"
#include "sync/numeric_cell.h"
#include "sync/optional_cell.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"
#include "tests/model/cell_players.h"
#include "tests/model/explorer.h"
#include "tests/model/history.h"
#include "tests/model/sequential_specs.h"

namespace baton::model {
namespace {

constexpr Options kOptions = {.max_executions = 200'000};
constexpr std::size_t kThreads = 3;
constexpr std::size_t kMoves = 2;

/// What three contexts do, one after the other.
struct Plan {
  std::array<std::array<unsigned, kMoves>, kThreads> moves{};
  bool interrupts = false;  // the third is a handler of the first one's core

  Plan(unsigned seed, unsigned kinds, bool with_interrupts) : interrupts(with_interrupts) {
    std::mt19937 random(seed);
    for (auto& thread_moves : moves) {
      for (unsigned& move : thread_moves) move = static_cast<unsigned>(random() % kinds);
    }
  }
};

/// One execution: `start(players)` before, and the histories afterwards.
template <class Player, class Spec, class Cell, class Operation, class Start>
void play(Execution& run, const Plan& plan, History<Operation>& history, Start&& start) {
  history.clear();
  Cell cell;
  std::array<Player, kThreads> players = {
      {{cell, history, 1}, {cell, history, 2}, {cell, history, 3}}};
  start(players);
  const auto context = [&](std::size_t i) {
    for (const unsigned move : plan.moves[i]) players[i].play(move);
  };
  const auto third = [&] { context(2); };
  run.parallel({thread("A", [&] { context(0); }), thread("B", [&] { context(1); }),
                plan.interrupts ? interrupt("irq", 0, third) : thread("C", third)});
  require(history.is_linearizable(Spec{}), "no order explains the answers");
}

template <class Player, class Spec, class Cell, class Operation, class Start>
void play_many(const char* name, Start&& start) {
  long executions = 0;
  constexpr unsigned kSeeds = 40;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    const Plan plan(seed, Player::kMoves, seed % 3 == 0);
    History<Operation> history;
    const Report report = explore(
        name,
        [&](Execution& run) { play<Player, Spec, Cell, Operation>(run, plan, history, start); },
        kOptions);
    EXPECT_TRUE(report.ok) << "seed " << seed << ": " << report;
    executions += report.executions;
  }
  std::printf("%s: %u programs, %ld histories\n", name, kSeeds, executions);
}

/// One core only, on torn atomics: a thread and a handler, until a history is found that cannot be.
template <class Player, class Spec, class Cell, class Operation, class Start>
void expect_refused_when_torn(const char* name, Start&& start) {
  constexpr unsigned kSeeds = 40;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    const Plan plan(seed, Player::kMoves, true);
    History<Operation> history;
    const Report report = explore(
        name,
        [&](Execution& run) {
          history.clear();
          Cell cell;
          std::array<Player, 2> players = {{{cell, history, 1}, {cell, history, 2}}};
          start(players);
          const auto context = [&](std::size_t i) {
            for (const unsigned move : plan.moves[i]) players[i].play(move);
          };
          run.parallel(
              {thread("thread", [&] { context(0); }), interrupt("irq", 0, [&] { context(1); })});
          require(history.is_linearizable(Spec{}), "no order explains the answers");
        },
        kOptions);
    if (!report.ok && report.what == "no order explains the answers") {
      std::printf("%s: found by program %u, after %ld executions\n", name, seed, report.executions);
      return;
    }
  }
  ADD_FAILURE() << name << ": on torn atomics every history can be explained";
}

constexpr auto kNothing = [](auto&) {};
constexpr auto kFullHands = [](auto& players) {
  players[0].hand = 100;
  players[1].hand = 200;
};

template <class Policy>
struct Map {
  using Cell = sync::AtomicMapCell<int, Policy>;
  using Player = MapPlayer<Cell, History<MapOperation>>;
};
template <class Policy>
struct Optional {
  using Cell = sync::AtomicOptionalCell<std::uint8_t, Policy>;
  using Player = OptionalPlayer<Cell, History<OptionalOperation>>;
};
template <class Policy>
struct Numeric {
  using Cell = sync::AtomicNumericCell<int, Policy>;
  using Player = NumericPlayer<Cell, History<NumericOperation>>;
};

TEST(Linearizability, AtomicMapCell) {
  using It = Map<ModelAtomics>;
  play_many<It::Player, MapSpec, It::Cell, MapOperation>("map cell", kFullHands);
}
TEST(Linearizability, AtomicOptionalCell) {
  using It = Optional<ModelAtomics>;
  play_many<It::Player, OptionalSpec, It::Cell, OptionalOperation>("optional cell", kNothing);
}
TEST(Linearizability, AtomicNumericCell) {
  using It = Numeric<ModelAtomics>;
  play_many<It::Player, NumericSpec, It::Cell, NumericOperation>("numeric cell", kNothing);
}

TEST(Linearizability, TornCellsAreRefused) {
  using TornMap = Map<ModelTornAtomics>;
  expect_refused_when_torn<TornMap::Player, MapSpec, TornMap::Cell, MapOperation>("torn map cell",
                                                                                  kFullHands);
  using TornOptional = Optional<ModelTornAtomics>;
  expect_refused_when_torn<TornOptional::Player, OptionalSpec, TornOptional::Cell,
                           OptionalOperation>("torn optional cell", kNothing);
  using TornNumeric = Numeric<ModelTornAtomics>;
  expect_refused_when_torn<TornNumeric::Player, NumericSpec, TornNumeric::Cell, NumericOperation>(
      "torn numeric cell", kNothing);
}

using Runs = History<CombiningOperation>;
using Request = RunRequest<Runs, ModelAtomics>;
template <class Policy>
using Combiner = sync::CombiningCell<RunBook<Runs>, Request, &Request::hook, Policy>;

template <class Policy>
void combine(Execution& run, Runs& history, unsigned max_extra, bool one_core) {
  history.clear();
  using Cell = Combiner<Policy>;
  Cell cell(max_extra, [](Cell&) {});
  sync::StaticOwned<RunBook<Runs>, ModelAtomics> book;
  {
    auto handle = book.claim();
    handle->recorder = &history;
    cell.install(std::move(handle));
  }
  std::array<Request::Home, 4> homes;
  CombiningPlayer<Cell, Runs, ModelAtomics> player(cell, history);
  const auto first = [&] {
    player.submit(homes[0], 1);
    player.submit(homes[1], 2);
  };
  const auto second = [&] { player.submit(homes[2], 3); };
  const auto third = [&] { player.submit(homes[3], 4); };
  if (one_core) {
    run.parallel(
        {thread("thread", first), interrupt("low", 0, second, 1), interrupt("high", 0, third, 2)});
  } else {
    run.parallel({thread("A", first), thread("B", second)});
  }
  for (int left = 0; left < 4; ++left) cell.drain();
  require(history.is_linearizable(CombiningSpec{}), "no order explains the runs");
  require(history.size() == (one_core ? 8U : 6U), "stranded: a request did not run");
  auto handle = cell.remove();
  require(handle.has_value(), "somebody is still inside");
  book.give_back(std::move(*handle));
}

TEST(Linearizability, CombiningCell) {
  long executions = 0;
  for (const unsigned max_extra : {0U, 1U, 100U}) {
    Runs history;
    for (const bool one_core : {false, true}) {
      const Report report =
          explore(one_core ? "combining, one core" : "combining, any core", [&](Execution& run) {
            if (one_core) {
              combine<ModelCoreAtomics>(run, history, max_extra, true);
            } else {
              combine<ModelAtomics>(run, history, max_extra, false);
            }
          });
      EXPECT_TRUE(report.ok) << report;
      EXPECT_TRUE(report.complete) << report;
      executions += report.executions;
    }
  }
  std::printf("combining cell: %ld histories\n", executions);
}

// The specifications themselves say no where they must.
TEST(Linearizability, SpecificationsRefuse) {
  using M = MapOperation;
  const auto all = [](auto spec, const auto& operations) {
    for (const auto& op : operations) {
      if (!spec.apply(op)) return false;
    }
    return true;
  };
  const M enter_1 = {.kind = M::Kind::kEnter, .out = 7, .visit = 1};
  const M leave_1 = {.kind = M::Kind::kLeave, .in = 7, .visit = 1};
  const M leave_2 = {.kind = M::Kind::kLeave, .in = 7, .visit = 2};
  const M refused = {.kind = M::Kind::kEnter, .answer = M::Answer::kBusy, .visit = 3};
  EXPECT_TRUE(all(MapSpec{.content = 7}, std::array{enter_1, refused, leave_1}));
  EXPECT_FALSE(all(MapSpec{.content = 7}, std::array{refused})) << "busy, and nobody was inside";
  EXPECT_FALSE(all(MapSpec{.content = 7}, std::array{enter_1, enter_1})) << "two inside";
  EXPECT_FALSE(all(MapSpec{.content = 7}, std::array{enter_1, leave_2})) << "another one leaves";
  EXPECT_FALSE(all(MapSpec{.content = 8}, std::array{enter_1})) << "a value that was not there";
  using O = OptionalOperation;
  const O put = {.kind = O::Kind::kPut, .in = 1, .done = true};
  const O take = {.kind = O::Kind::kTake, .out = 1};
  EXPECT_TRUE(all(OptionalSpec{}, std::array{put, take}));
  EXPECT_FALSE(all(OptionalSpec{}, std::array{put, put}));
  EXPECT_FALSE(all(OptionalSpec{}, std::array{put, take, take}));
  using N = NumericOperation;
  const N add = {.kind = N::Kind::kAdd, .in = 1, .out = 0};
  EXPECT_TRUE(all(NumericSpec{}, std::array{add}));
  EXPECT_FALSE(all(NumericSpec{}, std::array{add, add})) << "a lost addition";
  using C = CombiningOperation;
  const C submit_1 = {.runs = false, .request = 1};
  const C submit_2 = {.runs = false, .request = 2};
  const C run_1 = {.runs = true, .request = 1};
  const C run_2 = {.runs = true, .request = 2};
  EXPECT_TRUE(all(CombiningSpec{}, std::array{submit_1, submit_2, run_1, run_2}));
  EXPECT_FALSE(all(CombiningSpec{}, std::array{submit_1, submit_2, run_2}));
  EXPECT_FALSE(all(CombiningSpec{}, std::array{submit_1, run_1, run_1}));
  EXPECT_FALSE(all(CombiningSpec{}, std::array{run_1}));
}

}  // namespace
}  // namespace baton::model
