// Objects of a Pool that fill a cache line each, as those of peers do that lie in an array.
//
// A Pool keeps something with every object.  An object of 64 bytes would have 128 with that, and a
// row of them half as many in a page, and none that the processor fetches with its neighbour.
#ifndef BATON_BENCH_COMMON_POOLED_H_
#define BATON_BENCH_COMMON_POOLED_H_

#include <cstddef>
#include <cstdint>

namespace baton::bench {

inline constexpr std::size_t kItemSize = 64;
/// What a Pool keeps with an object.
inline constexpr std::size_t kKeptByPool = 2 * sizeof(void*);

/// The bytes that are left in the line of an object that uses so many.
constexpr std::size_t rest_of_line(std::size_t used) { return kItemSize - kKeptByPool - used; }

/// Whether each object of the pool has a line of its own.
template <class Pool>
bool has_a_line_each(Pool& pool) {
  const auto address = [&pool](unsigned i) { return reinterpret_cast<std::uintptr_t>(pool.at(i)); };
  return address(1) - address(0) == kItemSize && address(0) % kItemSize == sizeof(void*);
}

}  // namespace baton::bench

#endif  // BATON_BENCH_COMMON_POOLED_H_
