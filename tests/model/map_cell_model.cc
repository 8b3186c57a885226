// Model programs of AtomicMapCell and IrqMapCell: the value is used by one at a time, who sees what
// the last one did, and its storage is used again only by who knows of its end.
#include <array>
#include <optional>
#include <utility>

#include "sync/map_cell.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

/// A value that moves, and whose every access is checked.
class Coin {
 public:
  explicit Coin(int value) : value_(value) {}
  Coin(Coin&& other) noexcept : value_(other.value_.read()) { other.value_.write(kGone); }
  Coin& operator=(Coin&& other) noexcept {
    value_.write(other.value_.read());
    other.value_.write(kGone);
    return *this;
  }
  int value() const { return value_.read(); }
  void add(int n) { value_.write(value_.read() + n); }

 private:
  static constexpr int kGone = -100;
  Plain<int> value_;
};

template <class Policy>
struct Purse {
  sync::AtomicMapCell<Coin, Policy> cell;
  std::array<int, 3> hands{};  // values of coins held; 0: none

  void put(int& hand, int value) {
    auto put = cell.put(Coin(value));
    hand = put.has_value() ? 0 : put.error().value.value();
    require(hand == 0 || hand == value, "the wrong coin was handed back");
  }
  void take(int& hand) {
    if (auto taken = cell.take()) hand = taken->value();
  }
  void replace(int& hand, int value) {
    auto replaced = cell.replace(Coin(value));
    if (!replaced.has_value()) {
      hand = replaced.error().value.value();
    } else {
      hand = replaced->has_value() ? (*replaced)->value() : 0;
    }
  }
  bool add() {
    return cell.map([](Coin& coin) { coin.add(1); }).has_value();
  }
  // Everything in hands and cell is worth `sum`.
  void finish(int sum) {
    int found = hands[0] + hands[1] + hands[2];
    if (auto left = cell.take()) found += left->value();
    require(found == sum, "lost or duplicated: a coin");
    require(cell.state() == sync::CellState::kEmpty, "an empty cell does not look empty");
  }
};
using AnyCore = Purse<ModelAtomics>;
using OneCore = Purse<ModelCoreAtomics>;

void hand_over(Execution& run) {
  AnyCore purse;
  run.parallel({thread("putter", [&] { purse.put(purse.hands[0], 10); }),
                thread("taker", [&] { purse.take(purse.hands[1]); })});
  purse.finish(10);
}

void storage_used_again(Execution& run) {
  AnyCore purse;
  purse.put(purse.hands[0], 10);
  run.parallel({thread("taker", [&] { purse.take(purse.hands[0]); }),
                thread("putter", [&] { purse.put(purse.hands[1], 20); }),
                thread("taker B", [&] { purse.take(purse.hands[2]); })});
  purse.finish(30);
}

void mappers(Execution& run) {
  AnyCore purse;
  purse.put(purse.hands[0], 10);
  std::array<int, 2> ran{};
  const auto add = [&](int& count) {
    for (int i = 0; i < 2; ++i) count += purse.add() ? 1 : 0;
  };
  run.parallel({thread("A", [&] { add(ran[0]); }), thread("B", [&] { add(ran[1]); })});
  require(ran[0] + ran[1] >= 1, "everybody was refused, and nobody was inside");
  purse.finish(10 + ran[0] + ran[1]);
}

void replace_and_take(Execution& run) {
  AnyCore purse;
  purse.put(purse.hands[0], 10);
  run.parallel({thread("replacer", [&] { purse.replace(purse.hands[0], 20); }),
                thread("taker", [&] { purse.take(purse.hands[1]); }),
                thread("putter", [&] { purse.put(purse.hands[2], 40); })});
  purse.finish(70);
}

void interrupted(Execution& run) {
  OneCore purse;
  purse.put(purse.hands[0], 10);
  bool added = false;
  run.parallel({thread("thread",
                       [&] {
                         added = purse.add();
                         purse.take(purse.hands[0]);
                       }),
                interrupt("irq", 0, [&] { purse.replace(purse.hands[1], 20); })});
  purse.finish(30 + (added ? 1 : 0));
}

void handlers_that_nest(Execution& run) {
  OneCore purse;
  bool added = false;
  run.parallel({thread("thread", [&] { purse.put(purse.hands[0], 10); }),
                interrupt(
                    "low", 0, [&] { purse.put(purse.hands[1], 20); }, 1),
                interrupt("high", 0, [&] { added = purse.add(); }, 2)});
  purse.finish(30 + (added ? 1 : 0));
}

// A lease that a handler finds in its way, and a value that is born and dies under handlers.
void leased_and_interrupted(Execution& run) {
  OneCore purse;
  purse.put(purse.hands[0], 10);
  bool added = false;
  bool found = false;
  run.parallel({thread("thread",
                       [&] {
                         if (auto lease = purse.cell.lease()) {
                           (*lease)->add(1);
                           require(!purse.add(), "somebody is inside, and map gets in");
                           found = true;
                         }
                         purse.take(purse.hands[0]);
                       }),
                interrupt(
                    "low", 0, [&] { added = purse.add(); }, 1),
                interrupt("high", 0, [&] { purse.put(purse.hands[1], 20); }, 2)});
  require(found, "nobody is inside, and lease is refused");
  purse.finish(31 + (added ? 1 : 0));
}

// Works on the coin that is there, or stores its own: one operation, whoever comes in between.
void two_that_modify_or_replace(Execution& run) {
  Purse<ModelAtomics> purse;
  std::array<int, 2> worth{};
  const auto change = [&purse](int& added, int value) {
    const auto changed = purse.cell.modify_or_replace([](Coin& coin) { coin.add(1); },
                                                      [value] { return Coin(value); });
    if (changed.has_value()) added = *changed == sync::Changed::kStored ? value : 1;
  };
  run.parallel({thread("A", [&] { change(worth[0], 10); }),
                thread("B", [&] { change(worth[1], 20); }),
                thread("taker", [&] { purse.take(purse.hands[0]); })});
  purse.finish(worth[0] + worth[1]);
}

constexpr Program kPrograms[] = {
    {"map cell: hand over", hand_over},
    {"map cell: storage used again", storage_used_again},
    {"map cell: mappers", mappers},
    {"map cell: replace, take and put", replace_and_take},
    {"map cell: two that modify or replace", two_that_modify_or_replace},
    {"irq map cell: interrupted", interrupted},
    {"irq map cell: handlers that nest", handlers_that_nest},
    {"irq map cell: leased and interrupted", leased_and_interrupted},
};

}  // namespace

std::span<const Program> map_cell_programs() { return kPrograms; }

}  // namespace baton::model
