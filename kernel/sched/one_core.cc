// What the scheduler does where the machine has one core.  Interrupts masked, all of it.
//
// A switch is one stretch with interrupts masked, and nobody else is there: between the moment in
// which a thread may be woken again and the one in which its registers are saved nothing happens.
// So what becomes of the thread that leaves is settled before the switch, not after it, and when it
// is over there is nothing to look at.
#include <utility>

#include "arch/context.h"
#include "base/assert.h"
#include "kernel/sched/account.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"
#include "kernel/trace/trace.h"

namespace baton::kernel {

// What is rarely done masks once more, for the token.

void CoreScheduler::mind_slice_here() {
  const IrqsOff irqs_off;
  mind_slice(irqs_off);
}

void CoreScheduler::come_by_here() {
  const IrqsOff irqs_off;
  sched_hooks::on_context_switch(irqs_off);
}

// enqueue(), without what others are told.
void CoreScheduler::enqueue_here(Thread& thread, bool first) {
  thread.set_state(ThreadState::kReady);
  if (first) {
    ready_.push_front(Held<Thread>(thread), thread.priority(), /*movable=*/false);
  } else {
    ready_.push_back(Held<Thread>(thread), thread.priority(), /*movable=*/false);
  }
  // Relaxed: a number.
  if (current().has_slice_.load(std::memory_order_relaxed)) mind_slice_here();
}

// `me` is settled.
void CoreScheduler::run_top(Thread& me, Fate fate) {
  Thread* next = &idle_;
  running_ = ready_.top();
  if (running_ != kIdlePriority) next = &ready_.pop().pass_on();
  next->set_state(ThreadState::kRunning);
  if (next == &me) return;
  account(me, fate, *next);
  // Relaxed: this core's own.
  current_.store(next, std::memory_order_relaxed);
  due_ &= ~kSliceOver;
  // Relaxed: a number.
  if (next->has_slice_.load(std::memory_order_relaxed)) mind_slice_here();
  arch::set_thread_pointer(next);
  arch::Context::switch_to(me.context_, next->context_);
}

// run_another().
void CoreScheduler::run_next(Fate fate) {
  Thread& me = current();
  if (rcu_.is_concerned()) [[unlikely]] {
    come_by_here();
  }
  switch (fate) {
    case Fate::kPreempted:
    case Fate::kYields:
      if (&me == &idle_) {
        me.set_state(ThreadState::kReady);
      } else {
        enqueue_here(me, fate == Fate::kPreempted);
      }
      break;
    case Fate::kSuspended:
      me.set_state(ThreadState::kSuspended);
      break;
    case Fate::kDies:
      // Whoever joins it runs when it is off its stack.
      at_work_ = true;
      finish_death(me);
      at_work_ = false;
      break;
    case Fate::kParks:  // park_here() does it
    case Fate::kMoves:  // there is nowhere to go
      break;
  }
  run_top(me, fate);
}

// park().  That nobody has ended the wait, and that the thread may be woken from here on, is one
// step: interrupts are masked until it is off its stack.
void CoreScheduler::park_here(Thread& me, const Deadline& deadline) {
  CoreScheduler& core = all_[0];
  // Relaxed: the thread's own.
  BATON_CHECK(me.preempt_.off.load(std::memory_order_relaxed) == 0 &&
              "a thread waits while it must not be preempted");
  BATON_CHECK(&me != &core.idle_ && "the idle thread waits");
  if (!me.control_.park()) return;
  if (deadline) {
    const IrqsOff irqs_off;
    this_core_timers(irqs_off).arm(me.timeout_, *deadline, irqs_off);
    me.timeout_armed_ = true;
  }
  me.set_state(ThreadState::kWaiting);
  if (core.rcu_.is_concerned()) [[unlikely]] {
    come_by_here();
  }
  core.run_top(me, Fate::kParks);
}

// A thread that the caller has won is ready, if it is not suspended.
void CoreScheduler::receive_here(Thread& thread) {
  CoreScheduler& core = all_[0];
  const auto wishes = thread.control_.arrive(0);
  if (thread.timeout_armed_) {
    const IrqsOff irqs_off;
    static_cast<void>(this_core_timers(irqs_off).cancel(thread.timeout_, irqs_off));
    thread.timeout_armed_ = false;
  }
  thread.suspended_ = (wishes & ThreadControl<>::kSuspend) != 0;
  if (thread.suspended_) {
    thread.set_state(ThreadState::kSuspended);
    return;
  }
  core.enqueue_here(thread, /*first=*/false);
  // Relaxed: this core's thread.
  if (thread.queued_priority > core.running_) {
    core.current().preempt_.wanted.store(true, std::memory_order_relaxed);
  }
}

// Thread::wake().
bool CoreScheduler::wake_here(Thread& thread, WakeReason reason) {
  switch (thread.control_.conclude(reason)) {
    case ThreadControl<>::Concluded::kLost:
      return false;
    case ThreadControl<>::Concluded::kStays:
      return true;
    case ThreadControl<>::Concluded::kOwned:
      break;
  }
  if (reason != WakeReason::kNotified) thread.leave_mutex();
  if constexpr (kKeepsRecords) {
    const IrqsOff irqs_off;
    note_wake(thread, 0, irqs_off);
  }
  [[clang::always_inline]] receive_here(thread);
  return true;
}

}  // namespace baton::kernel
