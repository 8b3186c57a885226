// The hosted port's view of "this core": a CPU of the virtual machine where one runs
// (arch/host/machine.h), else the calling OS thread, which has the number that a test gave it.
#ifndef BATON_ARCH_HOST_CPU_H_
#define BATON_ARCH_HOST_CPU_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "arch/hosted_cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace baton::arch {

/// Upper bound on cores in one machine; per-core tables have this many entries.
inline constexpr unsigned kMaxCores = 8;

/// How far apart, in bytes, words must lie that two cores write all the time.  x86-64 has lines
/// of 64 bytes and fetches them in pairs: bench/lists/README.md says what a shared pair costs.
#if defined(__x86_64__)
inline constexpr std::size_t kCacheLine = 128;
#else
inline constexpr std::size_t kCacheLine = 64;
#endif

/// This core's index, 0 .. kMaxCores - 1.
inline unsigned core_index() noexcept { return static_cast<unsigned>(internal::read_core()); }

/// True inside an interrupt handler of this core.
inline bool in_interrupt() noexcept { return internal::read_interrupt_depth() != 0; }

/// Where a virtual machine runs (arch/host/machine.h), other cores may go on here and interrupts
/// may come; elsewhere nothing.  Interrupt masking, waiting, the clock and the machine's devices
/// are such points by themselves.
inline void preemption_point() noexcept { internal::hosted_point(); }

/// Tells the CPU that this is a spin loop.
inline void relax() noexcept {
  if (internal::HostedCpu* const cpu = internal::this_hosted_cpu(); cpu != nullptr) {
    cpu->relax();
    return;
  }
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Between two looks at `word`, which somebody else changes.
inline void wait_for_change(const std::atomic<std::uint32_t>& /*word*/,
                            std::uint32_t /*seen*/) noexcept {
  relax();
}

/// Sleeps until an interrupt is pending, masked or not.  On a virtual machine only.
void wait_for_interrupt() noexcept;

/// Sleeps, masked, for good.  On a virtual machine only.
[[noreturn]] void park() noexcept;

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_CPU_H_
