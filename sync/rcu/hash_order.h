// In which order an RcuHashTable's links are on its ring: by the upper bits of a hash.
//
//   order    low bits
//   bucket   00   i << shift: in front of the elements whose hashes begin with i
//   element  01   its hash
//   root     11   the largest: the end
//
// No state.
#ifndef BATON_SYNC_RCU_HASH_ORDER_H_
#define BATON_SYNC_RCU_HASH_ORDER_H_

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace baton::sync {

/// Of integers and enumerations: themselves.  The table mixes the bits.
struct IntegerHash {
  template <class Key>
    requires std::integral<Key> || std::is_enum_v<Key>
  constexpr std::uintptr_t operator()(Key key) const {
    return static_cast<std::uintptr_t>(key);
  }
};

namespace internal {

using HashOrder = std::uintptr_t;
inline constexpr unsigned kHashBits = std::numeric_limits<HashOrder>::digits;
inline constexpr HashOrder kHashKind = 3;
inline constexpr HashOrder kHashElement = 1;
inline constexpr HashOrder kHashRoot = ~HashOrder{0};

/// Fibonacci hashing: what is in the lower bits of a plain hash comes to the upper ones, which
/// choose the bucket.
template <std::integral Plain>
constexpr HashOrder mixed(Plain plain) {
  constexpr auto kGolden = static_cast<HashOrder>(0x9e37'79b9'7f4a'7c15U);
  return static_cast<HashOrder>(plain) * kGolden;
}
/// Of an element with this mixed hash, and of the bucket where such hashes begin.
constexpr HashOrder element_order(HashOrder hash) { return (hash & ~kHashKind) | kHashElement; }
constexpr HashOrder bucket_order(HashOrder bucket, unsigned shift) { return bucket << shift; }
constexpr bool is_bucket_order(HashOrder order) { return (order & kHashKind) == 0; }

}  // namespace internal
}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_HASH_ORDER_H_
