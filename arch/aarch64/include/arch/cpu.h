// "This core": which one, in what context, and how it waits.
#ifndef BATON_ARCH_AARCH64_CPU_H_
#define BATON_ARCH_AARCH64_CPU_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "arch/aarch64/core_local.h"

namespace baton::arch {

/// Upper bound on cores in one machine; per-core tables have this many entries.
inline constexpr unsigned kMaxCores = BATON_MAX_CORES;

/// How far apart, in bytes, words must lie that two cores write all the time.  The lines of
/// Cortex-A53 and A72.  [ARMv8-A D13.2 CTR_EL0.DminLine]
inline constexpr std::size_t kCacheLine = 64;

/// This core's block.  Any context, once assembly has set it up.  A thread may be on another core
/// afterwards, unless its interrupts are masked or it is pinned otherwise.
inline CoreLocal& this_core() noexcept {
  CoreLocal* core = nullptr;
  // Volatile: a thread may come back from a switch, or into a section with interrupts masked, on
  // another core than before.
  asm volatile("mrs %0, tpidr_el1" : "=r"(core));
  return *core;
}

/// This core's index, 0 .. kMaxCores - 1.
inline unsigned core_index() noexcept { return static_cast<unsigned>(this_core().index); }

/// True inside an interrupt handler or fault: Baton's threads run at EL1t, handlers at EL1h.
inline bool in_interrupt() noexcept {
  std::uint64_t spsel = 0;
  // Volatile: the same function may run in both contexts, so the answer must not be reused.
  asm volatile("mrs %0, spsel" : "=r"(spsel));
  return spsel != 0;
}

/// Tells the CPU (and an emulator) that this is a spin loop.
inline void relax() noexcept { asm volatile("yield" ::: "memory"); }

/// Sleeps until somebody writes to `word`, or something else happens; not at all when it no longer
/// holds `seen`.  The exclusive load arms the monitor, and any core's store to the word clears it,
/// which is an event: whoever stores need not send one.  [ARMv8-A D1.16.1, B2.9]
inline void wait_for_change(const std::atomic<std::uint32_t>& word, std::uint32_t seen) noexcept {
  std::uint32_t now = 0;
  asm volatile(
      "ldxr %w[now], %[word]\n"
      "cmp %w[now], %w[seen]\n"
      "b.ne 1f\n"
      "wfe\n"
      "1:\n"
      : [now] "=&r"(now)
      : [word] "Q"(word), [seen] "r"(seen)
      : "cc", "memory");
}

/// Sleeps until an interrupt is pending, masked or not.  [ARMv8-A D1.16.2]
/// The barrier finishes this core's stores first, so that whoever is to wake it sees them.
inline void wait_for_interrupt() noexcept { asm volatile("dsb sy\n wfi" ::: "memory"); }

/// Sleeps, masked, for good.
[[noreturn]] inline void park() noexcept {
  asm volatile("msr daifset, #0xf" ::: "memory");
  for (;;) {
    wait_for_interrupt();
  }
}

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_CPU_H_
