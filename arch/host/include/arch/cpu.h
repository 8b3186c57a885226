// The hosted port's view of "this core": the process is one core, its threads are told apart by the
// number a test gives them.
#ifndef BATON_ARCH_HOST_CPU_H_
#define BATON_ARCH_HOST_CPU_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__) || defined(__i386__)
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

namespace internal {
inline thread_local unsigned hosted_core = 0;
inline thread_local unsigned hosted_interrupt_depth = 0;
}  // namespace internal

/// This core's index, 0 .. kMaxCores - 1.
inline unsigned core_index() noexcept { return internal::hosted_core; }

/// True inside an interrupt handler of this core.
inline bool in_interrupt() noexcept { return internal::hosted_interrupt_depth != 0; }

/// Tells the CPU that this is a spin loop.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#endif
}

/// Between two looks at `word`, which somebody else changes.
inline void wait_for_change(const std::atomic<std::uint32_t>& /*word*/,
                            std::uint32_t /*seen*/) noexcept {
  relax();
}

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_CPU_H_
