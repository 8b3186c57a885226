// This core's one-shot timer: SysTick.
#ifndef BATON_ARCH_ARMV7M_TIMER_H_
#define BATON_ARCH_ARMV7M_TIMER_H_

#include <cstdint>

namespace baton::arch {

/// Every call is made with interrupts masked or from its handler, after start_clock()
/// (arch/counter.h).  Exception 15 comes when the deadline is due and, for want of a longer
/// counter, every 2^24 cycles; so whoever handles it looks whether it is due.
struct CoreTimer {
  /// Fires once Counter::ticks() reaches `deadline`; at once where it has.
  static void arm(std::uint64_t deadline) noexcept;
  static void stop() noexcept;
};

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_TIMER_H_
