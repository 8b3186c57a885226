// `Window`: the part of memory that a device reaches, and what it calls that part.
//
// On BCM2835 and its successors, for instance, a DMA engine sees the first GiB of memory under
// other numbers than the cores do, uncached from 0xc0000000 on, and nothing beyond.  A buffer
// outside is an error, which is told before any device is (sync/dma/ownership.h).
#ifndef BATON_SYNC_DMA_WINDOW_H_
#define BATON_SYNC_DMA_WINDOW_H_

#include <cstdint>

#include "base/result.h"

namespace baton::sync::dma {

struct Window {
  std::uint64_t physical = 0;  ///< the first address within reach, as cores know it
  std::uint64_t bytes = 0;     ///< and how many
  std::uint64_t bus = 0;       ///< the same address, as the device knows it
  std::uint64_t unit = 1;      ///< addresses and lengths are multiples of it; a power of two

  /// What the device calls [at, at + length), all of which it reaches.  kInvalidArgument: nothing
  /// at all, or not aligned to `unit`; kOutOfRange: a part is beyond reach.  Any context; O(1).
  [[nodiscard]] constexpr Result<std::uint64_t> reach(std::uint64_t at,
                                                      std::uint64_t length) const noexcept {
    if (length == 0 || ((at | length) & (unit - 1)) != 0) return fail(Error::kInvalidArgument);
    if (at < physical || length > bytes || at - physical > bytes - length) {
      return fail(Error::kOutOfRange);
    }
    return bus + (at - physical);
  }
};

}  // namespace baton::sync::dma

#endif  // BATON_SYNC_DMA_WINDOW_H_
