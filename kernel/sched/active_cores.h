// `ActiveCores`: the cores that take threads.
//
// A core that begins to take some says so here, or is told so, then looks where threads wait
// (core_load.h); a core where something becomes ready says so, then looks here.  Both sequentially
// consistent, so at least one of the two sees the other: no core starts beside a thread that waits,
// and stays idle.  The other way it matters less: a thread that comes to a core that has just been
// taken off is sent on.
//
// Any core, any context.
#ifndef BATON_KERNEL_SCHED_ACTIVE_CORES_H_
#define BATON_KERNEL_SCHED_ACTIVE_CORES_H_

#include <atomic>
#include <cstdint>

#include "arch/cpu.h"
#include "kernel/sched/priority.h"
#include "sync/atomics.h"

namespace baton::kernel {

/// In a line of its own: every core reads it whenever it looks for work, and hardly anybody writes.
template <class Atomics = sync::StdAtomics>
class alignas(arch::kCacheLine) ActiveCores {
 public:
  constexpr ActiveCores() = default;
  ActiveCores(const ActiveCores&) = delete;
  ActiveCores& operator=(const ActiveCores&) = delete;

  CoreMask mask() const {
    // Sequentially consistent, pairs with the read-modify-write in add().
    return mask_.load(std::memory_order_seq_cst);
  }
  bool has(unsigned core) const { return (mask() >> core & 1U) != 0; }

  /// The core is set up, and takes threads from here on.  False: it did already.
  bool add(unsigned core) {
    // Sequentially consistent, pairs with the load in mask(), also for what the core is set up
    // with.
    const CoreMask before = mask_.fetch_or(CoreMask{1} << core, std::memory_order_seq_cst);
    return (before >> core & 1U) == 0;
  }

  enum class Removed : std::uint8_t { kDone, kNotThere, kLast };
  /// It takes none from here on, as soon as everybody has noticed.  Not the last one.
  [[nodiscard]] Removed remove(unsigned core) {
    const CoreMask bit = CoreMask{1} << core;
    // Relaxed: looked at again by the exchange.
    CoreMask mask = mask_.load(std::memory_order_relaxed);
    do {
      if ((mask & bit) == 0) return Removed::kNotThere;
      if (mask == bit) return Removed::kLast;
      // Relaxed, both: whoever sees it late does as if it came later.
    } while (!mask_.compare_exchange_weak(mask, mask & ~bit, std::memory_order_relaxed,
                                          std::memory_order_relaxed));
    return Removed::kDone;
  }

 private:
  typename Atomics::template Atomic<CoreMask> mask_{0};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_ACTIVE_CORES_H_
