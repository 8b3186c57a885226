// Maintenance of the data cache by address: a simulated device shares the host's caches, so there
// is nothing to do.  That it is done all the same is shown by the cache model (sync/dma).
#ifndef BATON_ARCH_HOST_CACHE_H_
#define BATON_ARCH_HOST_CACHE_H_

#include <cstddef>

#include "arch/contract/concepts.h"

namespace baton::arch {

struct DataCache {
  /// Buffers start and end on multiples of this.
  static constexpr std::size_t kLine = 64;

  static std::size_t line_bytes() noexcept { return kLine; }
  static void clean(const void* /*address*/, std::size_t /*bytes*/) noexcept {}
  static void invalidate(void* /*address*/, std::size_t /*bytes*/) noexcept {}
};

static_assert(contract::CacheMaintenance<DataCache>);

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_CACHE_H_
