// This core's cycle counter: the finest clock that there is.
//
// QEMU with -icount shift=0 counts one per instruction; without, one per nanosecond of its own
// clock.  Each core has a counter of its own: both ends of a measurement are on one core.
#ifndef BATON_BENCH_KERNEL_STOPWATCH_H_
#define BATON_BENCH_KERNEL_STOPWATCH_H_

#include <cstdint>

namespace baton::kernel_bench {

/// Starts this core's counter, once before it is read.  [ARMv8-A D13.4 PMCR_EL0, PMCNTENSET_EL0]
inline void start_cycles() {
  constexpr std::uint64_t kEnable = 1;
  constexpr std::uint64_t kLong = 1U << 6U;  // 64 bits, not 32
  constexpr std::uint64_t kCycleCounter = 1U << 31U;
  asm volatile("msr pmcr_el0, %0\n msr pmcntenset_el0, %1\n isb" ::"r"(kEnable | kLong),
               "r"(kCycleCounter)
               : "memory");
}

/// Any context of that core.
inline std::uint64_t cycles() {
  std::uint64_t value = 0;
  // Without the barrier the read may happen early.
  asm volatile("isb\n mrs %0, pmccntr_el0" : "=r"(value)::"memory");
  return value;
}

}  // namespace baton::kernel_bench

#endif  // BATON_BENCH_KERNEL_STOPWATCH_H_
