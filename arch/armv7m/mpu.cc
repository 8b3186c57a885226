#include "arch/armv7m/mpu.h"

#include <bit>

#include "arch/armv7m/image.h"
#include "arch/armv7m/layout.h"
#include "arch/armv7m/system_control.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "base/assert.h"

namespace baton::arch {
namespace {

// [ARMv7-M B3.5.9] MPU_RASR
constexpr std::uint32_t kEnable = 1;
constexpr std::uint32_t kNever = 1U << 28U;  // execute
constexpr std::uint32_t kNoAccess = 0U << 24U;
constexpr std::uint32_t kPrivilegedWrites = 1U << 24U;
constexpr std::uint32_t kPrivilegedReads = 5U << 24U;
// [ARMv7-M B3.5.9 table B3-13] Normal memory, write-through; shareable where it is RAM.
constexpr std::uint32_t kCode = 0b010U << 16U;
constexpr std::uint32_t kRam = 0b110U << 16U;

constinit unsigned regions_used = 0;

// Nothing checks what the hardware is told: a region is as large as a power of two, and aligned to
// it.
void set(unsigned region, std::uintptr_t base, std::size_t bytes, std::uint32_t attributes) {
  constexpr std::size_t kSmallest = 32;
  BATON_CHECK(std::has_single_bit(bytes) && bytes >= kSmallest && base % bytes == 0);
  Mmio io(scs::kBase);
  const auto size = static_cast<std::uint32_t>(std::countr_zero(bytes) - 1) << 1U;
  scs::MpuBaseReg::write(io, mmio::Plain<>::from_raw(base | BATON_MPU_RBAR_VALID | region));
  scs::MpuSizeReg::write(io, mmio::Plain<>::from_raw(attributes | size | kEnable));
  ++regions_used;
}

std::uintptr_t address_of(const std::byte* symbol) {
  return reinterpret_cast<std::uintptr_t>(symbol);
}

}  // namespace

void start_mpu() {
  Mmio io(scs::kBase);
  if (address_of(armv7m_use_mpu) == 0) return;
  if (scs::MpuTypeReg::read(io).regions() <= BATON_REGION_THREAD_GUARD) return;
  set(BATON_REGION_CODE, address_of(armv7m_flash_start),
      address_of(armv7m_flash_end) - address_of(armv7m_flash_start), kPrivilegedReads | kCode);
  set(BATON_REGION_RAM, address_of(armv7m_ram_start),
      address_of(armv7m_ram_end) - address_of(armv7m_ram_start), kPrivilegedWrites | kRam | kNever);
  set(BATON_REGION_NULL, 0, kNullBytes, kNoAccess | kCode | kNever);
  // Reading is harmless, and tells people how much of a stack was used.
  set(BATON_REGION_HANDLER_GUARD, address_of(armv7m_handler_stack_start), BATON_STACK_GUARD_SIZE,
      kPrivilegedReads | kRam | kNever);
  set(BATON_REGION_THREAD_GUARD, address_of(armv7m_thread_stack_start), BATON_STACK_GUARD_SIZE,
      kPrivilegedReads | kRam | kNever);
  scs::MpuControlReg::write(io, scs::MpuControl().with_enabled(true).with_background(true));
  asm volatile("dsb\n isb" ::: "memory");
}

std::uintptr_t thread_guard() {
  Mmio io(scs::kBase);
  constexpr std::uint32_t kFlags = 0x1f;
  scs::MpuNumberReg::write(io, mmio::Plain<>::from_raw(BATON_REGION_THREAD_GUARD));
  return scs::MpuBaseReg::read(io).raw() & ~kFlags;
}

ProtectionUse protection_use() {
  Mmio io(scs::kBase);
  const bool on = scs::MpuControlReg::read(io).enabled();
  return {.what = "MPU regions",
          .used = on ? regions_used : 0,
          .total = on ? scs::MpuTypeReg::read(io).regions() : 0};
}

}  // namespace baton::arch
