#include "kernel/blocking/priority_graph.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"
#include "kernel/sched/thread.h"
#include "sync/misuse.h"

namespace baton::kernel {

constinit PriorityGraph::Lock PriorityGraph::lock;

int PriorityGraph::top_of(const MutexNode& mutex) {
  int top = kIdlePriority;
  for (const MutexWaiter& waiter : mutex.waiters) {
    top = std::max(top, waiter.thread.priority().value());
  }
  return top;
}

// Equals in the order in which they came.  There is one.
MutexWaiter& PriorityGraph::most_urgent(MutexNode& mutex) {
  MutexWaiter* best = &mutex.waiters.front();
  for (MutexWaiter& waiter : mutex.waiters) {
    if (waiter.thread.priority() > best->thread.priority()) best = &waiter;
  }
  return *best;
}

// What the thread inherits has changed, maybe, and so what those inherit for which it waits.
void PriorityGraph::inherit(Thread& first, const sync::IrqsOff& irqs_off) {
  for (Thread* thread = &first; thread != nullptr;) {
    int inherited = kIdlePriority;
    for (const MutexNode& mutex : thread->mutexes_.contended) {
      inherited = std::max(inherited, mutex.top);
    }
    // Relaxed, both: written under this lock; the control word orders it for its core.
    if (inherited == thread->inherited_priority_.load(std::memory_order_relaxed)) return;
    thread->inherited_priority_.store(inherited, std::memory_order_relaxed);
    if (const std::optional<unsigned> core =
            thread->control_.request(ThreadControl<>::kReposition, 0)) {
      CoreScheduler::send_attention(*core, *thread, irqs_off);
    }
    CoreScheduler::mind_own_wishes(*thread, irqs_off);
    MutexNode* const next = thread->mutexes_.awaited;
    if (next == nullptr) return;
    next->top = top_of(*next);
    thread = next->owner;
  }
}

// Its waiters have changed, or their priorities.
void PriorityGraph::look_again(MutexNode& mutex, const sync::IrqsOff& irqs_off) {
  mutex.top = top_of(mutex);
  Thread& owner = *mutex.owner;
  if (mutex.waiters.empty()) {
    owner.mutexes_.contended.erase(mutex);
    mutex.owner = nullptr;
  }
  inherit(owner, irqs_off);
}

// A chain that something may end, such as a deadline, is none that waits for ever.
bool PriorityGraph::waits_for_ever_for(const Thread& first, const Thread& last) {
  for (const Thread* thread = &first; thread != &last;) {
    const ThreadMutexes& its = thread->mutexes_;
    if (its.awaited == nullptr || !its.waiter->for_ever) return false;
    thread = its.awaited->owner;
  }
  return true;
}

bool PriorityGraph::begin_wait(MutexNode& mutex, MutexWaiter& me, Thread& owner, bool stoppable,
                               const Guard& guard) {
  Thread& thread = me.thread;
  BATON_NEVER_MISUSE(!me.for_ever || !waits_for_ever_for(owner, thread), &mutex,
                     "a deadlock: a thread waits for a mutex whose owner waits for the thread");
  if (!thread.control_.announce(stoppable)) return false;
  if (mutex.waiters.empty()) {
    mutex.owner = &owner;
    owner.mutexes_.contended.push_back(mutex);
  }
  mutex.waiters.push_back(me);
  thread.mutexes_.awaited = &mutex;
  thread.mutexes_.waiter = &me;
  thread.mutexes_.waits = true;
  look_again(mutex, guard.irqs_off());
  return true;
}

Result<void> PriorityGraph::wait(MutexNode& mutex, MutexWaiter& me, Deadline deadline) {
  Thread& thread = me.thread;
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::park(deadline, irqs_off);
  }
  // Whoever gave us the mutex is through with it when we have had the lock; and if nobody did, we
  // may still be among those who wait.
  const Guard guard;
  if (me.hook.is_linked()) leave(mutex, me, guard);
  thread.mutexes_.waits = false;
  return thread.wait_result();
}

void PriorityGraph::leave(MutexNode& mutex, MutexWaiter& waiter, const Guard& guard) {
  mutex.waiters.erase(waiter);
  waiter.thread.mutexes_.awaited = nullptr;
  look_again(mutex, guard.irqs_off());
}

void PriorityGraph::on_wait_over(Thread& thread) {
  const Guard guard;
  // Null: its owner has given the mutex to somebody else, having come too late.
  if (MutexNode* const mutex = thread.mutexes_.awaited)
    leave(*mutex, *thread.mutexes_.waiter, guard);
}

Thread* PriorityGraph::hand_over(MutexNode& mutex, const Guard& guard) {
  if (mutex.waiters.empty()) return nullptr;
  Thread& before = *mutex.owner;
  before.mutexes_.contended.erase(mutex);
  mutex.owner = nullptr;
  // First, so that the woken thread's core is chosen by how urgent we are from here on.
  inherit(before, guard.irqs_off());
  while (!mutex.waiters.empty()) {
    MutexWaiter& waiter = most_urgent(mutex);
    Thread& next = waiter.thread;
    mutex.waiters.erase(waiter);
    next.mutexes_.awaited = nullptr;
    // Its timeout came first: it finds itself out of the queue.
    if (!next.wake(WakeReason::kNotified)) continue;
    if (!mutex.waiters.empty()) {
      mutex.owner = &next;
      next.mutexes_.contended.push_back(mutex);
      look_again(mutex, guard.irqs_off());
    }
    return &next;
  }
  return nullptr;
}

void PriorityGraph::on_priority_changed(Thread& thread) {
  const Guard guard;
  if (MutexNode* const mutex = thread.mutexes_.awaited) look_again(*mutex, guard.irqs_off());
}

#ifndef NDEBUG
PriorityGraph::HeldMutexes& PriorityGraph::held_by(Thread& thread) { return thread.mutexes_.held; }
#endif

namespace sched_hooks {

void on_priority_changed(Thread& thread) { PriorityGraph::on_priority_changed(thread); }
void on_mutex_wait_over(Thread& thread) { PriorityGraph::on_wait_over(thread); }

}  // namespace sched_hooks

}  // namespace baton::kernel
