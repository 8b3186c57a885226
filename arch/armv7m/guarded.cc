#include "arch/guarded.h"

#include "arch/armv7m/image.h"
#include "arch/cpu.h"

namespace baton::arch::internal {

extern "C" {
// {value, ok} in r0 and r1, as a 64-bit result has them.
std::uint64_t armv7m_guarded_load8(std::uintptr_t address);
std::uint64_t armv7m_guarded_load16(std::uintptr_t address);
std::uint64_t armv7m_guarded_load32(std::uintptr_t address);
}

namespace {

bool is_within(std::uintptr_t address, unsigned bytes, const std::byte* begin,
               const std::byte* end) {
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  const auto last = reinterpret_cast<std::uintptr_t>(end);
  return address >= first && address < last && last - address >= bytes;
}

bool is_of_the_image(std::uintptr_t address, unsigned bytes) {
  return is_within(address, bytes, armv7m_rodata_start, armv7m_text_end) ||
         is_within(address, bytes, armv7m_ram_start, armv7m_ram_end);
}

}  // namespace

Loaded guarded_load(std::uintptr_t address, unsigned bytes) noexcept {
  constexpr std::uint32_t kHardFault = 3;
  const std::uint32_t handled = exception_number();
  const bool no_fault_survived = handled != 0 && handled <= kHardFault;
  if (address % bytes != 0 || (no_fault_survived && !is_of_the_image(address, bytes))) {
    return {.value = 0, .ok = 0};
  }
  std::uint64_t both = 0;
  switch (bytes) {
    case 1:
      both = armv7m_guarded_load8(address);
      break;
    case 2:
      both = armv7m_guarded_load16(address);
      break;
    default:
      both = armv7m_guarded_load32(address);
      break;
  }
  return {.value = static_cast<std::uint32_t>(both), .ok = static_cast<std::uint32_t>(both >> 32U)};
}

}  // namespace baton::arch::internal
