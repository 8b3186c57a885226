// `PooledThreads<kBytes, N>`: N threads with their stacks, lent out one by one.
//
//   constinit PooledThreads<8192, 4> workers;
//   ...
//   Result<Owned<PooledThread>> one = workers.start({.name = "one"}, &work, &job);
//   (*one)->join();                          // and when the handle is dropped, its place is free
//   workers.start_detached({.name = "two"}, &work, &job);     // or it goes home by itself
//
// A thread that is detached has no handle any more: nobody joins it, and when it has ended and is
// off its stack, thread and stack go back to the pool.  That is the business of whatever runs next
// on its core, never the thread's own: from the moment that the place is free, another thread may
// run on that very stack.
//
// Static threads need no such thing: one that nobody joins may be started again when it has ended.
#ifndef BATON_KERNEL_SCHED_POOLED_THREADS_H_
#define BATON_KERNEL_SCHED_POOLED_THREADS_H_

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "arch/thread_stack.h"
#include "base/assert.h"
#include "base/result.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/thread.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::kernel {

/// A thread of a pool.  Begun when it is handed out.
class PooledThread : public Thread {
 public:
  PooledThread() = default;
  /// It has been joined, or was never begun.
  ~PooledThread() { BATON_CHECK(try_join().has_value() && "a thread's handle is dropped"); }
  PooledThread(const PooledThread&) = delete;
  PooledThread& operator=(const PooledThread&) = delete;

  /// Nobody will join it: it goes home when it has ended, at once if it has.  It may do this to
  /// itself, if it has its handle.  Any context.
  static void detach(sync::Owned<PooledThread> thread) {
    PooledThread& me = *thread;
    me.handle_.emplace(std::move(thread));
    if (!me.set_end_action(&PooledThread::go_home)) go_home(me);
  }

 private:
  // After its end, off its stack.
  static void go_home(Thread& thread) {
    auto& me = static_cast<PooledThread&>(thread);
    // Which goes home when this ends: `me` is gone then.
    const std::optional<sync::Owned<PooledThread>> last = std::exchange(me.handle_, std::nullopt);
  }

  std::optional<sync::Owned<PooledThread>> handle_;  // from detach() on
};

/// `kBytes`: of stack for each of `N`.
template <std::size_t kBytes, std::size_t N>
class PooledThreads {
 public:
  constexpr PooledThreads() = default;
  PooledThreads(const PooledThreads&) = delete;
  PooledThreads& operator=(const PooledThreads&) = delete;

  /// A free thread begins.  Its handle is dropped when it has been joined, or given to
  /// PooledThread::detach().  kFull: there is none; or as StaticThread::start().
  Result<sync::Owned<PooledThread>> start(const ThreadOptions& options, Thread::Entry entry,
                                          void* argument) BATON_MAY_BLOCK {
    std::optional<sync::Owned<PooledThread>> thread = threads_.make();
    if (!thread) return fail(Error::kFull);
    arch::ThreadStack<kBytes>& stack = stacks_[threads_.index_of(**thread)];
    if (Result<void> guarded = arch::protect_guard(stack.guard()); !guarded) {
      return fail(guarded.error());
    }
    if (Result<void> begun = (*thread)->start(stack.bytes(), options, entry, argument); !begun) {
      return fail(begun.error());
    }
    return std::move(*thread);
  }

  /// start(), then detach().
  Result<void> start_detached(const ThreadOptions& options, Thread::Entry entry,
                              void* argument) BATON_MAY_BLOCK {
    Result<sync::Owned<PooledThread>> thread = start(options, entry, argument);
    if (!thread) return fail(thread.error());
    PooledThread::detach(std::move(*thread));
    return {};
  }

  static constexpr std::size_t capacity() { return N; }
  /// Places that are free at about this moment.  O(N); for reports.
  std::size_t available() const { return threads_.available(); }

 private:
  sync::Pool<PooledThread, N> threads_;
  // Not in the pool's slots: a guard, once protected, is never written again.
  std::array<arch::ThreadStack<kBytes>, N> stacks_{};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_POOLED_THREADS_H_
