// The kernel's address space as a Linux program: the process's.  Physical addresses are virtual
// ones, and what there is is mapped.
#ifndef BATON_ARCH_HOST_MEMORY_H_
#define BATON_ARCH_HOST_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace baton::arch {

/// A physical address.
using PhysAddr = std::uint64_t;

/// Whether machines with this kind of core have kilobytes of RAM, not gigabytes.
inline constexpr bool kSmallMemory = false;

inline constexpr std::uint64_t kPageBytes = 4096;

inline std::uintptr_t to_virtual(PhysAddr address) { return address; }
inline PhysAddr to_physical(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

/// The first window that a device was mapped to: there is none.
inline std::uintptr_t any_device_window() { return 0; }

/// What is mapped at `address`: only the process's own loader knows.
struct AddressName {
  std::string_view what;
  int core = -1;
};
inline AddressName name_address(std::uintptr_t /*address*/) { return {}; }

/// The parts of the kernel's image, for `mem`: the process's are its loader's affair.
struct Section {
  std::string_view name;
  const std::byte* begin;
  const std::byte* end;
};
inline std::span<const Section> image_sections() { return {}; }

/// What the hardware's memory protection is made of, for `mem`: the process's is its own affair.
struct ProtectionUse {
  std::string_view what;
  unsigned used;
  unsigned total;
};
inline ProtectionUse protection_use() { return {}; }

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_MEMORY_H_
