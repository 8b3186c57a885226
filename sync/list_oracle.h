// For the tests that run random operations on a list and on a std::list beside it: the seed, and
// how many operations.
//
//   BATON_SEED=12345 bazel-bin/sync/list_random_test     runs what a test's output names again
#ifndef BATON_SYNC_LIST_ORACLE_H_
#define BATON_SYNC_LIST_ORACLE_H_

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace baton::sync {

inline constexpr int kOperations = 1'000'000;

/// Runs `Comparison(seed).run(kOperations)`: nothing, or the operation that made a difference.
template <class Comparison>
std::string compare() {
  const char* const given = std::getenv("BATON_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device{}();
  std::cout << "BATON_SEED=" << seed << ", operations: " << kOperations << "\n";
  return Comparison(seed).run(kOperations);
}

}  // namespace baton::sync

#endif  // BATON_SYNC_LIST_ORACLE_H_
