// What a thread of the model knows: how far it has seen each location, and what happened before it.
#ifndef BATON_TESTS_MODEL_VIEW_H_
#define BATON_TESTS_MODEL_VIEW_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace baton::model {

inline constexpr std::size_t kMaxThreads = 8;     // the set-up, thread 0, included
inline constexpr std::size_t kMaxLocations = 32;  // atomics alive in one execution

/// Where a store stands in its location's modification order.  Gaps are left for stores that are
/// placed in between later.
using Stamp = std::uint32_t;

struct View {
  /// Coherence: no older store of a location may be read, nor may one be placed before.
  std::array<Stamp, kMaxLocations> seen{};
  /// Happens-before: the operations of each thread up to here happened before.
  std::array<std::uint32_t, kMaxThreads> clock{};

  void join_seen(const View& other) {
    for (std::size_t i = 0; i < kMaxLocations; ++i) seen[i] = std::max(seen[i], other.seen[i]);
  }
  void join(const View& other) {
    join_seen(other);
    for (std::size_t i = 0; i < kMaxThreads; ++i) clock[i] = std::max(clock[i], other.clock[i]);
  }
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_VIEW_H_
