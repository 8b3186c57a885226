// The machine's clock: SysTick's 24 bits, continued to 64.
#ifndef BATON_ARCH_ARMV7M_COUNTER_H_
#define BATON_ARCH_ARMV7M_COUNTER_H_

#include <cstdint>

#include "arch/contract/concepts.h"

namespace baton::arch {

/// Cycles of the processor's clock since start_clock(); 0 until then.
///
/// SysTick counts and interrupts at once, so being told to interrupt early costs the clock the few
/// cycles between two accesses of its registers.  Interrupts must not be masked for as long as 2^24
/// cycles, or a turn of the counter is lost.
struct Counter {
  /// Any context of the kernel's; masks for about ten instructions.
  static std::uint64_t ticks() noexcept;
  static std::uint64_t frequency_hz() noexcept;
};

static_assert(contract::Counter<Counter>);

/// Starts the clock of a processor that runs at `hz`.  Once, by the board, first of all.
void start_clock(std::uint32_t hz) noexcept;

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_COUNTER_H_
