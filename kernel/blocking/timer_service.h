// `TimerService`: functions that are to run in a thread at a point in time, once or periodically;
// started and cancelled from any core.
//
//   constinit TimerService timers;
//   constinit ServiceTimer blink([](void* led) { ... }, &led);
//   timers.start(blink, now() + Duration::milliseconds(500), Duration::milliseconds(500));
//   ... one thread: timers.run()
//
// A kernel/timers.h Timer belongs to one core and runs in its timer interrupt; these belong to
// nobody, and run in the service's thread, at its priority.  Of expiry and cancel() exactly one
// happens.  Periods are counted from the first due time: a late one does not make the next late,
// and those that were missed altogether are counted, not made up for.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_TIMER_SERVICE_H_
#define BATON_KERNEL_BLOCKING_TIMER_SERVICE_H_

#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "kernel/blocking/pairing_heap.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

class TimerService;

class ServiceTimer {
 public:
  /// In the service's thread; the timer may be started again from inside.  Others wait meanwhile.
  using Function = void (*)(void* argument);

  constexpr ServiceTimer(Function function, void* argument)
      : function_(function), argument_(argument) {}
  /// Neither started nor running.
  ~ServiceTimer() = default;
  ServiceTimer(const ServiceTimer&) = delete;
  ServiceTimer& operator=(const ServiceTimer&) = delete;

 private:
  friend class TimerService;
  struct Sooner {
    bool operator()(const ServiceTimer& a, const ServiceTimer& b) const {
      return a.due_ != b.due_ ? a.due_ < b.due_ : a.number_ < b.number_;
    }
  };

  // All the service's, under its lock.
  HeapHook<ServiceTimer> hook_;
  Function function_;
  void* argument_;
  Instant due_;
  Duration period_;
  std::uint64_t number_ = 0;  // equals run in the order in which they were started
  std::uint64_t missed_ = 0;
};

class TimerService {
 public:
  constexpr TimerService() = default;
  TimerService(const TimerService&) = delete;
  TimerService& operator=(const TimerService&) = delete;

  /// The timer expires at `due`, and with a period again and again.  One that was started already
  /// is started anew.  Any context.  O(log n).
  void start(ServiceTimer& timer, Instant due, Duration period = Duration());
  /// True: it was started, and will not expire (any more).  False: it has expired, or never was
  /// started.  Its function may be running.  Any context.  O(log n).
  bool cancel(ServiceTimer& timer);
  /// The same; its function is not running when this returns.  Not from that function.
  bool cancel_and_wait(ServiceTimer& timer) BATON_MAY_BLOCK {
    return *cancel_and_wait_by(timer, kForever);
  }
  /// kTimedOut: its function runs still, and it will not expire after that unless that function
  /// starts it again.
  Result<bool> cancel_and_wait_for(ServiceTimer& timer, Duration timeout) BATON_MAY_BLOCK;
  Result<bool> cancel_and_wait_until(ServiceTimer& timer, Instant deadline) BATON_MAY_BLOCK {
    return cancel_and_wait_by(timer, deadline);
  }
  /// Periods of the timer, since it was started, in which it did not expire as it was late.
  std::uint64_t missed(const ServiceTimer& timer) const;

  /// The service's thread's life: until stop(), or until the thread is asked to stop (kStopped).
  /// One thread at a time.
  Result<void> run() BATON_MAY_BLOCK;
  /// run() returns; timers stay as they are.  Any context.
  void stop();

 private:
  enum Who : std::uint32_t { kServer = 1, kCanceller = 2 };

  Result<bool> cancel_and_wait_by(ServiceTimer& timer, Deadline deadline) BATON_MAY_BLOCK;
  void wake(Who who) BATON_REQUIRES(waiters_);
  ServiceTimer* take_due(Instant at) BATON_REQUIRES(waiters_);

  mutable WaitQueue waiters_;
  PairingHeap<ServiceTimer, &ServiceTimer::hook_, ServiceTimer::Sooner> started_
      BATON_GUARDED_BY(waiters_);
  ServiceTimer* running_ BATON_GUARDED_BY(waiters_) = nullptr;
  Thread* server_ BATON_GUARDED_BY(waiters_) = nullptr;
  std::uint64_t starts_ BATON_GUARDED_BY(waiters_) = 0;
  bool stopping_ BATON_GUARDED_BY(waiters_) = false;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_TIMER_SERVICE_H_
