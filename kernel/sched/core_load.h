// `CoreLoad`: what all cores may know of one core's work, and how nothing is overlooked.
//
//   running   how urgent what runs there is
//   waiting   how urgent the best is of those that wait there and may go elsewhere
//
// A core that gets less urgent work says so in `running`, then looks at all others' `waiting`.  A
// core where something becomes ready says so in `waiting`, then looks at all others' `running`. All
// four are sequentially consistent, so of two cores that do these at once at least one sees the
// other: a thread does not wait on one core while another one idles.  (With anything weaker both
// could be early; that has lost wake-ups in several kernels.)
//
// Its own core writes, anybody reads.
#ifndef BATON_KERNEL_SCHED_CORE_LOAD_H_
#define BATON_KERNEL_SCHED_CORE_LOAD_H_

#include <atomic>

#include "kernel/sched/priority.h"
#include "sync/atomics.h"

namespace baton::kernel {

template <class Atomics = sync::StdAtomics>
class CoreLoad {
 public:
  constexpr CoreLoad() = default;
  CoreLoad(const CoreLoad&) = delete;
  CoreLoad& operator=(const CoreLoad&) = delete;

  /// A Priority's value or kIdlePriority, as the rest.
  int running() const {
    // Sequentially consistent, pairs with the store in set_running(): see above.
    return running_.load(std::memory_order_seq_cst);
  }
  int waiting() const {
    // Sequentially consistent, pairs with the store in set_waiting(): see above.
    return waiting_.load(std::memory_order_seq_cst);
  }

  void set_running(int priority) {
    // Sequentially consistent, pairs with the load in running(): see above.
    running_.store(priority, std::memory_order_seq_cst);
  }
  /// Writes only what is new.
  void set_waiting(int priority) {
    // Relaxed: its own core is the only one that writes it.
    if (waiting_.load(std::memory_order_relaxed) == priority) return;
    // Sequentially consistent, pairs with the load in waiting(): see above.
    waiting_.store(priority, std::memory_order_seq_cst);
  }

 private:
  typename Atomics::template Atomic<int> running_{kIdlePriority};
  typename Atomics::template Atomic<int> waiting_{kIdlePriority};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_CORE_LOAD_H_
