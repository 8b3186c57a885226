// What cells answer.  Full, empty and busy are three answers, and no two of them are ever folded
// into one; what could not be stored comes back inside the answer.
#ifndef BATON_SYNC_CELL_ANSWERS_H_
#define BATON_SYNC_CELL_ANSWERS_H_

#include <cstdint>
#include <expected>
#include <string_view>

#include "sync/owned.h"

namespace baton::sync {

/// The three states of a cell.
enum class CellState : std::uint8_t {
  kEmpty,  ///< holds nothing
  kFull,   ///< holds an object that nobody uses
  kBusy,   ///< somebody is inside
};

/// Why there is no object for the caller.
enum class Absent : std::uint8_t {
  kEmpty,  ///< the cell holds none
  kBusy,   ///< somebody is inside; trying again may work
};

/// Why an object was not stored.
enum class Refusal : std::uint8_t {
  kFull,  ///< the cell holds another one
  kBusy,  ///< somebody is inside; trying again may work
};

constexpr std::string_view to_string(CellState state) {
  switch (state) {
    case CellState::kEmpty:
      return "empty";
    case CellState::kFull:
      return "full";
    case CellState::kBusy:
      return "busy";
  }
  return "unknown state";
}

constexpr std::string_view to_string(Absent absent) {
  return absent == Absent::kEmpty ? "empty" : "busy";
}

constexpr std::string_view to_string(Refusal refusal) {
  return refusal == Refusal::kFull ? "full" : "busy";
}

/// The object that was not stored, back with its owner, and why.
template <class T>
struct [[nodiscard]] Refused {
  Refusal why;
  Owned<T> object;
};

/// `std::expected` that cannot be dropped by accident.
template <class V, class E>
class [[nodiscard]] Answer : public std::expected<V, E> {
 public:
  using std::expected<V, E>::expected;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_CELL_ANSWERS_H_
