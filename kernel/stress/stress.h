// All scenarios together, or one of them, for a while.
#ifndef BATON_KERNEL_STRESS_STRESS_H_
#define BATON_KERNEL_STRESS_STRESS_H_

#include <span>

#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

/// Every scenario; each exists once.
std::span<Scenario* const> scenarios();

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_STRESS_H_
