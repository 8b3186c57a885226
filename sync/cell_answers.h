// What cells answer.  Full, empty and busy are three answers, and no two of them are ever folded
// into one; what could not be stored comes back inside the answer.
#ifndef BATON_SYNC_CELL_ANSWERS_H_
#define BATON_SYNC_CELL_ANSWERS_H_

#include <concepts>
#include <cstdint>
#include <expected>
#include <string_view>
#include <type_traits>

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

/// Somebody is inside; trying again may work.
struct Busy {
  friend constexpr bool operator==(Busy, Busy) = default;
};

/// What modify_or_replace() did.
enum class Changed : std::uint8_t {
  kModified,  ///< there was one, and it was worked on
  kStored,    ///< there was none, and a new one was stored
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
  struct Nothing {};
  using Comparable = std::conditional_t<std::is_void_v<V>, Nothing, V>;

 public:
  using std::expected<V, E>::expected;

  /// Whether there is a value, and it is this one.
  friend constexpr bool operator==(const Answer& answer, const Comparable& value)
    requires std::equality_comparable<V>
  {
    return answer.has_value() && *answer == value;
  }
};

}  // namespace baton::sync

#endif  // BATON_SYNC_CELL_ANSWERS_H_
