// The address space: fixed by the architecture, with the MPU's permissions on top.
//
//   kernel text, constants   read, execute     guards              read: a write faults
//   data, stacks, RAM        read, write       the first bytes     nothing: null pointers fault
//
// Everything else is as the architecture's default map has it.  [ARMv7-M B3.1]
#ifndef BATON_ARCH_ARMV7M_MEMORY_H_
#define BATON_ARCH_ARMV7M_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace baton::arch {

/// A physical address, which is what a pointer holds.
using PhysAddr = std::uint32_t;

inline std::uintptr_t to_virtual(PhysAddr address) { return address; }
inline PhysAddr to_physical(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

/// Whether machines with this kind of core have kilobytes of RAM, not gigabytes.
inline constexpr bool kSmallMemory = true;

/// The core's own registers, the interrupt controller's among them.  [ARMv7-M B3.2]
inline constexpr std::uintptr_t kSystemControlSpace = 0xe000'e000;

/// A device's registers.  For breaking things on purpose.
constexpr std::uintptr_t any_device_window() { return kSystemControlSpace; }

/// What is at `address`: a name for dumps ("kernel text", "the guard below the stack of the running
/// thread"), empty where there is nothing to say.  Any context, in a panic too.
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

/// The RAM that the image was linked for: `ram` of the board's memory.ld.
std::span<const std::byte> image_ram();

/// What the hardware's memory protection is made of, for `mem`, and how much of that is used.
struct ProtectionUse {
  std::string_view what;
  unsigned used;
  unsigned total;  ///< 0: there is no such hardware, or it is off
};
ProtectionUse protection_use();

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_MEMORY_H_
