// ARMv7-M's SysTick as a cycle counter: QEMU has no DWT, whose counter would be read with one
// instruction.  With -icount shift=7 an instruction lasts some counts (setups.py).
#include <cstdint>

#include "arch/counter.h"
#include "base/time.h"
#include "bench/kernel/stopwatch.h"

namespace baton::kernel_bench {

// The kernel has started it.
void start_cycles() {}

std::uint64_t cycles() { return arch::Counter::ticks(); }

Duration soon() { return Duration::microseconds(300); }

}  // namespace baton::kernel_bench
