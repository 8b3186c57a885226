#include "arch/memory.h"

#include <array>

#include "arch/armv7m/image.h"
#include "arch/armv7m/mpu.h"
#include "arch/context.h"

namespace baton::arch {
namespace {

constexpr std::array<Section, 6> kSections = {{
    {.name = "kernel text", .begin = armv7m_text_start, .end = armv7m_text_end},
    {.name = "constants", .begin = armv7m_rodata_start, .end = armv7m_rodata_end},
    {.name = "handlers' stack",
     .begin = armv7m_handler_stack_start,
     .end = armv7m_handler_stack_end},
    {.name = "first thread's stack",
     .begin = armv7m_thread_stack_start,
     .end = armv7m_thread_stack_end},
    {.name = "data", .begin = armv7m_data_start, .end = armv7m_data_end},
    {.name = "zeroed data", .begin = armv7m_bss_start, .end = armv7m_bss_end},
}};

bool is_in(std::uintptr_t address, std::uintptr_t begin, std::size_t bytes) {
  return address - begin < bytes;
}

}  // namespace

AddressName name_address(std::uintptr_t address) {
  constexpr std::uintptr_t kFirstDevice = 0x4000'0000;
  constexpr std::uintptr_t kFirstExternal = 0x6000'0000;
  constexpr std::uintptr_t kPrivate = 0xe000'0000;
  if (is_in(address, 0, kNullBytes)) return {.what = "next to a null pointer"};
  if (is_in(address, thread_guard(), kGuardBytes)) {
    return {.what = "the guard below the running thread's stack", .core = 0};
  }
  if (is_in(address, reinterpret_cast<std::uintptr_t>(armv7m_handler_stack_start), kGuardBytes)) {
    return {.what = "the guard below the handlers' stack", .core = 0};
  }
  for (const Section& section : kSections) {
    const auto begin = reinterpret_cast<std::uintptr_t>(section.begin);
    if (is_in(address, begin, static_cast<std::size_t>(section.end - section.begin))) {
      return {.what = section.name};
    }
  }
  if (address >= kFirstDevice && address < kFirstExternal) return {.what = "a device"};
  if (address >= kPrivate) return {.what = "the core's registers"};
  return {};
}

std::span<const Section> image_sections() { return kSections; }

std::span<const std::byte> image_ram() { return {armv7m_ram_start, armv7m_ram_end}; }

}  // namespace baton::arch
