// What the scheduler does where the machine has one core.  Interrupts masked, all of it.
//
// A switch is one stretch with interrupts masked, and nobody else is there: between the moment in
// which a thread may be woken again and the one in which its registers are saved nothing happens.
// So what becomes of the thread that leaves is settled before the switch, not after it, and when it
// is over there is nothing to look at.
//
// What is to run is the first of ready_rings_, always: whoever changes that says to the running
// thread that it is to give way (PreemptState::wanted), or switches.  So a thread of which that is
// not wanted is the one that is to run.
#include <utility>

#include "arch/context.h"
#include "arch/counter.h"
#include "arch/irq.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/sched/account.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"
#include "kernel/sched/one_core_switch.h"
#include "kernel/sched/preempt.h"
#include "kernel/trace/trace.h"
#include "sync/rcu/single_core_domain.h"

namespace baton::kernel {

// What is rarely done masks once more, for the token.

// account(), and the turn of the thread that is about to run.
[[gnu::noinline]] void CoreScheduler::account_here(Thread& left, Fate fate, Thread& next) {
  account(left, fate, next);
  slice_over_ = false;
  // Relaxed: a number.
  if (next.has_slice_.load(std::memory_order_relaxed) != 0) mind_slice_here(next);
}

// By the running thread, of its turn.
std::uint64_t CoreScheduler::slice_used_ns(const Thread& running) const {
  return ticks_to_ns(running.slice_ticks_ + arch::Counter::ticks() - switched_at_,
                     arch::Counter::frequency_hz());
}

// The running thread's equals are to get their turn.  The timer is set only when it is not set, and
// looks when it comes whether the turn is over: threads that switch often never touch it.
[[gnu::noinline]] void CoreScheduler::mind_slice_here(const Thread& running) {
  if (slice_timer_.armed() || &Rings::next(running) == &running) return;
  const std::uint64_t slice = running.slice().count_ns();
  const std::uint64_t used = slice_used_ns(running);
  const IrqsOff irqs_off;
  // If it is over already, at once.
  this_core_timers(irqs_off).arm(
      slice_timer_, now() + Duration::nanoseconds(used < slice ? slice - used : 0), irqs_off);
}

// In the timer's interrupt, whose end looks at what is to run.
void CoreScheduler::on_slice_timer_here() {
  Thread& running = current();
  // Relaxed: a number.
  if (running.has_slice_.load(std::memory_order_relaxed) == 0 || !running.queue_hook.is_linked() ||
      &Rings::next(running) == &running) {
    return;
  }
  if (slice_used_ns(running) < running.slice().count_ns()) {
    mind_slice_here(running);
  } else if (&ready_rings_.first() == &running) {
    ready_rings_.take_turns(running, Rings::next(running));
    slice_over_ = true;
  }
}

// A thread that reads nothing that RCU protects.
void CoreScheduler::come_by_here() {
  if (!sync::PreemptibleCoreDomain::default_domain().has_work()) return;
  const IrqsOff irqs_off;
  // Whom that wakes is seen by the caller.
  all_[0].at_work_ = true;
  sched_hooks::on_context_switch(irqs_off);
  all_[0].at_work_ = false;
}

// Where somebody more urgent may have become ready.
void CoreScheduler::reschedule_here() {
  Thread& me = current();
  come_by_here();
  // Relaxed: this core's thread.
  me.preempt_.wanted.store(false, std::memory_order_relaxed);
  Thread& next = ready_rings_.first();
  if (&next == &me) return;
  switch_here(me, next,
              !me.queue_hook.is_linked()          ? Fate::kSuspended
              : std::exchange(slice_over_, false) ? Fate::kYields
                                                  : Fate::kPreempted);
}

[[gnu::noinline]] void CoreScheduler::yield_slowly_here(Thread& me) {
  if (me.queue_hook.is_linked() && me.queued_priority != 0 && &ready_rings_.first() == &me) {
    ready_rings_.take_turns(me, Rings::next(me));
  }
  reschedule_here();
}

// The end of an interrupt: whether the thread that it came to is to give way.
bool CoreScheduler::on_interrupt_end_here() {
  if (!ready_rings_.has_idle()) return false;  // nobody runs yet
  Thread& me = current();
  if (&ready_rings_.first() == &me) return false;
  // Relaxed, both: the interrupted thread is this core's.
  if (me.preempt_.off.load(std::memory_order_relaxed) == 0) return true;
  me.preempt_.wanted.store(true, std::memory_order_relaxed);
  return false;
}

// A thread is ready.
void CoreScheduler::ready_here(Thread& thread) {
  thread.set_state(ThreadState::kReady);
  ready_rings_.push_back(thread, thread.priority());
  Thread& running = current();
  // Relaxed: this core's thread.
  if (thread.queued_priority > running.queued_priority || !running.queue_hook.is_linked()) {
    running.preempt_.wanted.store(true, std::memory_order_relaxed);
  } else if (thread.queued_priority == running.queued_priority &&
             running.has_slice_.load(std::memory_order_relaxed) != 0) {  // relaxed: a number
    mind_slice_here(running);
  }
}

// park().  That nobody has ended the wait, and that the thread may be woken from here on, is one
// step: interrupts are masked until it is off its stack.
void CoreScheduler::park_here(Thread& me, const Deadline& deadline) {
  if (me.control_.park()) leave_parked_here(me, deadline);
}

[[gnu::noinline]] void CoreScheduler::arm_timeout_here(Thread& me, Instant deadline) {
  const IrqsOff irqs_off;
  this_core_timers(irqs_off).arm(me.timeout_, deadline, irqs_off);
  me.timeout_armed_ = true;
}

[[gnu::noinline]] void CoreScheduler::cancel_timeout_here(Thread& thread) {
  const IrqsOff irqs_off;
  static_cast<void>(this_core_timers(irqs_off).cancel(thread.timeout_, irqs_off));
  thread.timeout_armed_ = false;
}

// A thread that the caller has won is ready, if it is not suspended.
void CoreScheduler::receive_here(Thread& thread) {
  CoreScheduler& core = all_[0];
  const auto wishes = thread.control_.arrive(0);
  if (thread.timeout_armed_) core.cancel_timeout_here(thread);
  thread.suspended_ = (wishes & ThreadControl<>::kSuspend) != 0;
  if (thread.suspended_) {
    thread.set_state(ThreadState::kSuspended);
    return;
  }
  core.ready_here(thread);
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

// Something else is wanted of a thread, and is so from here on.
void CoreScheduler::attend_here(Thread& thread) {
  const auto attention = thread.control_.attend(0);
  if (attention.kind != ThreadControl<>::Attention::Kind::kMine) return;  // who gets it will see
  if (&thread == &idle_) return;                                          // it is below all rings
  const bool suspend = (attention.wishes & ThreadControl<>::kSuspend) != 0;
  const bool was_suspended = std::exchange(thread.suspended_, suspend);
  if (thread.queue_hook.is_linked()) {
    ready_rings_.erase(thread);
    if (suspend) {
      thread.set_state(ThreadState::kSuspended);
    } else {
      // Again, with what it is now: first, but for the one that runs.
      ready_rings_.push_first(thread, thread.priority(), current());
    }
  } else if (was_suspended && !suspend) {
    ready_here(thread);
  }
  Thread& running = current();
  // Relaxed, both: this core's thread; a number.
  if (&ready_rings_.first() != &running) {
    running.preempt_.wanted.store(true, std::memory_order_relaxed);
  } else if (running.has_slice_.load(std::memory_order_relaxed) != 0) {
    mind_slice_here(running);
  }
}

// Thread::suspend().
void CoreScheduler::suspend_here(Thread& thread) {
  CoreScheduler& core = all_[0];
  if (&thread == &core.idle_) return;  // it has nothing to wait for
  const bool may_switch = arch::LocalIrq::enabled();
  {
    const IrqsOff irqs_off;
    if (!thread.control_.change_here(ThreadControl<>::kSuspend, 0)) return;
    thread.suspended_ = true;
    if (!thread.queue_hook.is_linked()) return;
    core.ready_rings_.erase(thread);
    thread.set_state(ThreadState::kSuspended);
    Thread& running = core.current();
    if (&thread != &running) return;
    // Relaxed, both: the thread's own.
    if (may_switch && running.preempt_.off.load(std::memory_order_relaxed) == 0) [[likely]] {
      core.switch_here(running, core.ready_rings_.first(), Fate::kSuspended);
      return;
    }
    // Relaxed: the thread's own.
    running.preempt_.wanted.store(true, std::memory_order_relaxed);
  }
  preempt_point();
}

// Thread::resume().
void CoreScheduler::resume_here(Thread& thread) {
  CoreScheduler& core = all_[0];
  const bool may_switch = arch::LocalIrq::enabled();
  {
    const IrqsOff irqs_off;
    if (!thread.control_.change_here(0, ThreadControl<>::kSuspend)) return;
    if (!std::exchange(thread.suspended_, false)) return;
    core.ready_here(thread);
    Thread& running = core.current();
    if (&core.ready_rings_.first() != &thread || &thread == &running) return;
    // Relaxed, both: the thread's own.
    if (may_switch && running.preempt_.off.load(std::memory_order_relaxed) == 0) [[likely]] {
      // It may also be wanted for the sake of RCU, which only reschedule_here() sees to.
      if (!sync::PreemptibleCoreDomain::default_domain().has_work()) [[likely]] {
        running.preempt_.wanted.store(false, std::memory_order_relaxed);
      }
      core.switch_here(running, thread, Fate::kPreempted);
      return;
    }
  }
  preempt_point();
}

// exit().  From its end on the thread's storage may be anybody's; but nobody runs before it is off
// its stack.
void CoreScheduler::exit_here(Thread& me) {
  static constinit arch::Context nowhere;
  ready_rings_.erase(me);
  // Whoever joins it runs then.
  at_work_ = true;
  static_cast<void>(me.control_.die());  // no message is under way
  const Thread::EndAction action = end_life(me);
  at_work_ = false;
  come_by_here();
  Thread& next = ready_rings_.first();
  account_here(me, Fate::kDies, next);
  arch::set_thread_pointer(&next);
  if (action != nullptr) action(me);
  arch::Context::switch_to(nowhere, next.context_);
  __builtin_unreachable();
}

}  // namespace baton::kernel
