// What is looked up, the same for every table: keys, the order in which they are asked for, and the
// hash of a key.
#ifndef BATON_BENCH_HASH_KEYS_H_
#define BATON_BENCH_HASH_KEYS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace baton::bench {

using Key = std::uint32_t;

/// For every table.  Good in the upper bits and in the lower ones: some choose the bucket by these,
/// some by those.
struct KeyHash {
  constexpr std::size_t operator()(Key key) const {
    const std::uint64_t mixed = key * 0x9fb2'1c65'1e98'df25U;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32U));
  }
};

/// The i-th key; all differ.
constexpr Key key_of(std::uint32_t i) {
  i = (i ^ (i >> 16U)) * 0x7feb'352dU;
  i = (i ^ (i >> 15U)) * 0x846c'a68bU;
  return i ^ (i >> 16U);
}
/// What is stored with a key; never 0, which says that there is nothing.
constexpr std::uint32_t value_of(Key key) { return key | 1U; }

/// A table of three quarters as many items as it has buckets.
constexpr std::uint32_t items_in(std::size_t buckets) {
  return static_cast<std::uint32_t>(buckets / 4 * 3);
}

/// Keys in an order in which they were not inserted: all that are in the table, or as many that are
/// not.
inline std::vector<Key> shuffled_keys(std::size_t buckets, bool present) {
  const std::uint32_t count = items_in(buckets);
  std::vector<Key> made;
  made.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) made.push_back(key_of(present ? i : count + i));
  std::ranges::shuffle(made, std::mt19937(count));
  return made;
}

}  // namespace baton::bench

#endif  // BATON_BENCH_HASH_KEYS_H_
