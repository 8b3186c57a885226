// All scenarios, for `stress` and the tests.
#ifndef BATON_KERNEL_STRESS_STRESS_H_
#define BATON_KERNEL_STRESS_STRESS_H_

#include <span>

#include "arch/cpu.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

/// How often scenarios take turns: one after the other they have the same memory where there is
/// little of it, which is where there is one small core.
inline constexpr unsigned kShifts = arch::kMaxCores > 1 ? 1 : 4;

/// Those of a shift, which may run together.  They are anew, and those of another shift are no
/// more: none of them may run.  One thread at a time.
std::span<Scenario* const> scenarios(unsigned shift = 0);

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_STRESS_H_
