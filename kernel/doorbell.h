// `Doorbell`: one thread sleeps until somebody rings; a ring before it sleeps is not lost.
#ifndef BATON_KERNEL_DOORBELL_H_
#define BATON_KERNEL_DOORBELL_H_

#include "base/annotations.h"
#include "base/assert.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

class Doorbell {
 public:
  constexpr Doorbell() = default;

  /// Any core, any context.
  void ring() {
    const WaitQueue::Guard guard(waiters_);
    rung_ = true;
    waiters_.wake_one();
  }
  /// Until it has been rung since the last wait() returned.  One thread, which may block.
  void wait() {
    for (;;) {
      Waiter me;
      {
        const WaitQueue::Guard guard(waiters_);
        if (rung_) {
          rung_ = false;
          return;
        }
        static_cast<void>(waiters_.add(me, /*stoppable=*/false));
      }
      BATON_CHECK(waiters_.wait(me, kForever).has_value());
    }
  }

 private:
  WaitQueue waiters_;
  bool rung_ BATON_GUARDED_BY(waiters_) = false;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_DOORBELL_H_
