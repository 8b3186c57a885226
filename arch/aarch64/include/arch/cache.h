// Maintenance of the data cache by address, for memory that something else than a core reads or
// writes: a device, or a core whose cache is off.          [ARMv8-A D4.4.8]
#ifndef BATON_ARCH_AARCH64_CACHE_H_
#define BATON_ARCH_AARCH64_CACHE_H_

#include <cstddef>
#include <cstdint>

#include "arch/contract/concepts.h"

namespace baton::arch {

/// Bytes in a line of the data cache, from CTR_EL0.DminLine.
inline std::size_t cache_line_bytes() noexcept {
  std::uint64_t ctr = 0;
  asm("mrs %0, ctr_el0" : "=r"(ctr));
  return std::size_t{4} << ((ctr >> 16U) & 0xfU);
}

/// Writes back and drops every line of [address, address + bytes): after it, memory holds what this
/// core wrote, and the next read comes from memory.  Clean without invalidate is not offered: on
/// Cortex-A53 it may lose data (erratum 855873).  Any context; O(bytes).
inline void clean_and_invalidate(const void* address, std::size_t bytes) noexcept {
  const std::size_t line = cache_line_bytes();
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  for (std::uintptr_t at = begin & ~(line - 1); at < begin + bytes; at += line) {
    asm volatile("dc civac, %0" ::"r"(at) : "memory");
  }
  asm volatile("dsb sy" ::: "memory");
}

/// What a buffer that a device works on needs (sync/dma).  Whole lines; any context; O(bytes).
struct DataCache {
  /// Buffers start and end on multiples of this: Cortex-A53 and A72 have lines of 64 bytes.
  static constexpr std::size_t kLine = 64;

  static std::size_t line_bytes() noexcept { return cache_line_bytes(); }
  /// Cleans and invalidates: erratum 855873.
  static void clean(const void* address, std::size_t bytes) noexcept {
    clean_and_invalidate(address, bytes);
  }
  /// Drops every line, and what was written to it and not cleaned.
  static void invalidate(void* address, std::size_t bytes) noexcept {
    const std::size_t line = line_bytes();
    const auto begin = reinterpret_cast<std::uintptr_t>(address);
    for (std::uintptr_t at = begin; at < begin + bytes; at += line) {
      asm volatile("dc ivac, %0" ::"r"(at) : "memory");
    }
    asm volatile("dsb sy" ::: "memory");
  }
};

static_assert(contract::CacheMaintenance<DataCache>);

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_CACHE_H_
