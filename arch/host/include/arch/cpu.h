// The hosted port's view of "this core": the process is one core, its threads are told apart by the
// number a test gives them.
#ifndef BATON_ARCH_HOST_CPU_H_
#define BATON_ARCH_HOST_CPU_H_

#include <cstdint>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace baton::arch {

/// Upper bound on cores in one machine; per-core tables have this many entries.
inline constexpr unsigned kMaxCores = 8;

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

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_CPU_H_
