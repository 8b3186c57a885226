// What is the same for every cell with `map`: the forms that say what to do when there is nothing
// to work on.  The names are Tock's; the answers keep empty and busy apart, where Tock's fold them.
#ifndef BATON_SYNC_CELL_OPERATIONS_H_
#define BATON_SYNC_CELL_OPERATIONS_H_

#include <concepts>
#include <expected>
#include <functional>
#include <type_traits>
#include <utility>

#include "sync/cell_answers.h"

namespace baton::sync {

/// What map() returns for a closure F on a T.
template <class F, class T>
struct MapResult {
  using Returned = std::invoke_result_t<F, T&>;
  static_assert(!std::is_reference_v<Returned>, "a reference must not outlive map's closure");
  using Value = std::conditional_t<std::is_reference_v<Returned>, void, Returned>;
};
template <class F, class T>
using MapValue = typename MapResult<F, T>::Value;

namespace internal {

/// Base of the cells.  Same contexts and cost as the cell's own map().
class CellOperations {
 public:
  /// What `f(T&)` returns, or `when_empty` if the cell is empty.  Busy is neither.
  template <class Self, class U, class F, class T = typename Self::element_type>
  [[gnu::always_inline]] Answer<MapValue<F, T>, Busy> map_or(this Self& self, U&& when_empty,
                                                             F&& f) {
    using Value = MapValue<F, T>;
    static_assert(std::convertible_to<U, Value>,
                  "`when_empty` stands for what the closure returns");
    auto mapped = self.map(std::forward<F>(f));
    if (mapped.has_value()) return std::move(*mapped);
    if (mapped.error() == Absent::kBusy) return std::unexpected(Busy());
    return static_cast<Value>(std::forward<U>(when_empty));
  }

  /// What `f(T&)` returns, or what `otherwise(Absent)` does, which is told why.  `otherwise` runs
  /// outside the cell.
  template <class Self, class G, class F, class T = typename Self::element_type>
  [[gnu::always_inline]] MapValue<F, T> map_or_else(this Self& self, G&& otherwise, F&& f) {
    using Value = MapValue<F, T>;
    auto mapped = self.map(std::forward<F>(f));
    if constexpr (std::is_void_v<Value>) {
      if (!mapped.has_value()) std::invoke(std::forward<G>(otherwise), mapped.error());
    } else {
      if (mapped.has_value()) return std::move(*mapped);
      return static_cast<Value>(std::invoke(std::forward<G>(otherwise), mapped.error()));
    }
  }

  /// For an `f(T&)` that may have nothing itself, such as another cell's operation: its answer, or
  /// why this cell had nothing.
  template <class Self, class F, class T = typename Self::element_type>
  [[gnu::always_inline]] MapValue<F, T> and_then(this Self& self, F&& f) {
    using Inner = MapValue<F, T>;
    static_assert(std::constructible_from<Inner, std::unexpected<Absent>>,
                  "the closure returns an Answer<..., Absent>");
    auto mapped = self.map(std::forward<F>(f));
    if (mapped.has_value()) return std::move(*mapped);
    return Inner(std::unexpected(mapped.error()));
  }
};

}  // namespace internal
}  // namespace baton::sync

#endif  // BATON_SYNC_CELL_OPERATIONS_H_
