// What each primitive of sync/ does when one operation runs at a time.  Objects are numbers,
// from 1.
#ifndef BATON_TESTS_MODEL_SEQUENTIAL_SPECS_H_
#define BATON_TESTS_MODEL_SEQUENTIAL_SPECS_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace baton::model {

/// A cell's operations.  map and lease are two each, entering and leaving; busy is what lies
/// between.
struct CellOperation {
  enum class Kind : std::uint8_t { kTake, kPut, kReplace, kEnter, kLeave };
  enum class Answer : std::uint8_t { kDone, kEmpty, kFull, kBusy };
  Kind kind;
  Answer answer;
  int in = 0;   // put, replace, leave: the object that goes in; 0: none
  int out = 0;  // take, replace, enter: the object that comes out; 0: none
};

struct CellSpec {
  int content = 0;
  bool busy = false;

  bool apply(const CellOperation& op) {
    using Kind = CellOperation::Kind;
    using Answer = CellOperation::Answer;
    if (op.kind == Kind::kLeave) {
      if (!busy) return false;
      busy = false;
      content = op.in;
      return true;
    }
    if (op.answer == Answer::kBusy) return busy;
    if (busy) return false;
    switch (op.kind) {
      case Kind::kTake:
        if (op.answer == Answer::kEmpty) return content == 0;
        if (op.out == 0 || content != op.out) return false;
        content = 0;
        return true;
      case Kind::kPut:
        if (op.answer == Answer::kFull) return content != 0;
        if (content != 0) return false;
        content = op.in;
        return true;
      case Kind::kReplace:
        if (content != op.out) return false;
        content = op.in;
        return true;
      case Kind::kEnter:
        // An empty cell is busy, too, until whoever entered in vain has left.
        if (op.answer == Answer::kEmpty ? content != 0 : content == 0 || content != op.out) {
          return false;
        }
        busy = true;
        return true;
      case Kind::kLeave:
        break;
    }
    return false;
  }
  friend auto operator<=>(const CellSpec&, const CellSpec&) = default;
};

/// A map cell's operations, each a visit: entering an empty cell or a full one, and leaving.  A
/// value on its way in or out makes the cell busy, and an operation that does not find what it
/// needs changes nothing.
struct MapOperation {
  enum class Kind : std::uint8_t { kEnter, kLeave };
  enum class Answer : std::uint8_t { kDone, kEmpty, kFull, kBusy };
  Kind kind;
  Answer answer = Answer::kDone;
  int in = 0;     // leave: the value that stays; 0: none
  int out = 0;    // enter: the value that was found; 0: none
  int visit = 0;  // whoever entered leaves
};

struct MapSpec {
  int content = 0;
  int visit = 0;  // who is inside; 0: nobody

  bool apply(const MapOperation& op) {
    using Answer = MapOperation::Answer;
    if (op.kind == MapOperation::Kind::kLeave) {
      if (visit != op.visit) return false;
      visit = 0;
      content = op.in;
      return true;
    }
    if (op.answer == Answer::kBusy) return visit != 0;
    if (visit != 0) return false;
    if (op.answer == Answer::kEmpty) return content == 0;
    if (op.answer == Answer::kFull) return content != 0;
    if (content != op.out) return false;
    visit = op.visit;
    return true;
  }
  friend auto operator<=>(const MapSpec&, const MapSpec&) = default;
};

/// An optional cell's.
struct OptionalOperation {
  enum class Kind : std::uint8_t {
    kGet,
    kTake,
    kReplace,
    kPut,
    kSet,
    kClear,
    kUpdate,
    kIsFull,
    kContains
  };
  Kind kind;
  std::uint8_t in = 0;                             // what is set, put or looked for
  std::optional<std::uint8_t> out = std::nullopt;  // get, take, replace, update: what was there
  bool done = false;                               // put, is_full, contains: the answer
};

struct OptionalSpec {
  std::optional<std::uint8_t> content = std::nullopt;

  bool apply(const OptionalOperation& op) {
    using Kind = OptionalOperation::Kind;
    const std::optional<std::uint8_t> before = content;
    switch (op.kind) {
      case Kind::kGet:
        return op.out == before;
      case Kind::kTake:
        content.reset();
        return op.out == before;
      case Kind::kReplace:
        content = op.in;
        return op.out == before;
      case Kind::kPut:
        if (!before.has_value()) content = op.in;
        return op.done == !before.has_value();
      case Kind::kSet:
        content = op.in;
        return true;
      case Kind::kClear:
        content.reset();
        return true;
      case Kind::kUpdate:
        if (before.has_value()) content = op.in;
        return op.out == before;
      case Kind::kIsFull:
        return op.done == before.has_value();
      case Kind::kContains:
        return op.done == (before == op.in);
    }
    return false;
  }
  friend auto operator<=>(const OptionalSpec&, const OptionalSpec&) = default;
};

/// A numeric cell's; subtract, increment and decrement are additions.
struct NumericOperation {
  enum class Kind : std::uint8_t { kGet, kSet, kReplace, kAdd, kDouble };
  Kind kind;
  int in = 0;
  int out = 0;  // the number before, but for set
};

struct NumericSpec {
  int content = 0;

  static int twice(int n) { return static_cast<int>(2U * static_cast<unsigned>(n)); }

  bool apply(const NumericOperation& op) {
    using Kind = NumericOperation::Kind;
    const int before = content;
    switch (op.kind) {
      case Kind::kGet:
        break;
      case Kind::kSet:
        content = op.in;
        return true;
      case Kind::kReplace:
        content = op.in;
        break;
      case Kind::kAdd:
        content = before + op.in;
        break;
      case Kind::kDouble:
        content = twice(before);
        break;
    }
    return op.out == before;
  }
  friend auto operator<=>(const NumericSpec&, const NumericSpec&) = default;
};

/// A combining cell's: requests are submitted, and run in the order of submission, each once.
struct CombiningOperation {
  bool runs;  // else it is submitted
  int request;
};

struct CombiningSpec {
  std::vector<int> pending{};

  bool apply(const CombiningOperation& op) {
    if (!op.runs) {
      pending.push_back(op.request);
      return true;
    }
    if (pending.empty() || pending.front() != op.request) return false;
    pending.erase(pending.begin());
    return true;
  }
  friend auto operator<=>(const CombiningSpec&, const CombiningSpec&) = default;
};

/// A pool's: make answers a slot's number or 0 for exhausted; drop returns one.
struct PoolOperation {
  bool makes;
  int slot;
};

struct PoolSpec {
  std::uint32_t free;  // bit n: slot n, from 1

  bool apply(const PoolOperation& op) {
    const std::uint32_t bit = std::uint32_t{1} << op.slot;
    if (op.makes && op.slot == 0) return free == 0;
    if (((free & bit) != 0) != op.makes) return false;
    free ^= bit;
    return true;
  }
  friend auto operator<=>(const PoolSpec&, const PoolSpec&) = default;
};

/// An inbox's: push answers whether it was empty; take_all answers everything, oldest first.
struct InboxOperation {
  int pushed = 0;  // 0: a take_all
  bool was_empty = false;
  std::vector<int> taken{};
};

struct InboxSpec {
  std::vector<int> content{};

  bool apply(const InboxOperation& op) {
    if (op.pushed != 0) {
      if (op.was_empty != content.empty()) return false;
      content.push_back(op.pushed);
      return true;
    }
    if (content != op.taken) return false;
    content.clear();
    return true;
  }
  friend auto operator<=>(const InboxSpec&, const InboxSpec&) = default;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_SEQUENTIAL_SPECS_H_
