// `StaticThread<kBytes>`: a Thread with its stack and the guard below it, for static storage.
#ifndef BATON_KERNEL_SCHED_STATIC_THREAD_H_
#define BATON_KERNEL_SCHED_STATIC_THREAD_H_

#include <cstddef>

#include "arch/thread_stack.h"
#include "kernel/sched/thread.h"

namespace baton::kernel {

/// `kBytes`: of stack.
template <std::size_t kBytes>
class StaticThread : public Thread {
 public:
  constexpr StaticThread() = default;

  /// As Thread::start(), on its own stack, whose guard is protected from here on.  Also what
  /// arch::protect_guard() fails with.
  Result<void> start(const ThreadOptions& options, Entry entry, void* argument) BATON_MAY_BLOCK {
    if (Result<void> guarded = arch::protect_guard(stack_.guard()); !guarded) return guarded;
    return Thread::start(stack_.bytes(), options, entry, argument);
  }

 private:
  arch::ThreadStack<kBytes> stack_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_STATIC_THREAD_H_
