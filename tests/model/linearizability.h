// Whether a history of concurrent operations could have come from one at a time.
//
// Wing and Gong's search with Lowe's memory of configurations: take any operation that no other
// unfinished one precedes, try it on the sequential specification, and go on; a set of operations
// done, together with the state they led to, is tried once.
//
// `Spec` is a copyable, ordered state with `bool apply(const Operation&)`: whether the operation,
// with the answer that it got, is possible now, and if so its effect.
#ifndef BATON_TESTS_MODEL_LINEARIZABILITY_H_
#define BATON_TESTS_MODEL_LINEARIZABILITY_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace baton::model {

inline constexpr std::size_t kMaxHistory = 64;

/// `precedes(i, j)`: operation i had ended before operation j began.
template <class Spec, class Operation, class Precedes>
bool is_linearizable(const Spec& initial, const std::vector<Operation>& history,
                     Precedes&& precedes) {
  using Done = std::uint64_t;
  const std::size_t count = history.size();
  if (count > kMaxHistory) return false;
  // Whom each operation has to wait for.
  std::vector<Done> before(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      if (i != j && precedes(i, j)) before[j] |= Done{1} << i;
    }
  }
  const Done all = count == kMaxHistory ? ~Done{0} : (Done{1} << count) - 1;
  std::set<std::pair<Done, Spec>> tried;
  std::vector<std::pair<Done, Spec>> open = {{0, initial}};
  while (!open.empty()) {
    const auto [done, state] = std::move(open.back());
    open.pop_back();
    if (done == all) return true;
    for (std::size_t i = 0; i < count; ++i) {
      const Done bit = Done{1} << i;
      if ((done & bit) != 0 || (before[i] & ~done) != 0) continue;
      Spec next = state;
      if (!next.apply(history[i])) continue;
      std::pair<Done, Spec> configuration = {done | bit, std::move(next)};
      if (tried.insert(configuration).second) open.push_back(std::move(configuration));
    }
  }
  return false;
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_LINEARIZABILITY_H_
