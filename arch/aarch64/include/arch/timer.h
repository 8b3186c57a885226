// This core's one-shot timer: CNTV.                        [ARMv8-A D11.2.4]
#ifndef BATON_ARCH_AARCH64_TIMER_H_
#define BATON_ARCH_AARCH64_TIMER_H_

#include <cstdint>

namespace baton::arch {

/// Every call is this core's own, IRQs masked or from its interrupt handler.  The interrupt is
/// level triggered: it stays until the deadline is moved or the timer is stopped.
struct CoreTimer {
  /// Fires once Counter::ticks() reaches `deadline`; at once where it has.
  static void arm(std::uint64_t deadline) noexcept {
    asm volatile("msr cntv_cval_el0, %0\n msr cntv_ctl_el0, %1\n isb" ::"r"(deadline),
                 "r"(std::uint64_t{1})
                 : "memory");
  }
  static void stop() noexcept { asm volatile("msr cntv_ctl_el0, xzr\n isb" ::: "memory"); }
};

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_TIMER_H_
