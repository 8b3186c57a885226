// "This core": which one, in what context, and how it waits.
#ifndef BATON_ARCH_ARMV7M_CPU_H_
#define BATON_ARCH_ARMV7M_CPU_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace baton::arch {

/// Upper bound on cores in one machine; per-core tables have this many entries.
inline constexpr unsigned kMaxCores = 1;

/// How far apart, in bytes, words must lie that two cores write all the time.  There is one: what
/// is aligned to this is so for another reason, which any type has.
inline constexpr std::size_t kCacheLine = alignof(std::max_align_t);

/// This core's index, 0 .. kMaxCores - 1: a constant, so that per-core tables cost nothing.
constexpr unsigned core_index() noexcept { return 0; }

/// The exception that is being handled, 0 in a thread.  System exceptions have the architecture's
/// numbers, external line n has 16 + n.  [ARMv7-M B1.4.2 IPSR]
inline std::uint32_t exception_number() noexcept {
  std::uint32_t ipsr = 0;
  // Volatile: the same function may run in both contexts, so the answer must not be reused.
  asm volatile("mrs %0, ipsr" : "=r"(ipsr));
  return ipsr;
}

/// True inside an interrupt handler or fault.
inline bool in_interrupt() noexcept { return exception_number() != 0; }

/// Tells the CPU (and an emulator) that this is a spin loop.  Interrupts that were unmasked before
/// come before it returns.  [ARMv7-M B1.5.16 on the visibility of changes of priority]
inline void relax() noexcept { asm volatile("isb\n yield" ::: "memory"); }

/// Between two looks at `word`, which somebody else changes.
inline void wait_for_change(const std::atomic<std::uint32_t>& /*word*/,
                            std::uint32_t /*seen*/) noexcept {
  relax();
}

/// Sleeps until an interrupt is pending, masked or not; one that is masked stays pending.
///
/// What BASEPRI masks does not end the sleep, what PRIMASK masks does: so the one stands in for the
/// other.  The barrier finishes this core's stores first, those to devices too.  [ARMv7-M B1.5.19]
inline void wait_for_interrupt() noexcept {
  std::uint32_t masked = 0;
  asm volatile(
      "mrs %0, basepri\n"
      "cpsid i\n"
      "msr basepri, %1\n"
      "dsb\n"
      "wfi\n"
      "msr basepri, %0\n"
      "cpsie i"
      : "=&r"(masked)
      : "r"(0)
      : "memory");
}

/// Sleeps, masked, for good.
[[noreturn]] inline void park() noexcept {
  for (;;) {
    asm volatile("cpsid i\n dsb\n wfi" ::: "memory");
  }
}

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_CPU_H_
