// Whether a thread may be preempted now (arch/preempt.h).
#ifndef BATON_ARCH_CONTRACT_PREEMPT_STATE_H_
#define BATON_ARCH_CONTRACT_PREEMPT_STATE_H_

#include <atomic>
#include <cstdint>

namespace baton::arch {

/// Written by the thread, and by handlers on the core on which it runs: no two at once.  Relaxed,
/// all of it; the order against the thread's other work is the compiler's, kept by signal fences.
struct PreemptState {
  std::atomic<std::uint32_t> off{0};  ///< how often preemption was forbidden
  std::atomic<bool> wanted{false};    ///< somebody would have preempted meanwhile
};

}  // namespace baton::arch

#endif  // BATON_ARCH_CONTRACT_PREEMPT_STATE_H_
