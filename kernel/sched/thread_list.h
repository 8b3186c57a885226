// All threads that live, for people: `ps`, and a panic's dump.
#ifndef BATON_KERNEL_SCHED_THREAD_LIST_H_
#define BATON_KERNEL_SCHED_THREAD_LIST_H_

#include <cstddef>

#include "base/annotations.h"
#include "kernel/sched/lock_ranks.h"
#include "kernel/sched/thread.h"
#include "sync/list.h"
#include "sync/spin_lock.h"

namespace baton::kernel {

/// Any core, any context.
class ThreadList {
 public:
  constexpr ThreadList() = default;

  void add(Thread& thread) {
    const sync::IrqSpinGuard guard(lock_);
    list_.push_back(thread);
    ++size_;
  }
  void remove(Thread& thread) {
    const sync::IrqSpinGuard guard(lock_);
    list_.erase(thread);
    --size_;
  }

  /// Calls visit(const Thread&) for each, in the order in which they began.  Nobody begins or ends
  /// meanwhile: `visit` copies what it wants to show, and does nothing that takes long.
  template <class Visit>
  void for_each(Visit&& visit) const {
    const sync::IrqSpinGuard guard(lock_);
    for (const Thread& thread : list_) visit(thread);
  }

  std::size_t size() const {
    const sync::IrqSpinGuard guard(lock_);
    return size_;
  }

 private:
  mutable sync::MaskedSpinLock<Rank::kThreadList> lock_;
  sync::RefList<Thread, &Thread::all_hook> list_ BATON_GUARDED_BY(lock_);
  std::size_t size_ BATON_GUARDED_BY(lock_) = 0;
};

namespace internal {
inline constinit ThreadList all_threads;
}  // namespace internal

inline ThreadList& thread_list() { return internal::all_threads; }

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_THREAD_LIST_H_
