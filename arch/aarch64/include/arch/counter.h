// The generic timer's counter: the same for every core, counting since reset.
#ifndef BATON_ARCH_AARCH64_COUNTER_H_
#define BATON_ARCH_AARCH64_COUNTER_H_

#include <cstdint>

#include "arch/contract/concepts.h"

namespace baton::arch {

/// CNTVCT_EL0 and CNTFRQ_EL0.  The virtual counter, so that it also runs under a hypervisor; its
/// offset is zero where Baton was entered at EL2 or above.  [ARMv8-A D13.8.25]
struct Counter {
  static std::uint64_t ticks() noexcept {
    std::uint64_t value = 0;
    // Without the barrier the read may happen early.
    asm volatile("isb\n mrs %0, cntvct_el0" : "=r"(value)::"memory");
    return value;
  }
  static std::uint64_t frequency_hz() noexcept {
    std::uint64_t value = 0;
    asm("mrs %0, cntfrq_el0" : "=r"(value));
    return value;
  }
};

static_assert(contract::Counter<Counter>);

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_COUNTER_H_
