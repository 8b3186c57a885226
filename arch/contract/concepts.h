// What a port owes everybody above it, as concepts.  Each port's header ends with the static_assert
// that checks its part, so that an incomplete port fails in one line that names what is missing.
// Only ports include this file.
#ifndef BATON_ARCH_CONTRACT_CONCEPTS_H_
#define BATON_ARCH_CONTRACT_CONCEPTS_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

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

/// Maintenance of the data cache for memory that a device reads or writes (arch/cache.h).  A port
/// without such a cache does nothing.
template <class T>
concept CacheMaintenance = requires(void* address, const void* const_address, std::size_t bytes) {
  requires T::kLine != 0 && (T::kLine & (T::kLine - 1)) == 0;
  { T::line_bytes() } noexcept -> std::same_as<std::size_t>;
  { T::clean(const_address, bytes) } noexcept;
  { T::invalidate(address, bytes) } noexcept;
};

/// A monotonic counter that every core reads alike (arch/counter.h).
template <class T>
concept Counter = requires {
  { T::ticks() } noexcept -> std::same_as<std::uint64_t>;
  { T::frequency_hz() } noexcept -> std::same_as<std::uint64_t>;
};

/// What a thread that does not run has saved, and the switch to another (arch/context.h).
template <class T>
concept ThreadContext = requires(T from, T to, const T& saved, std::span<std::byte> stack,
                                 void (*entry)(void*), void* argument) {
  { to.prepare(stack, entry, argument) } noexcept;
  { T::switch_to(from, to) } noexcept;
  { to.release() } noexcept;
  { saved.stack_pointer() } noexcept -> std::same_as<std::uintptr_t>;
};

/// Storage for a thread's stack, and what protect_guard() takes (arch/thread_stack.h).
template <class T>
concept StackStorage = requires(T storage, const T& const_storage) {
  { storage.bytes() } -> std::same_as<std::span<std::byte>>;
  { const_storage.guard() } -> std::same_as<std::span<const std::byte>>;
};

}  // namespace baton::arch::contract

#endif  // BATON_ARCH_CONTRACT_CONCEPTS_H_
