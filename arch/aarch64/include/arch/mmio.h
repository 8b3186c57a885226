// Register windows: volatile accesses of the very size asked for, to memory mapped as device.
#ifndef BATON_ARCH_AARCH64_MMIO_H_
#define BATON_ARCH_AARCH64_MMIO_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "arch/contract/concepts.h"

namespace baton::arch {

/// A device's registers, by offset from its base (a virtual address from arch::map_device).
/// Copyable; owns nothing.
class Mmio {
 public:
  explicit constexpr Mmio(std::uintptr_t base) noexcept : base_(base) {}

  template <std::unsigned_integral T>
  T read(std::size_t offset) const noexcept {
    T value{};
    const std::uintptr_t address = base_ + offset;
    // Plain register-indirect forms, which a hypervisor can emulate and no compiler can merge.
    if constexpr (sizeof(T) == 1) {
      asm volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    } else if constexpr (sizeof(T) == 2) {
      asm volatile("ldrh %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    } else if constexpr (sizeof(T) == 4) {
      asm volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    } else {
      asm volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    }
    return value;
  }

  template <std::unsigned_integral T>
  void write(std::size_t offset, T value) noexcept {
    const std::uintptr_t address = base_ + offset;
    if constexpr (sizeof(T) == 1) {
      asm volatile("strb %w0, [%1]" ::"r"(value), "r"(address) : "memory");
    } else if constexpr (sizeof(T) == 2) {
      asm volatile("strh %w0, [%1]" ::"r"(value), "r"(address) : "memory");
    } else if constexpr (sizeof(T) == 4) {
      asm volatile("str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
    } else {
      asm volatile("str %0, [%1]" ::"r"(value), "r"(address) : "memory");
    }
  }

  constexpr std::uintptr_t base() const noexcept { return base_; }

 private:
  std::uintptr_t base_;
};

static_assert(contract::RegisterWindow<Mmio>);

/// Everything before, to memory or to any device, is complete before anything after.  Also what
/// Broadcom's peripheral bus wants when the driver moves from one device to another.
inline void device_barrier() noexcept { asm volatile("dsb sy" ::: "memory"); }

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_MMIO_H_
