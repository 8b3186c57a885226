// Bursts of real threads on one MapCell, OptionalCell, NumericCell or CombiningCell, each burst's
// history checked against the sequential specification (see bursts.h).
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "sync/atomics.h"
#include "sync/combining_cell.h"
#include "sync/map_cell.h"
#include "sync/numeric_cell.h"
#include "sync/optional_cell.h"
#include "sync/static_owned.h"
#include "tests/model/cell_players.h"
#include "tests/model/sequential_specs.h"
#include "tests/stress/bursts.h"
#include "tests/stress/busted.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

constexpr int kMoves = 4;

/// Three players at random on one cell.
template <class Cell, class Player, class Spec, class Operation>
class CellBurst {
 public:
  CellBurst() {
    if constexpr (requires { players_[0].hand; }) {
      players_[0].hand = 100;
      players_[1].hand = 200;
    }
  }
  void play(std::size_t number, Random& random) {
    for (int move = 0; move < kMoves; ++move) players_[number].play(pick(random, Player::kMoves));
  }
  std::size_t check(Verdict& verdict) {
    Recording<Operation> all(clock_);
    for (const auto& recording : recordings_) all.append(recording);
    if (!all.is_linearizable(Spec{})) verdict.fail("no order explains the answers of a burst");
    return all.size();
  }

 private:
  Cell cell_;
  Clock clock_;
  std::array<Recording<Operation>, kBurstThreads> recordings_ = {
      Recording<Operation>(clock_), Recording<Operation>(clock_), Recording<Operation>(clock_)};
  std::array<Player, kBurstThreads> players_ = {Player(cell_, recordings_[0], 1),
                                                Player(cell_, recordings_[1], 2),
                                                Player(cell_, recordings_[2], 3)};
};

template <class Policy>
using MapBurst =
    CellBurst<sync::AtomicMapCell<int, Policy>,
              model::MapPlayer<sync::AtomicMapCell<int, Policy>, Recording<model::MapOperation>>,
              model::MapSpec, model::MapOperation>;
template <class Policy>
using OptionalBurst =
    CellBurst<sync::AtomicOptionalCell<std::uint8_t, Policy>,
              model::OptionalPlayer<sync::AtomicOptionalCell<std::uint8_t, Policy>,
                                    Recording<model::OptionalOperation>>,
              model::OptionalSpec, model::OptionalOperation>;
template <class Policy>
using NumericBurst = CellBurst<
    sync::AtomicNumericCell<int, Policy>,
    model::NumericPlayer<sync::AtomicNumericCell<int, Policy>, Recording<model::NumericOperation>>,
    model::NumericSpec, model::NumericOperation>;

using Runs = Recording<model::CombiningOperation>;
template <class Policy>
using Request = model::RunRequest<Runs, Policy>;

/// Three submitters; a holder leaves work behind, which the next one or the drain serves.
template <class Cell, class Policy>
class CombiningBurst {
 public:
  CombiningBurst() {
    auto book = book_.claim();
    book->recorder = &runs_;
    cell_.install(std::move(book));
  }
  void play(std::size_t number, Random&) {
    Player player(cell_, submissions_[number]);
    for (std::size_t i = 0; i < kMoves; ++i) {
      const std::size_t at = number * kMoves + i;
      player.submit(homes_[at], static_cast<int>(at));
    }
  }
  std::size_t check(Verdict& verdict) {
    for (std::size_t i = 0; i < homes_.size(); ++i) cell_.drain();
    if (auto book = cell_.remove()) {
      book_.give_back(std::move(*book));
    } else {
      verdict.fail("somebody is still inside");
    }
    Runs all(clock_);
    for (const Runs& submitted : submissions_) all.append(submitted);
    all.append(runs_);
    if (runs_.size() != homes_.size()) {
      verdict.fail("stranded: a request did not run");
    } else if (!all.is_linearizable(model::CombiningSpec{})) {
      verdict.fail("no order explains the runs of a burst");
    }
    return all.size();
  }

 private:
  using Player = model::CombiningPlayer<Cell, Runs, Policy>;
  static Cell make_cell() {
    if constexpr (std::is_constructible_v<Cell, unsigned, void (*)(Cell&)>) {
      return Cell(2, [](Cell&) {});
    } else {
      return Cell();
    }
  }

  Cell cell_ = make_cell();
  Clock clock_;
  sync::StaticOwned<model::RunBook<Runs>> book_;
  std::array<typename Request<Policy>::Home, std::size_t{kBurstThreads} * kMoves> homes_;
  std::array<Runs, kBurstThreads> submissions_ = {Runs(clock_), Runs(clock_), Runs(clock_)};
  Runs runs_{clock_};
};

template <class Policy>
using RealCombining = CombiningBurst<
    sync::CombiningCell<model::RunBook<Runs>, Request<Policy>, &Request<Policy>::hook, Policy>,
    Policy>;
using BustedCombining =
    CombiningBurst<BustedCombiner<model::RunBook<Runs>, Request<sync::StdAtomics>,
                                  &Request<sync::StdAtomics>::hook>,
                   sync::StdAtomics>;

template <class Policy>
void run_all(const Arguments& arguments, Verdict& verdict) {
  run_bursts<MapBurst<Policy>>("map cell", arguments, verdict);
  run_bursts<OptionalBurst<Policy>>("optional cell", arguments, verdict);
  run_bursts<NumericBurst<Policy>>("numeric cell", arguments, verdict);
  run_bursts<RealCombining<Policy>>("combining cell", arguments, verdict);
}

int main(int argc, char** argv) {
  const Arguments arguments =
      parse(argc, argv, 3200, {"torn_map", "torn_optional", "torn_numeric", "no_second_look"});
  Verdict verdict;
  if (arguments.busted.empty()) {
    run_all<sync::StdAtomics>(arguments, verdict);
    run_all<YieldingAtomics>(arguments, verdict);
  } else if (arguments.busted == "torn_map") {
    run_bursts<MapBurst<TornAtomics>>("map cell", arguments, verdict);
  } else if (arguments.busted == "torn_optional") {
    run_bursts<OptionalBurst<TornAtomics>>("optional cell", arguments, verdict);
  } else if (arguments.busted == "torn_numeric") {
    run_bursts<NumericBurst<TornAtomics>>("numeric cell", arguments, verdict);
  } else {
    run_bursts<BustedCombining>("combining cell", arguments, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
