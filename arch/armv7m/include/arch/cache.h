// Maintenance of the data cache by address.  Cortex-M3 and M4 have none; Cortex-M7 may have one,
// which is off after reset.  Whether one is on is in a register that all of them have.
//                                                           [ARMv7-M B2.2.7, B3.2.8]
#ifndef BATON_ARCH_ARMV7M_CACHE_H_
#define BATON_ARCH_ARMV7M_CACHE_H_

#include <cstddef>
#include <cstdint>

#include "arch/contract/concepts.h"
#include "arch/mmio.h"

namespace baton::arch {

/// What a buffer that a device works on needs (sync/dma).  Whole lines; any context; O(bytes).
class DataCache {
 public:
  /// Buffers start and end on multiples of this: the lines of a Cortex-M7.
  static constexpr std::size_t kLine = 32;

  /// A word where there is no cache.
  static std::size_t line_bytes() noexcept {
    const Mmio control(kControl);
    return is_on() ? std::size_t{4} << ((control.read<std::uint32_t>(kType) >> 16U) & 0xfU) : 4;
  }
  /// Writes back and drops every line.
  static void clean(const void* address, std::size_t bytes) noexcept {
    by_line(kCleanAndInvalidate, address, bytes);
  }
  /// Drops every line, and what was written to it and not cleaned.
  static void invalidate(void* address, std::size_t bytes) noexcept {
    by_line(kInvalidate, address, bytes);
  }

 private:
  static constexpr std::uintptr_t kControl = 0xe000'e000;  // the system control space
  static constexpr std::size_t kConfiguration = 0xd14;     // CCR
  static constexpr std::uint32_t kDataCacheOn = std::uint32_t{1} << 16U;
  static constexpr std::size_t kType = 0xd7c;                // CTR
  static constexpr std::size_t kInvalidate = 0xf5c;          // DCIMVAC
  static constexpr std::size_t kCleanAndInvalidate = 0xf70;  // DCCIMVAC

  static bool is_on() noexcept {
    return (Mmio(kControl).read<std::uint32_t>(kConfiguration) & kDataCacheOn) != 0;
  }
  static void by_line(std::size_t operation, const void* address, std::size_t bytes) noexcept {
    // What was written is in the cache, or in memory, before either is looked at.
    device_barrier();
    if (is_on()) {
      Mmio control(kControl);
      const std::size_t line = line_bytes();
      const auto begin = reinterpret_cast<std::uintptr_t>(address);
      for (std::uintptr_t at = begin; at < begin + bytes; at += line) {
        control.write<std::uint32_t>(operation, at);
      }
      device_barrier();
      asm volatile("isb" ::: "memory");
    }
  }
};

static_assert(contract::CacheMaintenance<DataCache>);

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_CACHE_H_
