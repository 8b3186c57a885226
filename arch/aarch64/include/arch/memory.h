// The kernel's address space: physical memory at a fixed distance, each part with the permissions
// that fit its kind.
//
//   kernel text    read, execute       RAM       read, write
//   constants      read                devices   read, write, no caching, no reordering (nGnRE)
//   data, stacks   read, write         guards    nothing
//
// Mapping happens on the boot core before others start; afterwards the map is read, and pages of
// the image become guards (arch/thread_stack.h).
#ifndef BATON_ARCH_AARCH64_MEMORY_H_
#define BATON_ARCH_AARCH64_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "arch/aarch64/layout.h"
#include "arch/mmio.h"
#include "base/result.h"

namespace baton::arch {

/// A physical address.
using PhysAddr = std::uint64_t;

/// Whether machines with this kind of core have kilobytes of RAM, not gigabytes.
inline constexpr bool kSmallMemory = false;

inline constexpr std::uint64_t kLinearBase = BATON_LINEAR_BASE;
inline constexpr std::uint64_t kPageBytes = 4096;
/// Physical addresses from here on have no place in the linear map.
inline constexpr std::uint64_t kLinearBytes = std::uint64_t{1} << 39U;

/// Where the linear map shows `address`, mapped or not.
inline std::uintptr_t to_virtual(PhysAddr address) { return address + kLinearBase; }
/// The physical address of what lies in the linear map, the kernel's image included.
inline PhysAddr to_physical(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) - kLinearBase;
}

enum class MemoryKind : std::uint8_t { kRam, kDevice };

/// Maps [begin, begin + bytes), rounded outwards to pages.  What is mapped so already stays; the
/// kernel's own image inside RAM keeps its permissions.  Boot core only, before other cores start.
/// kInvalidArgument: empty, or mapped as the other kind; kOutOfRange: beyond the linear map;
/// kFull: out of page tables.
Result<void> map(PhysAddr begin, std::uint64_t bytes, MemoryKind kind);

/// `map` for a device, and the window on it.
Result<Mmio> map_device(PhysAddr begin, std::uint64_t bytes);

/// The first window that was mapped by map_device(); 0 when none was.  For breaking things on
/// purpose.
std::uintptr_t any_device_window();

/// What is mapped at `address`: a name for dumps ("kernel text", "RAM", "the guard below a
/// thread's stack"), empty where there is nothing to say.  Any context, in a panic too.
struct AddressName {
  std::string_view what;
  int core = -1;  ///< the core whose stack or guard it is
};
AddressName name_address(std::uintptr_t address);

/// The parts of the kernel's image, for `mem`.
struct Section {
  std::string_view name;
  const std::byte* begin;
  const std::byte* end;
};
std::span<const Section> image_sections();

/// What the hardware's memory protection is made of, for `mem`, and how much of that is used.
struct ProtectionUse {
  std::string_view what;
  unsigned used;
  unsigned total;
};
ProtectionUse protection_use();

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_MEMORY_H_
