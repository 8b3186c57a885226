// Who should run, found the naive way: the most urgent threads that can have a core each at the
// same time.  What tests of the scheduler compare with; hosted programs.
//
// Threads that can all run at once are the independent sets of a matroid, so taking them from the
// most urgent down, each one that can still be fitted in, gives the best set, and the priorities in
// it are the same however equals are chosen.
#ifndef BATON_KERNEL_SCHED_BEST_ASSIGNMENT_H_
#define BATON_KERNEL_SCHED_BEST_ASSIGNMENT_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <span>

namespace baton::kernel::testing {

struct Runnable {
  int priority;
  unsigned affinity;  ///< bit n: may run on core n
};

inline constexpr std::size_t kMostCores = 16;
/// Priorities, the most urgent first; -1 for each core that idles.
using Running = std::array<int, kMostCores>;

class BestAssignment {
 public:
  BestAssignment(std::span<Runnable> threads, unsigned cores) : threads_(threads), cores_(cores) {
    owner_.fill(kNobody);
    running_.fill(-1);
    std::ranges::sort(threads_, std::ranges::greater(), &Runnable::priority);
    std::size_t count = 0;
    for (std::size_t thread = 0; thread < threads_.size(); ++thread) {
      unsigned tried = 0;
      if (fit(thread, tried)) running_[count++] = threads_[thread].priority;
    }
  }
  const Running& running() const { return running_; }

 private:
  static constexpr std::size_t kNobody = ~std::size_t{0};

  // Gives the thread a core, those that have one moving up for it.
  bool fit(std::size_t thread, unsigned& tried) {
    for (unsigned core = 0; core < cores_; ++core) {
      if ((threads_[thread].affinity >> core & 1U) == 0 || (tried >> core & 1U) != 0) continue;
      tried |= 1U << core;
      if (owner_[core] == kNobody || fit(owner_[core], tried)) {
        owner_[core] = thread;
        return true;
      }
    }
    return false;
  }

  std::span<Runnable> threads_;
  unsigned cores_;
  std::array<std::size_t, kMostCores> owner_{};
  Running running_{};
};

/// In the order of BestAssignment::running().
inline Running in_order(Running running) {
  std::ranges::sort(running, std::ranges::greater());
  return running;
}

}  // namespace baton::kernel::testing

#endif  // BATON_KERNEL_SCHED_BEST_ASSIGNMENT_H_
