// `CoreLoad`: what all cores may know of one core's work, and how nothing is overlooked.
//
//   running   how urgent what runs there is, and to which cores it might go
//   waiting   how urgent the best is of those that wait there, and of those that may go elsewhere
//
// A core whose work changes says so in `running`, then looks at all others' `waiting`.  A core
// where something becomes ready says so in `waiting`, then looks at all others' `running`.  All
// four are sequentially consistent, so of cores that do these at once the last one to say something
// sees all of it: a thread does not wait on one core while another one idles.  (With anything
// weaker all could be early; that has lost wake-ups in several kernels.)
//
// Each is one word.  Its own core writes, anybody reads.
#ifndef BATON_KERNEL_SCHED_CORE_LOAD_H_
#define BATON_KERNEL_SCHED_CORE_LOAD_H_

#include <atomic>
#include <cstdint>

#include "kernel/sched/priority.h"
#include "sync/atomics.h"

namespace baton::kernel {

/// Of the thread that runs on a core.
struct RunningLoad {
  int priority = kIdlePriority;  ///< a Priority's value, or kIdlePriority
  CoreMask may_go = 0;           ///< other cores on which it may run; none while it cannot leave
  friend constexpr bool operator==(const RunningLoad&, const RunningLoad&) = default;
};

/// Of the threads that wait for their turn on a core.
struct WaitingLoad {
  int top = kIdlePriority;      ///< the most urgent
  int movable = kIdlePriority;  ///< the most urgent of those that may run elsewhere
  CoreMask may_go = 0;          ///< cores on which one or other of these may run, or might have
  friend constexpr bool operator==(const WaitingLoad&, const WaitingLoad&) = default;
};

template <class Atomics = sync::StdAtomics>
class CoreLoad {
 public:
  /// Cores that a word has room for.
  static constexpr unsigned kCores = 20;

  constexpr CoreLoad() = default;
  CoreLoad(const CoreLoad&) = delete;
  CoreLoad& operator=(const CoreLoad&) = delete;

  RunningLoad running() const {
    // Sequentially consistent, pairs with the store in set_running(): see above.
    const std::uint32_t word = running_.load(std::memory_order_seq_cst);
    return {.priority = priority_at(word, 0), .may_go = word >> kMaskShift};
  }
  WaitingLoad waiting() const {
    // Sequentially consistent, pairs with the store in set_waiting(): see above.
    const std::uint32_t word = waiting_.load(std::memory_order_seq_cst);
    return {.top = priority_at(word, 0),
            .movable = priority_at(word, kPriorityBits),
            .may_go = word >> kMaskShift};
  }

  void set_running(const RunningLoad& load) {
    // Sequentially consistent, pairs with the load in running(): see above.
    running_.store(at(load.priority, 0) | load.may_go << kMaskShift, std::memory_order_seq_cst);
  }
  /// Writes only what is new.
  void set_waiting(const WaitingLoad& load) {
    const std::uint32_t word =
        at(load.top, 0) | at(load.movable, kPriorityBits) | load.may_go << kMaskShift;
    // Relaxed: its own core is the only one that writes it.
    if (waiting_.load(std::memory_order_relaxed) == word) return;
    // Sequentially consistent, pairs with the load in waiting(): see above.
    waiting_.store(word, std::memory_order_seq_cst);
  }

 private:
  static constexpr unsigned kPriorityBits = 6;
  static constexpr unsigned kMaskShift = 2 * kPriorityBits;

  // kIdlePriority is 0.
  static constexpr int priority_at(std::uint32_t word, unsigned shift) {
    return static_cast<int>(word >> shift & ((1U << kPriorityBits) - 1)) + kIdlePriority;
  }
  static constexpr std::uint32_t at(int priority, unsigned shift) {
    return static_cast<std::uint32_t>(priority - kIdlePriority) << shift;
  }

  typename Atomics::template Atomic<std::uint32_t> running_{0};
  typename Atomics::template Atomic<std::uint32_t> waiting_{0};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_CORE_LOAD_H_
