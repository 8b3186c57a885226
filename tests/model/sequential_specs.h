// What each primitive of sync/ does when one operation runs at a time.  Objects are numbers,
// from 1.
#ifndef BATON_TESTS_MODEL_SEQUENTIAL_SPECS_H_
#define BATON_TESTS_MODEL_SEQUENTIAL_SPECS_H_

#include <compare>
#include <cstdint>
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
