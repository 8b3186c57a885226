// What one attempt at an operation came to, and how far apart things lie that must not disturb each
// other.
#ifndef BATON_BENCH_COMMON_OUTCOME_H_
#define BATON_BENCH_COMMON_OUTCOME_H_

#include <cstddef>
#include <cstdint>

namespace baton::bench {

/// Two cache lines: adjacent ones are fetched in pairs by many cores.  Every contestant starts at
/// such a boundary, and so does whatever one of two threads keeps for itself.
inline constexpr std::size_t kLine = 128;

/// What one attempt at an operation came to.
struct Outcome {
  bool done = false;        ///< false: busy, or empty because somebody else has it
  std::uint64_t count = 0;  ///< the guarded object's count if the operation tells it, else 0
};

}  // namespace baton::bench

#endif  // BATON_BENCH_COMMON_OUTCOME_H_
