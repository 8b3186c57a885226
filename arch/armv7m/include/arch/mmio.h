// Register windows: volatile accesses of the very size asked for, to addresses that the
// architecture's memory map makes device memory.
#ifndef BATON_ARCH_ARMV7M_MMIO_H_
#define BATON_ARCH_ARMV7M_MMIO_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "arch/contract/concepts.h"

namespace baton::arch {

/// A device's registers, by offset from its base.  Copyable; owns nothing.
class Mmio {
 public:
  explicit constexpr Mmio(std::uintptr_t base) noexcept : base_(base) {}

  template <std::unsigned_integral T>
  T read(std::size_t offset) const noexcept {
    static_assert(sizeof(T) <= sizeof(std::uint32_t), "a wider access would be two");
    T value{};
    const std::uintptr_t address = base_ + offset;
    if constexpr (sizeof(T) == 1) {
      asm volatile("ldrb %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    } else if constexpr (sizeof(T) == 2) {
      asm volatile("ldrh %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    } else {
      asm volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    }
    return value;
  }

  template <std::unsigned_integral T>
  void write(std::size_t offset, T value) noexcept {
    static_assert(sizeof(T) <= sizeof(std::uint32_t), "a wider access would be two");
    const std::uintptr_t address = base_ + offset;
    if constexpr (sizeof(T) == 1) {
      asm volatile("strb %0, [%1]" ::"r"(value), "r"(address) : "memory");
    } else if constexpr (sizeof(T) == 2) {
      asm volatile("strh %0, [%1]" ::"r"(value), "r"(address) : "memory");
    } else {
      asm volatile("str %0, [%1]" ::"r"(value), "r"(address) : "memory");
    }
  }

  constexpr std::uintptr_t base() const noexcept { return base_; }

 private:
  std::uintptr_t base_;
};

static_assert(contract::RegisterWindow<Mmio>);

/// Everything before, to memory or to any device, is complete before anything after.
inline void device_barrier() noexcept { asm volatile("dsb" ::: "memory"); }

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_MMIO_H_
