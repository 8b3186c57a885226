// `RcuEngine`: grace periods and the queues of what waits for them, for a flavour to build on.
//
// A flavour (qsbr_domain.h, membarrier_domain.h, core_domain.h) says what a slot is, who reports
// for it, who drains, and how one waits.  Everything else is here.
#ifndef BATON_SYNC_RCU_ENGINE_H_
#define BATON_SYNC_RCU_ENGINE_H_

#include <atomic>
#include <cstddef>
#include <utility>

#include "sync/atomics.h"
#include "sync/rcu/callbacks.h"
#include "sync/rcu/grace_periods.h"

namespace baton::sync {

/// `Slots` readers at most; `Queues` of callbacks, each drained by one caller at a time.
template <unsigned Slots, unsigned Queues, class Atomics = StdAtomics>
class RcuEngine {
 public:
  using Head = BasicRcuHead<Atomics>;
  using Run = typename Head::Run;

  constexpr RcuEngine() = default;
  RcuEngine(const RcuEngine&) = delete;
  RcuEngine& operator=(const RcuEngine&) = delete;

  GracePeriods<Slots, Atomics>& grace_periods() { return grace_periods_; }
  const GracePeriods<Slots, Atomics>& grace_periods() const { return grace_periods_; }
  RcuCallbacks<Atomics>& queue(unsigned index) { return queues_[index]; }
  const RcuCallbacks<Atomics>& queue(unsigned index) const { return queues_[index]; }

  /// Takes note of what has ended, and runs at most `limit` callbacks of the queue.  Returns how
  /// many.  One caller per queue at a time, where callbacks may run.
  std::size_t process(unsigned index, std::size_t limit) {
    RcuCallbacks<Atomics>& queue = queues_[index];
    queue.advance(grace_periods_);
    return queue.drain(limit);
  }

  /// Returns once everything that was retired before has run.  Calls `pause()` between looks, which
  /// may process queues; somebody must process those that are not empty.
  template <class Pause>
  void barrier(Pause&& pause) {
    Barrier barriers[Queues];
    Count left{Queues};
    for (unsigned i = 0; i < Queues; ++i) {
      if (queues_[i].is_empty()) {
        // Perhaps nobody will ever process it: that of a core that the machine does not have.
        // Relaxed: is_empty() has acquired what ran in it.
        left.fetch_sub(1, std::memory_order_relaxed);
        continue;
      }
      barriers[i].count = &left;
      queues_[i].retire(barriers[i], [](Head* head) {
        Count& count = *static_cast<Barrier*>(head)->count;
        // Release pairs with the acquire below: what ran before in this queue is done.
        count.fetch_sub(1, std::memory_order_release);
      });
    }
    // Acquire pairs with the release above, of every queue along the release sequence.
    Atomics::await_acquire(left, [](unsigned n) { return n == 0; }, std::forward<Pause>(pause));
  }

  /// Retired and not run yet, at about this moment.
  std::size_t backlog() const {
    std::size_t sum = 0;
    for (const RcuCallbacks<Atomics>& queue : queues_) sum += queue.backlog();
    return sum;
  }

 private:
  using Count = typename Atomics::template Atomic<unsigned>;

  struct Barrier : Head {
    Count* count = nullptr;
  };

  GracePeriods<Slots, Atomics> grace_periods_;
  RcuCallbacks<Atomics> queues_[Queues];
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_ENGINE_H_
