// What the graph of priority inheritance (kernel/blocking/priority_graph.h) keeps in threads and
// mutexes: who waits for whom.
//
//   thread --awaited--> mutex --owner--> thread --awaited--> ...
//
// Only of mutexes that somebody waits for: one that is locked and unlocked in peace never gets
// here. The graph's, under its one lock, but for what says otherwise.
#ifndef BATON_KERNEL_SCHED_THREAD_MUTEXES_H_
#define BATON_KERNEL_SCHED_THREAD_MUTEXES_H_

#include <cstdint>

#include "kernel/sched/priority.h"
#include "sync/list.h"

namespace baton::kernel {

class Thread;

/// One thread's place among those who wait for a mutex, on that thread's stack.
struct MutexWaiter {
  MutexWaiter(Thread& who, bool without_deadline) : thread(who), for_ever(without_deadline) {}
  sync::ListHook<> hook;
  Thread& thread;
  bool for_ever;  ///< neither a deadline nor a stop ends the wait
};

/// A mutex, as the graph sees it.
struct MutexNode {
  sync::ListHook<> contended_hook;  ///< in its owner's ThreadMutexes, while somebody waits
  sync::RefList<MutexWaiter, &MutexWaiter::hook> waiters;  ///< in the order in which they came
  Thread* owner = nullptr;                                 ///< while somebody waits
  int top = kIdlePriority;                                 ///< the most urgent waiter's priority
#ifndef NDEBUG
  sync::ListHook<> held_hook;  ///< in its owner's ThreadMutexes; the owner's
#endif
};

/// A thread, as the graph sees it.
struct ThreadMutexes {
  /// Those that it holds and others wait for.
  sync::RefList<MutexNode, &MutexNode::contended_hook> contended;
  MutexNode* awaited = nullptr;  ///< the one that it waits for
  MutexWaiter* waiter = nullptr;
  bool waits = false;  ///< for a mutex; the thread's own, and whoever's who has ended its wait
#ifndef NDEBUG
  /// All that it holds; the thread's own.
  sync::RefList<MutexNode, &MutexNode::held_hook> held;
#endif
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_THREAD_MUTEXES_H_
