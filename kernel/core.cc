#include "kernel/core.h"

namespace baton::kernel {

constinit std::array<Core, arch::kMaxCores> cores{};

unsigned core_count() {
  unsigned count = 0;
  for (const Core& core : cores) {
    // Relaxed: who exists is settled before other cores run.
    count += core.state.load(std::memory_order_relaxed) != CoreState::kAbsent ? 1 : 0;
  }
  return count;
}

std::uint32_t online_mask() {
  std::uint32_t mask = 0;
  for (unsigned i = 0; i < cores.size(); ++i) {
    // Acquire pairs with the release in change_state(), kernel/core_start.cc: what the core says of
    // itself.
    if (cores[i].state.load(std::memory_order_acquire) == CoreState::kOnline) {
      mask |= 1U << i;
    }
  }
  return mask;
}

}  // namespace baton::kernel
