// AArch64's cycle counter: under QEMU one count per nanosecond, and with -icount shift=0 one per
// instruction.  [ARMv8-A D13.4]
#include <cstdint>

#include "base/time.h"
#include "bench/kernel/stopwatch.h"

namespace baton::kernel_bench {

void start_cycles() {
  constexpr std::uint64_t kEnable = 1;
  constexpr std::uint64_t kLong = 1U << 6U;  // 64 bits, not 32
  constexpr std::uint64_t kCycleCounter = 1U << 31U;
  asm volatile("msr pmcr_el0, %0\n msr pmcntenset_el0, %1\n isb" ::"r"(kEnable | kLong),
               "r"(kCycleCounter)
               : "memory");
}

std::uint64_t cycles() {
  std::uint64_t value = 0;
  // Without the barrier the read may happen early.
  asm volatile("isb\n mrs %0, pmccntr_el0" : "=r"(value)::"memory");
  return value;
}

Duration soon() { return Duration::microseconds(30); }

}  // namespace baton::kernel_bench
