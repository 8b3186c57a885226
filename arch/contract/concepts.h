// What a port owes everybody above it, as concepts.  Each port's header ends with the static_assert
// that checks its part, so that an incomplete port fails in one line that names what is missing.
// Only ports include this file.
#ifndef BATON_ARCH_CONTRACT_CONCEPTS_H_
#define BATON_ARCH_CONTRACT_CONCEPTS_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace baton::arch::contract {

/// Masking of this core's interrupts (arch/irq.h).
template <class T>
concept IrqMask = requires(typename T::State state) {
  { T::save_and_disable() } noexcept -> std::same_as<typename T::State>;
  { T::restore(state) } noexcept;
  { T::enabled() } noexcept -> std::same_as<bool>;
};

/// Access to a device's register window (arch/mmio.h).
template <class T>
concept RegisterWindow = requires(T io, const T const_io, std::size_t offset, std::uint32_t raw) {
  { T(std::uintptr_t{}) } noexcept;
  { const_io.template read<std::uint32_t>(offset) } noexcept -> std::same_as<std::uint32_t>;
  { io.template write<std::uint32_t>(offset, raw) } noexcept;
  { const_io.base() } noexcept -> std::same_as<std::uintptr_t>;
};

/// A monotonic counter that every core reads alike (arch/counter.h).
template <class T>
concept Counter = requires {
  { T::ticks() } noexcept -> std::same_as<std::uint64_t>;
  { T::frequency_hz() } noexcept -> std::same_as<std::uint64_t>;
};

}  // namespace baton::arch::contract

#endif  // BATON_ARCH_CONTRACT_CONCEPTS_H_
