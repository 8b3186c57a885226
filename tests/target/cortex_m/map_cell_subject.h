// A map cell under the sweep.
#ifndef BATON_TESTS_TARGET_CORTEX_M_MAP_CELL_SUBJECT_H_
#define BATON_TESTS_TARGET_CORTEX_M_MAP_CELL_SUBJECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "sync/cell_answers.h"
#include "sync/map_cell.h"
#include "tests/target/cortex_m/sweep.h"

namespace baton::cortex_m {

/// Values are numbered from 1: 1 is in the cell at first, n + 2 is actor n's to put or replace.
///
/// Answers: d done (with the value that came out, or 0), s stored where d is modified, e empty, b
/// busy, f full; what is refused is back in its owner's hand.  Remains: where each value is
/// (letters below), then how often each was visited inside the cell, then whether the cell was left
/// busy, then whether a value was torn.
template <class Atomics>
class MapCellSubject {
  /// Two words that belong together.
  struct Value {
    std::uint16_t number = 0;
    std::uint16_t visits = 0;
    std::uint32_t sum = 0;  // of the other two
  };
  using Cell = sync::AtomicMapCell<Value, Atomics>;

 public:
  static constexpr std::array<const char*, 3> kStarts = {"empty", "full", "busy"};

  static void prepare(std::size_t start) {
    torn_ = 0;
    for (std::size_t i = 0; i < kActors; ++i) {
      hands_[i] = {.mine = value(static_cast<std::uint16_t>(i + 2)), .got = {}};
    }
    if (start == 0) return;
    static_cast<void>(cell_.put(value(1)));
    if (start == 2) inside_.emplace(std::move(*cell_.lease()));
  }

  static Remains finish() {
    inside_.reset();
    Remains remains{};
    for (std::size_t i = 0; i < kValues; ++i) remains[i] = kNowhere;
    for (std::size_t actor = 0; actor < kActors; ++actor) {
      const auto letter = static_cast<std::uint16_t>('t' + actor);
      found(remains, hands_[actor].mine, letter);
      found(remains, hands_[actor].got, letter);
    }
    // Busy with nobody inside: the cell is beyond use, and so is what was in it.
    if (cell_.state() == sync::CellState::kBusy) {
      std::construct_at(&cell_);
      remains[2 * kValues] = 1;
    } else if (const auto left = cell_.take()) {
      found(remains, *left, kCell);
    }
    remains[2 * kValues + 1] = torn_;
    return remains;
  }

  [[gnu::noinline]] static Answer take(Actor actor) {
    const auto answer = cell_.take();
    if (!answer) return absent(answer.error());
    hand(actor).got = *answer;
    return {.kind = 'd', .value = answer->number};
  }
  [[gnu::noinline]] static Answer put(Actor actor) {
    const auto answer = cell_.put(std::exchange(hand(actor).mine, {}));
    if (!answer) return refused(actor, answer.error());
    return {.kind = 'd'};
  }
  [[gnu::noinline]] static Answer replace(Actor actor) {
    const auto answer = cell_.replace(std::exchange(hand(actor).mine, {}));
    if (!answer) return refused(actor, answer.error());
    if (!answer->has_value()) return {.kind = 'd'};
    hand(actor).got = **answer;
    return {.kind = 'd', .value = (*answer)->number};
  }
  [[gnu::noinline]] static Answer map(Actor /*actor*/) {
    const auto answer = cell_.map(&visit);
    if (!answer) return absent(answer.error());
    return {.kind = 'd', .value = *answer};
  }
  [[gnu::noinline]] static Answer lease(Actor /*actor*/) {
    auto answer = cell_.lease();
    if (!answer) return absent(answer.error());
    return {.kind = 'd', .value = visit(**answer)};
  }
  [[gnu::noinline]] static Answer get(Actor /*actor*/) {
    const auto answer = cell_.get();
    if (!answer) return absent(answer.error());
    check(*answer);
    return {.kind = 'd', .value = answer->number};
  }
  [[gnu::noinline]] static Answer map_or(Actor /*actor*/) {
    const auto answer = cell_.map_or(kOtherwise, &visit);
    if (!answer) return {.kind = 'b'};
    return {.kind = 'd', .value = *answer};
  }
  [[gnu::noinline]] static Answer map_or_else(Actor /*actor*/) {
    return cell_.map_or_else(
        &absent, [](Value& value) { return Answer{.kind = 'd', .value = visit(value)}; });
  }
  [[gnu::noinline]] static Answer and_then(Actor /*actor*/) {
    const auto answer = cell_.and_then(
        [](Value& value) { return sync::Answer<std::uint16_t, sync::Absent>(visit(value)); });
    if (!answer) return absent(answer.error());
    return {.kind = 'd', .value = *answer};
  }
  [[gnu::noinline]] static Answer modify_or_replace(Actor actor) {
    const auto answer =
        cell_.modify_or_replace(&visit, [actor] { return std::exchange(hand(actor).mine, {}); });
    if (!answer) return {.kind = 'b'};
    return {.kind = *answer == sync::Changed::kModified ? 'd' : 's'};
  }
  [[gnu::noinline]] static Answer look(Actor /*actor*/) {
    switch (cell_.state()) {
      case sync::CellState::kEmpty:
        return {.kind = 'e'};
      case sync::CellState::kFull:
        return {.kind = 'f'};
      case sync::CellState::kBusy:
        break;
    }
    return {.kind = 'b'};
  }

  static constexpr std::array<Operation, 11> kOperations = {{
      {"take", &take},
      {"put", &put},
      {"map", &map},
      {"replace", &replace},
      {"lease", &lease},
      {"get", &get},
      {"map_or", &map_or},
      {"map_or_else", &map_or_else},
      {"and_then", &and_then},
      {"modify_or_replace", &modify_or_replace},
      {"look", &look},
  }};
  static constexpr std::array<Pair, 4> kPairs = {{
      {&kOperations[0], &kOperations[0]},
      {&kOperations[0], &kOperations[1]},
      {&kOperations[1], &kOperations[0]},
      {&kOperations[1], &kOperations[1]},
  }};

 private:
  struct Hand {
    Value mine;  // number 0: none
    Value got;
  };
  static constexpr std::size_t kValues = 1 + kActors;
  static constexpr std::uint16_t kOtherwise = 9;  // map_or's answer for an empty cell
  static constexpr std::uint16_t kNowhere = '?';  // lost, or not handed out
  static constexpr std::uint16_t kTwice = '!';    // in two places
  static constexpr std::uint16_t kCell = 'c';

  static Value value(std::uint16_t number) {
    return {.number = number, .visits = 0, .sum = number};
  }
  static Hand& hand(Actor actor) { return hands_[static_cast<std::size_t>(actor)]; }
  static std::uint16_t visit(Value& value) {
    ++value.visits;
    ++value.sum;
    return value.number;
  }
  static void check(const Value& value) {
    if (value.sum != value.number + value.visits) torn_ = 1;
  }
  static Answer absent(sync::Absent why) {
    return {.kind = why == sync::Absent::kEmpty ? 'e' : 'b'};
  }
  static Answer refused(Actor actor, const sync::RefusedValue<Value>& refusal) {
    hand(actor).mine = refusal.value;
    return {.kind = refusal.why == sync::Refusal::kFull ? 'f' : 'b'};
  }
  static void found(Remains& remains, const Value& value, std::uint16_t where) {
    check(value);
    if (value.number == 0 || value.number > kValues) return;
    const std::size_t i = value.number - 1U;
    remains[i] = remains[i] == kNowhere ? where : kTwice;
    remains[kValues + i] = value.visits;
  }

  static inline constinit Cell cell_{};
  static inline constinit std::array<Hand, kActors> hands_{};
  static inline constinit std::optional<typename Cell::LeaseType> inside_;
  static inline constinit std::uint16_t torn_ = 0;
};

}  // namespace baton::cortex_m

#endif  // BATON_TESTS_TARGET_CORTEX_M_MAP_CELL_SUBJECT_H_
