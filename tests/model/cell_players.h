// Who plays at random on a cell and writes down what was answered, for histories that are held
// against the sequential specifications: by the model checker's threads and by real ones.
//
// `Recorder` tells the time, `now()`, and keeps operations, `add(begin, end, operation)`.
#ifndef BATON_TESTS_MODEL_CELL_PLAYERS_H_
#define BATON_TESTS_MODEL_CELL_PLAYERS_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "sync/batch.h"
#include "sync/cell_answers.h"
#include "sync/owned.h"
#include "sync/static_owned.h"
#include "tests/model/sequential_specs.h"

namespace baton::model {

inline MapOperation::Answer answer_of(sync::Absent absent) {
  return absent == sync::Absent::kEmpty ? MapOperation::Answer::kEmpty
                                        : MapOperation::Answer::kBusy;
}
inline MapOperation::Answer answer_of(sync::Refusal refusal) {
  return refusal == sync::Refusal::kFull ? MapOperation::Answer::kFull
                                         : MapOperation::Answer::kBusy;
}

/// On a map cell of int.  Holds a value or none, 0.
template <class Cell, class Recorder>
class MapPlayer {
  using Kind = MapOperation::Kind;
  using Answer = MapOperation::Answer;

 public:
  static constexpr unsigned kMoves = 4;

  MapPlayer(Cell& cell, Recorder& recorder, int number)
      : cell_(cell), recorder_(recorder), visit_(1000 * number) {}

  int hand = 0;

  void play(unsigned move) {
    ++visit_;
    switch (move) {
      case 0:
        return hand != 0 ? put() : take();
      case 1:
        return hand != 0 ? replace() : map();
      case 2:
        return map();
      default:
        return lease();
    }
  }

 private:
  using Stamp = decltype(std::declval<Recorder&>().now());

  void enter(Stamp begin, Answer answer, int out = 0) {
    recorder_.add(begin, recorder_.now(),
                  {.kind = Kind::kEnter, .answer = answer, .out = out, .visit = visit_});
  }
  void leave(Stamp begin, int in) {
    recorder_.add(begin, recorder_.now(), {.kind = Kind::kLeave, .in = in, .visit = visit_});
  }
  // In and out within one call.
  void pass(Stamp begin, int out, int in) {
    enter(begin, Answer::kDone, out);
    leave(begin, in);
  }

  void put() {
    const Stamp begin = recorder_.now();
    auto put = cell_.put(hand);
    if (!put) return enter(begin, answer_of(put.error().why));
    pass(begin, 0, std::exchange(hand, 0));
  }
  void take() {
    const Stamp begin = recorder_.now();
    auto taken = cell_.take();
    if (!taken) return enter(begin, answer_of(taken.error()));
    hand = *taken;
    pass(begin, hand, 0);
  }
  void replace() {
    const Stamp begin = recorder_.now();
    auto replaced = cell_.replace(hand);
    if (!replaced) return enter(begin, answer_of(replaced.error().why));
    const int in = std::exchange(hand, replaced->value_or(0));
    pass(begin, hand, in);
  }
  void map() {
    const Stamp begin = recorder_.now();
    Stamp leaving = begin;
    int value = 0;
    auto ran = cell_.map([&](int& inside) {
      enter(begin, Answer::kDone, inside);
      value = ++inside;
      leaving = recorder_.now();
    });
    if (!ran) return enter(begin, answer_of(ran.error()));
    leave(leaving, value);
  }
  void lease() {
    const Stamp begin = recorder_.now();
    Stamp leaving = begin;
    int value = 0;
    {
      auto lease = cell_.lease();
      if (!lease) return enter(begin, answer_of(lease.error()));
      enter(begin, Answer::kDone, **lease);
      value = ++**lease;
      leaving = recorder_.now();
    }
    leave(leaving, value);
  }

  Cell& cell_;
  Recorder& recorder_;
  int visit_;
};

/// On an optional cell of std::uint8_t.
template <class Cell, class Recorder>
class OptionalPlayer {
  using Kind = OptionalOperation::Kind;

 public:
  static constexpr unsigned kMoves = 9;

  OptionalPlayer(Cell& cell, Recorder& recorder, int number)
      : cell_(cell), recorder_(recorder), next_(static_cast<std::uint8_t>(10 * number)) {}

  void play(unsigned move) {
    OptionalOperation op = {.kind = static_cast<Kind>(move), .in = ++next_};
    const auto begin = recorder_.now();
    switch (op.kind) {
      case Kind::kGet:
        op.out = cell_.get();
        break;
      case Kind::kTake:
        op.out = cell_.take();
        break;
      case Kind::kReplace:
        op.out = cell_.replace(op.in);
        break;
      case Kind::kPut:
        op.done = cell_.put(op.in);
        break;
      case Kind::kSet:
        cell_.set(op.in);
        break;
      case Kind::kClear:
        cell_.clear();
        break;
      case Kind::kUpdate:
        op.out = cell_.update([&op](std::uint8_t) { return op.in; });
        break;
      case Kind::kIsFull:
        op.done = cell_.is_full();
        break;
      case Kind::kContains:
        op.in = 11;  // the first that number 1 makes
        op.done = cell_.contains(op.in);
        break;
    }
    recorder_.add(begin, recorder_.now(), op);
  }

 private:
  Cell& cell_;
  Recorder& recorder_;
  std::uint8_t next_;
};

/// On a numeric cell of int.
template <class Cell, class Recorder>
class NumericPlayer {
  using Kind = NumericOperation::Kind;

 public:
  static constexpr unsigned kMoves = 5;

  NumericPlayer(Cell& cell, Recorder& recorder, int number)
      : cell_(cell), recorder_(recorder), next_(100 * number) {}

  void play(unsigned move) {
    NumericOperation op = {.kind = static_cast<Kind>(move), .in = ++next_};
    const auto begin = recorder_.now();
    switch (op.kind) {
      case Kind::kGet:
        op.out = cell_.get();
        break;
      case Kind::kSet:
        cell_.set(op.in);
        break;
      case Kind::kReplace:
        op.out = cell_.replace(op.in);
        break;
      case Kind::kAdd:
        op.out = cell_.add(op.in);
        break;
      case Kind::kDouble:
        op.out = cell_.update([](int n) { return NumericSpec::twice(n); });
        break;
    }
    recorder_.add(begin, recorder_.now(), op);
  }

 private:
  Cell& cell_;
  Recorder& recorder_;
  int next_;
};

/// What a combining cell holds here: where runs are written down, by whoever is inside.
template <class Recorder>
struct RunBook {
  Recorder* recorder = nullptr;
};

template <class Recorder, class Policy>
struct RunRequest {
  using Home = sync::StaticOwned<RunRequest, Policy>;

  static void run(sync::Owned<RunRequest> self, RunBook<Recorder>& book) {
    const auto at = book.recorder->now();
    book.recorder->add(at, book.recorder->now(), {.runs = true, .request = self->number});
    Home* const home = self->home;
    home->give_back(std::move(self));
  }

  int number = 0;
  Home* home = nullptr;
  sync::InboxHook<RunRequest, Policy> hook;
};

/// Submits requests to a combining cell.
template <class Cell, class Recorder, class Policy>
class CombiningPlayer {
 public:
  CombiningPlayer(Cell& cell, Recorder& recorder) : cell_(cell), recorder_(recorder) {}

  void submit(typename RunRequest<Recorder, Policy>::Home& home, int number) {
    auto request = home.claim();
    request->number = number;
    request->home = &home;
    const auto begin = recorder_.now();
    static_cast<void>(cell_.submit(std::move(request)));
    recorder_.add(begin, recorder_.now(), {.runs = false, .request = number});
  }

 private:
  Cell& cell_;
  Recorder& recorder_;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_CELL_PLAYERS_H_
