// `WorkQueue`: functions that are to run in a thread, soon, each at most once at a time.
//
//   constinit WorkQueue queue;
//   constinit Work rescan([](void* disk) { ... }, &disk);
//   void on_card_change(void*) BATON_IN_HANDLER { queue.submit(rescan); }
//   ... worker threads: queue.run()
//
//   idle --submit--> queued --a worker--> running --> idle
//                                         running --submit--> running, again after that
//
// Work is lent to the queue until it is idle; nothing is allocated.  Any number of threads may run
// one queue; a piece of work never runs in two of them at once.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_WORK_QUEUE_H_
#define BATON_KERNEL_BLOCKING_WORK_QUEUE_H_

#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"
#include "sync/list.h"

namespace baton::kernel {

class WorkQueue;

class Work {
 public:
  /// In a worker thread, which may block.
  using Function = void (*)(void* argument);

  constexpr Work(Function function, void* argument) : function_(function), argument_(argument) {}
  /// Idle.
  ~Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  sync::ListHook<> hook;  ///< the queue's

 private:
  friend class WorkQueue;
  enum class State : std::uint8_t { kIdle, kQueued, kRunning, kRunningAndQueued };

  // All the queue's, under its lock.
  Function function_;
  void* argument_;
  State state_ = State::kIdle;
  Thread* runner_ = nullptr;  // while it runs
};

class WorkQueue {
 public:
  constexpr WorkQueue() = default;
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  /// It runs once more from its beginning.  False: it has yet to begin since the last time.  Any
  /// context.
  bool submit(Work& work);
  /// True: it was to begin, and will not.  (It may be running since an earlier submit().)  Any
  /// context.
  bool cancel(Work& work);
  /// Whether it is idle: it neither runs nor is to.  Any context.
  [[nodiscard]] bool is_idle(const Work& work) const;
  /// Waits until it is idle.  Not from itself.  kStopped: the thread was asked to stop first.
  Result<void> flush(Work& work) BATON_MAY_BLOCK { return flush_by(work, kForever); }
  /// kTimedOut, kStopped: it was not idle.
  Result<void> flush_for(Work& work, Duration timeout) BATON_MAY_BLOCK;
  Result<void> flush_until(Work& work, Instant deadline) BATON_MAY_BLOCK {
    return flush_by(work, deadline);
  }

  /// A worker thread's life: until stop(), when all is done, or until the thread is asked to stop
  /// (kStopped) and finds nothing to do.
  Result<void> run() BATON_MAY_BLOCK;
  /// Workers return when nothing is left.  Any context.
  void stop();

 private:
  using State = Work::State;
  using List = sync::RefList<Work, &Work::hook>;
  enum Who : std::uint32_t { kWorker = 1, kFlusher = 2 };

  Result<void> flush_by(Work& work, Deadline deadline) BATON_MAY_BLOCK;
  void become_idle(Work& work) BATON_REQUIRES(waiters_);
  void perform(Work& work);

  mutable WaitQueue waiters_;
  List queue_ BATON_GUARDED_BY(waiters_);
  bool stopping_ BATON_GUARDED_BY(waiters_) = false;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_WORK_QUEUE_H_
