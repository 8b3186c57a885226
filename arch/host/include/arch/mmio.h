// Register windows of the hosted port: every access goes to the fake device that a test has put at
// that address (arch/host/fake_bus.h), so that drivers run unchanged against it.
#ifndef BATON_ARCH_HOST_MMIO_H_
#define BATON_ARCH_HOST_MMIO_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "arch/contract/concepts.h"

namespace baton::arch {

namespace internal {
std::uint64_t fake_bus_read(std::uintptr_t address, unsigned bytes) noexcept;
void fake_bus_write(std::uintptr_t address, unsigned bytes, std::uint64_t value) noexcept;
}  // namespace internal

/// A device's registers, by offset from its base.  Copyable; owns nothing.
class Mmio {
 public:
  explicit constexpr Mmio(std::uintptr_t base) noexcept : base_(base) {}

  template <std::unsigned_integral T>
  T read(std::size_t offset) const noexcept {
    return static_cast<T>(internal::fake_bus_read(base_ + offset, sizeof(T)));
  }
  template <std::unsigned_integral T>
  void write(std::size_t offset, T value) noexcept {
    internal::fake_bus_write(base_ + offset, sizeof(T), value);
  }
  constexpr std::uintptr_t base() const noexcept { return base_; }

 private:
  std::uintptr_t base_;
};

static_assert(contract::RegisterWindow<Mmio>);

/// Orders normal memory and device accesses; a hosted device sees everything in program order.
inline void device_barrier() noexcept {}

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_MMIO_H_
