// A take cell under the sweep.
#ifndef BATON_TESTS_TARGET_CORTEX_M_TAKE_CELL_SUBJECT_H_
#define BATON_TESTS_TARGET_CORTEX_M_TAKE_CELL_SUBJECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "sync/atomic_take_cell.h"
#include "sync/cell_answers.h"
#include "sync/core_atomics.h"
#include "sync/owned.h"
#include "sync/static_owned.h"
#include "tests/target/cortex_m/sweep.h"

namespace baton::cortex_m {

/// Objects are numbered from 1: 1 is in the cell at first, n + 2 is actor n's to put or replace.
///
/// Answers: d done (with the object that came out, or 0), s stored where d is modified, e empty, b
/// busy, f full; refused objects are back in their owner's hand.  Remains: where each object is
/// (letters below), then how often each was visited inside the cell, then whether the cell was left
/// busy.
template <class Atomics>
class TakeCellSubject {
  struct Ball {
    std::uint16_t number = 0;
    std::uint16_t visits = 0;
  };
  using Cell = sync::AtomicTakeCell<Ball, Atomics>;

 public:
  static constexpr std::array<const char*, 3> kStarts = {"empty", "full", "busy"};

  static void prepare(std::size_t start) {
    for (std::size_t i = 0; i < kObjects; ++i) {
      objects_[i] = sync::internal::OwnedAccess::disown(homes_[i].claim());
      *objects_[i] = {.number = static_cast<std::uint16_t>(i + 1), .visits = 0};
    }
    hands_ = {};
    for (std::size_t i = 0; i < kActors; ++i) hands_[i].mine = objects_[i + 1];
    if (start == 0) {
      homes_[0].give_back(adopt(objects_[0]));
      return;
    }
    static_cast<void>(cell_.put(adopt(objects_[0])));
    if (start == 2) inside_.emplace(std::move(*cell_.lease()));
  }

  static Remains finish() {
    inside_.reset();
    Remains remains{};
    for (std::size_t i = 0; i < kObjects; ++i) {
      remains[i] = kNowhere;
      remains[kObjects + i] = objects_[i]->visits;
    }
    for (std::size_t actor = 0; actor < kActors; ++actor) {
      const auto letter = static_cast<std::uint16_t>('t' + actor);
      found(remains, hands_[actor].mine, letter);
      found(remains, hands_[actor].got, letter);
    }
    // Busy with nobody inside: the cell is beyond use, and so is what was in it.
    if (cell_.state() == sync::CellState::kBusy) {
      std::construct_at(&cell_);
      remains[2 * kObjects] = 1;
    } else if (auto left = cell_.take()) {
      found(remains, sync::internal::OwnedAccess::disown(std::move(*left)), kCell);
    }
    for (std::size_t i = 0; i < kObjects; ++i) {
      const bool out = !homes_[i].try_claim().transform(disown).has_value();
      if (!out && remains[i] == kNowhere) remains[i] = kHome;
      homes_[i].give_back(adopt(objects_[i]));
    }
    return remains;
  }

  [[gnu::noinline]] static Answer take(Actor actor) {
    auto answer = cell_.take();
    if (!answer) return absent(answer.error());
    return got(actor, std::move(*answer));
  }
  [[gnu::noinline]] static Answer put(Actor actor) {
    auto answer = cell_.put(adopt(hand(actor).mine));
    if (!answer) return refused(actor, std::move(answer.error()));
    hand(actor).mine = nullptr;
    return {.kind = 'd'};
  }
  [[gnu::noinline]] static Answer replace(Actor actor) {
    auto answer = cell_.replace(adopt(hand(actor).mine));
    if (!answer) return refused(actor, std::move(answer.error()));
    hand(actor).mine = nullptr;
    if (!answer->has_value()) return {.kind = 'd'};
    return got(actor, std::move(**answer));
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
  [[gnu::noinline]] static Answer lease_take(Actor actor) {
    auto answer = cell_.lease();
    if (!answer) return absent(answer.error());
    visit(**answer);
    return got(actor, std::move(*answer).take());
  }
  [[gnu::noinline]] static Answer map_or(Actor /*actor*/) {
    const auto answer = cell_.map_or(kOtherwise, &visit);
    if (!answer) return {.kind = 'b'};
    return {.kind = 'd', .value = *answer};
  }
  [[gnu::noinline]] static Answer map_or_else(Actor /*actor*/) {
    return cell_.map_or_else(&absent,
                             [](Ball& ball) { return Answer{.kind = 'd', .value = visit(ball)}; });
  }
  [[gnu::noinline]] static Answer and_then(Actor /*actor*/) {
    const auto answer = cell_.and_then(
        [](Ball& ball) { return sync::Answer<std::uint16_t, sync::Absent>(visit(ball)); });
    if (!answer) return absent(answer.error());
    return {.kind = 'd', .value = *answer};
  }
  [[gnu::noinline]] static Answer modify_or_replace(Actor actor) {
    const auto answer = cell_.modify_or_replace(
        &visit, [actor] { return adopt(std::exchange(hand(actor).mine, nullptr)); });
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
      {"lease_take", &lease_take},
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
  /// Handles as bare pointers, so that an operation has few instructions beside the cell's own.
  struct Hand {
    Ball* mine = nullptr;
    Ball* got = nullptr;
  };
  static constexpr std::size_t kObjects = 1 + kActors;
  static constexpr std::uint16_t kOtherwise = 9;  // map_or's answer for an empty cell
  static constexpr std::uint16_t kNowhere = '?';  // lost
  static constexpr std::uint16_t kTwice = '!';    // two owners
  static constexpr std::uint16_t kCell = 'c';
  static constexpr std::uint16_t kHome =
      'h';  // its handle was dropped, or it had not been handed out

  static Hand& hand(Actor actor) { return hands_[static_cast<std::size_t>(actor)]; }
  static std::uint16_t visit(Ball& ball) {
    ++ball.visits;
    return ball.number;
  }
  static sync::Owned<Ball> adopt(Ball* ball) { return sync::internal::OwnedAccess::adopt(ball); }
  static Ball* disown(sync::Owned<Ball>&& ball) {
    return sync::internal::OwnedAccess::disown(std::move(ball));
  }
  static Answer absent(sync::Absent why) {
    return {.kind = why == sync::Absent::kEmpty ? 'e' : 'b'};
  }
  static Answer refused(Actor actor, sync::Refused<Ball>&& refusal) {
    hand(actor).mine = disown(std::move(refusal.object));
    return {.kind = refusal.why == sync::Refusal::kFull ? 'f' : 'b'};
  }
  static Answer got(Actor actor, sync::Owned<Ball>&& ball) {
    Ball* const object = disown(std::move(ball));
    hand(actor).got = object;
    return {.kind = 'd', .value = object->number};
  }
  static void found(Remains& remains, const Ball* object, std::uint16_t where) {
    if (object == nullptr) return;
    std::uint16_t& place = remains[object->number - 1U];
    place = place == kNowhere ? where : kTwice;
  }

  static inline constinit Cell cell_{};
  static inline constinit sync::StaticOwned<Ball, sync::OneCoreAtomics> homes_[kObjects];
  static inline constinit std::array<Ball*, kObjects> objects_{};
  static inline constinit std::array<Hand, kActors> hands_{};
  static inline constinit std::optional<typename Cell::LeaseType> inside_;
};

}  // namespace baton::cortex_m

#endif  // BATON_TESTS_TARGET_CORTEX_M_TAKE_CELL_SUBJECT_H_
