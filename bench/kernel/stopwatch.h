// This core's cycle counter, the finest clock that there is; and what it is checked by.
//
// Each core has a counter of its own: both ends of a measurement are on one core.
#ifndef BATON_BENCH_KERNEL_STOPWATCH_H_
#define BATON_BENCH_KERNEL_STOPWATCH_H_

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace baton::kernel_bench {

// Each port's, which the image links: stopwatch_*.cc.

/// Starts this core's counter, once before it is read.
void start_cycles();
/// Any context of that core.
std::uint64_t cycles();
/// A timer that is armed for so long comes when its thread waits for it already.
Duration soon();

/// Two instructions per turn.
inline void count_down(std::size_t turns) {
  asm volatile("1: subs %0, %0, #1\n bne 1b" : "+r"(turns)::"cc");
}

}  // namespace baton::kernel_bench

#endif  // BATON_BENCH_KERNEL_STOPWATCH_H_
