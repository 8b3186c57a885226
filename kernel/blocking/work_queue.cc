#include "kernel/blocking/work_queue.h"

#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "sync/misuse.h"

namespace baton::kernel {

bool WorkQueue::submit(Work& work) {
  const WaitQueue::Guard guard(waiters_);
  switch (work.state_) {
    case State::kIdle:
      work.state_ = State::kQueued;
      queue_.push_back(work);
      // It finds this or an earlier one in the queue.
      waiters_.wake_one_if([](const Waiter& waiter) { return waiter.want == kWorker; },
                           [](Waiter&) {});
      return true;
    case State::kRunning:
      work.state_ = State::kRunningAndQueued;
      return true;
    case State::kQueued:
    case State::kRunningAndQueued:
      return false;
  }
  return false;
}

bool WorkQueue::cancel(Work& work) {
  const WaitQueue::Guard guard(waiters_);
  if (work.state_ == State::kRunningAndQueued) {
    work.state_ = State::kRunning;
    return true;
  }
  if (work.state_ != State::kQueued) return false;
  queue_.erase(work);
  become_idle(work);
  return true;
}

void WorkQueue::become_idle(Work& work) {
  work.state_ = State::kIdle;
  while (waiters_.wake_one_if(
      [&work](const Waiter& waiter) { return waiter.want == kFlusher && waiter.object == &work; },
      [](Waiter&) {})) {
  }
}

bool WorkQueue::is_idle(const Work& work) const {
  const WaitQueue::Guard guard(waiters_);
  return work.state_ == State::kIdle;
}

Result<void> WorkQueue::flush_for(Work& work, Duration timeout) {
  return flush_by(work, now() + timeout);
}

Result<void> WorkQueue::flush_by(Work& work, Deadline deadline) {
  check_may_block(this);
  Waiter me;
  me.want = kFlusher;
  me.object = &work;
  {
    const WaitQueue::Guard guard(waiters_);
    if (work.state_ == State::kIdle) return {};
    BATON_NEVER_MISUSE(work.runner_ != &me.thread, &work, "a piece of work waits for its own end");
    if (!waiters_.add(me)) return fail(Error::kStopped);
  }
  return waiters_.wait(me, deadline);
}

void WorkQueue::perform(Work& work) {
  work.function_(work.argument_);
  const WaitQueue::Guard guard(waiters_);
  work.runner_ = nullptr;
  if (work.state_ == State::kRunningAndQueued) {
    work.state_ = State::kQueued;
    queue_.push_back(work);
  } else {
    become_idle(work);
  }
}

Result<void> WorkQueue::run() {
  check_may_block(this);
  for (;;) {
    Waiter me;
    me.want = kWorker;
    Work* work = nullptr;
    {
      const WaitQueue::Guard guard(waiters_);
      work = queue_.pop_front();
      if (work != nullptr) {
        work->state_ = State::kRunning;
        work->runner_ = &me.thread;
      } else if (stopping_) {
        return {};
      } else if (!waiters_.add(me)) {
        return fail(Error::kStopped);
      }
    }
    if (work != nullptr) {
      perform(*work);
      continue;
    }
    const Result<void> woken = waiters_.wait(me, kForever);
    if (!woken) return woken;
  }
}

void WorkQueue::stop() {
  const WaitQueue::Guard guard(waiters_);
  stopping_ = true;
  while (waiters_.wake_one_if([](const Waiter& waiter) { return waiter.want == kWorker; },
                              [](Waiter&) {})) {
  }
}

}  // namespace baton::kernel
