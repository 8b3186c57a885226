// What the hosted flavours of RCU share: queues, waiting, a stall report.
//
// A flavour says how it learns that readers have looked away (`scan`), and which slot is whose.
#ifndef BATON_SYNC_RCU_HOSTED_DOMAIN_BASE_H_
#define BATON_SYNC_RCU_HOSTED_DOMAIN_BASE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "sync/atomics.h"
#include "sync/rcu/engine.h"
#include "sync/rcu/grace_periods.h"

namespace baton::sync {

/// A grace period that lasts: who holds it up, and for how long.
struct RcuStall {
  std::chrono::milliseconds duration;
  std::vector<int> threads;  ///< of the operating system, those that have yet to report
};

class HostedRcuDomain {
 public:
  using Atomics = StdAtomics;
  using Head = RcuHead;
  /// Threads that may be attached at a time.
  static constexpr unsigned kMaxReaders = 256;
  using StallHandler = void (*)(const RcuStall& stall);

  HostedRcuDomain(const HostedRcuDomain&) = delete;
  HostedRcuDomain& operator=(const HostedRcuDomain&) = delete;

  /// `run(&head)` is called once, by whoever processes, after a grace period.  Never allocates,
  /// never waits, calls nothing; any thread, signal handlers included.
  void retire(Head& head, Head::Run run) noexcept;

  /// A grace period that begins now, to be asked about later.
  RcuCookie start_poll() { return engine_.grace_periods().request(); }
  /// Whether it is over.  Helps it along.
  bool poll(RcuCookie cookie);

  /// Runs what is ready, at most `limit` callbacks, and helps grace periods along.  Any thread that
  /// may run callbacks, outside read sections; returns how many ran.
  std::size_t process(std::size_t limit = kDrainLimit);
  /// Callbacks that one process() runs unless it is told otherwise.
  static constexpr std::size_t kDrainLimit = 1024;

  /// Retired and not run yet, at about this moment.  Orders nothing: who is told 0 and wants what
  /// the callbacks did, calls barrier().
  std::size_t backlog() const { return engine_.backlog(); }
  /// Grace periods that have ended, at about this moment.
  std::uintptr_t grace_periods() const { return engine_.grace_periods().completed(); }

  /// Called, from a waiting thread, when a grace period lasts longer than `limit`; once per grace
  /// period.  Null: nobody is told.  The default prints the threads to standard error after ten
  /// seconds.
  void set_stall_handler(std::chrono::milliseconds limit, StallHandler handler);

  /// Sleeps until something may have been retired since `seen` was read from activity().
  void wait_for_activity(std::uint32_t seen) const {
    // Acquire pairs with the release in retire().
    activity_.wait(seen, std::memory_order_acquire);
  }
  std::uint32_t activity() const {
    // Acquire pairs with the release in retire() and wake().
    return activity_.load(std::memory_order_acquire);
  }
  /// Ends a wait_for_activity().
  void wake();

 protected:
  static constexpr unsigned kQueues = 16;

  HostedRcuDomain() = default;
  virtual ~HostedRcuDomain();

  GracePeriods<kMaxReaders>& engine() { return engine_.grace_periods(); }

  /// Reports for readers that can be seen to have looked away.  Any thread.
  virtual void scan() = 0;

  /// Waits for a grace period that begins now.
  void wait_for_grace_period();
  /// Waits until what was retired before has run, some of it in this thread.
  void wait_for_callbacks();

  /// A slot of its own, or the program ends: there are kMaxReaders.
  unsigned take_slot();
  void return_slot(unsigned slot);

 private:
  /// Between two looks of somebody who waits.
  class Patience;

  void check_stall();

  RcuEngine<kMaxReaders, kQueues> engine_;
  std::atomic<std::uint32_t> activity_{0};
  std::atomic<std::uint64_t> slots_[kMaxReaders / 64]{};
  std::atomic<int> thread_of_[kMaxReaders]{};  // relaxed: for the stall report
  std::mutex processing_;                      // one drains at a time
  unsigned next_queue_ = 0;                    // under `processing_`

  std::mutex stall_;
  std::chrono::milliseconds stall_limit_{10'000};
  StallHandler stall_handler_ = nullptr;
  bool default_stall_handler_ = true;
  std::uintptr_t watched_ = ~std::uintptr_t{0};  // the grace period that is being timed
  std::chrono::steady_clock::time_point watched_since_;
  bool told_ = false;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_HOSTED_DOMAIN_BASE_H_
