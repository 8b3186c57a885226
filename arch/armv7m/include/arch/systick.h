// SysTick, the timer that every ARMv7-M core may have.     [ARMv7-M B3.3]
#ifndef BATON_ARCH_ARMV7M_SYSTICK_H_
#define BATON_ARCH_ARMV7M_SYSTICK_H_

#include <cstdint>

#include "arch/armv7m/system_control.h"
#include "arch/mmio.h"
#include "base/assert.h"

namespace baton::arch {

/// A 24-bit counter that runs down once per cycle of the processor's clock.  One user at a time,
/// its interrupt masked or from its own handler.
struct SysTick {
  static constexpr std::uint32_t kMaxCycles = 0x0100'0000;

  /// Raises exception 15 in `cycles` cycles, from 2 to kMaxCycles, and then every so many until
  /// stop().
  static void start(std::uint32_t cycles) noexcept {
    BATON_ASSERT(cycles >= 2 && cycles <= kMaxCycles);
    Mmio io(scs::kBase);
    scs::SystReloadReg::write(io, scs::Counter::from_raw(cycles - 1));
    // Any write clears the counter, which takes the reload value with the next cycle.
    scs::SystCurrentReg::write(io, scs::Counter());
    scs::SystControlReg::write(
        io, scs::SystControl().with_processor_clock(true).with_interrupt(true).with_enabled(true));
  }

  /// Neither counts nor interrupts any more; what was raised and not handled yet is forgotten.
  static void stop() noexcept {
    Mmio io(scs::kBase);
    scs::SystControlReg::write(io, scs::SystControl());
    scs::InterruptControlReg::write(io, scs::InterruptControl().with_clear_systick(true));
  }

  /// Cycles until it raises its exception.
  static std::uint32_t remaining() noexcept {
    Mmio io(scs::kBase);
    return scs::SystCurrentReg::read(io).raw();
  }
};

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_SYSTICK_H_
