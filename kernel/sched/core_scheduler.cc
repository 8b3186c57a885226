#include "kernel/sched/core_scheduler.h"

#include <bit>
#include <utility>

#include "arch/context.h"
#include "arch/counter.h"
#include "arch/irq.h"
#include "arch/upcalls.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/sched/account.h"
#include "kernel/sched/hooks.h"
#include "kernel/sched/one_core_switch.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/thread_list.h"
#include "kernel/trace/trace.h"

namespace baton::kernel {

constinit CoreScheduler CoreScheduler::all_[arch::kMaxCores];
constinit ActiveCores<> CoreScheduler::started_cores_;
constinit ActiveCores<> CoreScheduler::active_cores_;

void CoreScheduler::adopt(const IrqsOff& irqs_off) {
  CoreScheduler& core = here(irqs_off);
  Thread& idle = core.idle_;
  idle.name_ = "idle";
  core.rcu_ = sync::CoreDomain::default_domain().watch(self());
  idle.trace_id_ = trace::begin_thread(idle.name_);
  core.pen_ = trace::Pen(self());
  static_cast<void>(idle.control_.arrive(self()));
  // Relaxed, both: for people, until the core is active.
  idle.affinity_.store(CoreMask{1} << self(), std::memory_order_relaxed);
  idle.last_core_.store(static_cast<std::uint8_t>(self()), std::memory_order_relaxed);
  idle.set_state(ThreadState::kRunning);
  arch::set_thread_pointer(&idle);
  if constexpr (kOneCore) core.ready_rings_.set_idle(idle);
  core.switched_at_ = arch::Counter::ticks();
  // Relaxed: this core's own.
  core.current_.store(&idle, std::memory_order_relaxed);
}

void CoreScheduler::activate(const IrqsOff& irqs_off) {
  started_cores_.add(self());
  active_cores_.add(self());
  // Others did not look here before.
  if constexpr (!kOneCore) here(irqs_off).look_for_more();
}

Result<void> CoreScheduler::park_core(unsigned core) {
  if constexpr (kOneCore) return fail(core == 0 ? Error::kBusy : Error::kNotFound);
  if (core >= arch::kMaxCores) return fail(Error::kNotFound);
  switch (active_cores_.remove(core)) {
    case ActiveCores<>::Removed::kNotThere:
      return fail(Error::kNotFound);
    case ActiveCores<>::Removed::kLast:
      return fail(Error::kBusy);
    case ActiveCores<>::Removed::kDone:
      break;
  }
  bool bound = false;
  thread_list().for_each([&bound](const Thread& thread) {
    bound = bound || ((thread.affinity() & active()) == 0 && !thread.is_its_cores_own());
  });
  if (!bound) {
    kick(core);
    return {};
  }
  // It was not there for a while, for others as for itself.
  if (active_cores_.add(core)) bring_back(core);
  return fail(Error::kBusy);
}

Result<void> CoreScheduler::unpark_core(unsigned core) {
  if constexpr (kOneCore) return fail(Error::kNotFound);
  if (core >= arch::kMaxCores || !started_cores_.has(core) || !active_cores_.add(core)) {
    return fail(Error::kNotFound);
  }
  bring_back(core);
  return {};
}

void CoreScheduler::bring_back(unsigned core) {
  // It may not even have noticed that it was parked, but others have: they did not look here.
  // Release pairs with the acquire in is_back(): it takes threads.
  of(core).back_.store(true, std::memory_order_release);
  kick(core);
  // What runs on a parked core, because all of its cores were parked, may come here now.
  for (CoreMask left = started() & ~active(); left != 0; left &= left - 1) {
    kick(static_cast<unsigned>(std::countr_zero(left)));
  }
}

// Has the core look.
void CoreScheduler::kick(unsigned core) {
  const IrqsOff irqs_off;
  if (!of(core).mailbox_.kick()) return;
  here(irqs_off).counts_.park_kicks.add();
  sched_hooks::interrupt_cores(CoreMask{1} << core);
}

void CoreScheduler::reschedule(const IrqsOff& irqs_off) {
  CoreScheduler& core = here(irqs_off);
  if constexpr (kOneCore) {
    core.reschedule_here();
    return;
  }
  // Relaxed: the thread's own, on its core.
  core.current().preempt_.wanted.store(false, std::memory_order_relaxed);
  core.take(irqs_off);
  Fate fate{};
  if (core.should_switch(fate)) {
    run_another(fate, irqs_off);
  } else {
    sched_hooks::on_context_switch(irqs_off);
    core.spread(irqs_off);
  }
}

// Runs in the thread that was switched to, on its core.  True: the core is to look again.  That a
// grace period has ended is passed on by whoever ended it, before it can come here the short way.
bool CoreScheduler::finish_switch(const IrqsOff& irqs_off) {
  CoreScheduler& core = here(irqs_off);
  if (core.left_ == nullptr && !core.rcu_.is_concerned()) [[likely]] {
    return false;
  }
  core.at_work_ = true;
  sched_hooks::on_context_switch(irqs_off);
  if (Thread* const left = std::exchange(core.left_, nullptr)) {
    const unsigned moves_to = core.left_fate_ == Fate::kMoves ? core.leave_for() : kNowhere;
    core.settle(*left, core.left_fate_, irqs_off);
    core.end_moves(moves_to);
  }
  core.at_work_ = false;
  return true;
}

// The equal whose turn it is, if nothing but that has changed since the core last looked: no
// message has come, nothing has become ready, the queue has no one more urgent.  Where both may run
// on the same cores it is no news for the others that one waits and not the other.
Thread* CoreScheduler::equal_in_turn(const Thread& me) {
  if (mailbox_.may_have_news() || due_ != 0 || me.suspended_) return nullptr;
  Thread* const next = ready_.front_if_top(running_);
  if (next == nullptr) return nullptr;
  const CoreMask affinity = me.affinity();
  if (next->affinity() != affinity || next->queued_movable != me.queued_movable) return nullptr;
  return next;
}

// choose_and_switch(), where nothing is to be chosen.
void CoreScheduler::switch_to_equal(Thread& me, Thread& next, const IrqsOff& irqs_off) {
  ready_.take_turns(running_, me);
  me.set_state(ThreadState::kReady);
  next.set_state(ThreadState::kRunning);
  account(me, Fate::kYields, next);
  // Relaxed: this core's own.
  current_.store(&next, std::memory_order_relaxed);
  if (!slice_timer_.armed()) {
    mind_slice(irqs_off);
    if (due_ != 0) [[unlikely]] {
      // Its turn is over already, and no timer comes: it looks when it is there.
      left_ = &me;
      left_fate_ = Fate::kYields;
    }
  }
  arch::set_thread_pointer(&next);
  arch::Context::switch_to(me.context_, next.context_);
}

// Here, so that it is one function.
void this_thread::yield() {
  check_may_block(nullptr);
  if constexpr (kOneCore) {
    CoreScheduler::yield_here();
    return;
  }
  const sync::IrqsOff irqs_off;
  CoreScheduler& core = CoreScheduler::here(irqs_off);
  Thread& me = core.current();
  if (Thread* const next = core.equal_in_turn(me)) [[likely]] {
    core.switch_to_equal(me, *next, irqs_off);
    // From here on maybe on another core.
    if (CoreScheduler::finish_switch(irqs_off)) CoreScheduler::look_again(irqs_off);
  } else {
    CoreScheduler::yield_slowly(irqs_off);
  }
}

[[gnu::noinline]] void CoreScheduler::yield_slowly(const IrqsOff& irqs_off) {
  CoreScheduler& core = here(irqs_off);
  core.take(irqs_off);
  Fate fate{};
  if (core.should_switch(fate)) {
    run_another(fate, irqs_off);
  } else if (core.ready_.top() == core.running_) {
    run_another(Fate::kYields, irqs_off);
  } else {
    core.spread(irqs_off);
  }
}

void CoreScheduler::park(const Deadline& deadline, const IrqsOff& irqs_off) {
  CoreScheduler& core = here(irqs_off);
  Thread& me = core.current();
  if constexpr (kOneCore) {
    park_here(me, deadline);
    return;
  }
  // Relaxed: the thread's own.
  BATON_CHECK(me.preempt_.off.load(std::memory_order_relaxed) == 0 &&
              "a thread waits while it must not be preempted");
  BATON_CHECK(&me != &core.idle_ && "the idle thread waits");
  if (!me.control_.is_waiting()) return;
  if (deadline) {
    // Armed and cancelled on one core: whoever ends the wait sends the thread here first.
    this_core_timers(irqs_off).arm(me.timeout_, *deadline, irqs_off);
    me.timeout_armed_ = true;
  }
  run_another(Fate::kParks, irqs_off);
}

void CoreScheduler::exit(const IrqsOff& irqs_off) {
  // Relaxed: the thread's own.
  BATON_CHECK(arch::preempt_state().off.load(std::memory_order_relaxed) == 0 &&
              "a thread ends while it must not be preempted");
  BATON_CHECK(&here(irqs_off).current() != &here(irqs_off).idle_ && "the idle thread ends");
  if constexpr (kOneCore) here(irqs_off).exit_here(here(irqs_off).current());
  run_another(Fate::kDies, irqs_off);
  __builtin_unreachable();
}

void CoreScheduler::mind_own_wishes(Thread& thread, const IrqsOff& irqs_off) {
  if constexpr (kOneCore) return;  // attend_here() has seen to them
  CoreScheduler& core = here(irqs_off);
  if (&thread != &core.current()) return;
  thread.suspended_ = thread.control_.wishes(ThreadControl<>::kSuspend);
  // Relaxed: this core's thread.
  thread.preempt_.wanted.store(true, std::memory_order_relaxed);
}

bool CoreScheduler::on_interrupt_end(const IrqsOff& irqs_off) {
  if constexpr (kOneCore) return all_[0].on_interrupt_end_here();
  CoreScheduler& core = here(irqs_off);
  // Relaxed: this core's own.  Null before adopt().
  if (core.current_.load(std::memory_order_relaxed) == nullptr) return false;
  core.take(irqs_off);
  Fate fate{};
  if (!core.should_switch(fate)) {
    core.spread(irqs_off);
    return false;
  }
  arch::PreemptState& state = core.current().preempt_;
  // Relaxed, both: the interrupted thread is this core's.
  if (state.off.load(std::memory_order_relaxed) == 0) return true;
  state.wanted.store(true, std::memory_order_relaxed);
  core.spread_beside_one_that_stays(irqs_off);
  return false;
}

void internal::preempt_wanted() {
  if (arch::in_interrupt()) return;
  // Relaxed: the thread's own.
  if (arch::preempt_state().off.load(std::memory_order_relaxed) != 0) return;
  if (arch::LocalIrq::enabled()) {
    const sync::IrqsOff irqs_off;
    CoreScheduler::reschedule(irqs_off);
    return;
  }
  const sync::IrqsOff irqs_off;
  CoreScheduler& core = CoreScheduler::here(irqs_off);
  // A scheduler at work looks by itself.  Otherwise the interrupt comes when they are unmasked.
  if (!core.at_work_ && (kOneCore || core.mailbox_.kick())) {
    core.counts_.self_kicks.add();
    sched_hooks::interrupt_cores(CoreMask{1} << CoreScheduler::self());
  }
}

// Whether the thread that runs here is not the one that should, and what becomes of it then.
bool CoreScheduler::should_switch(Fate& fate) const {
  const Thread& me = current();
  const int top = ready_.top();
  if (&me == &idle_) {
    fate = Fate::kPreempted;
    return top != kIdlePriority;
  }
  if (me.suspended_) {
    fate = Fate::kSuspended;
    return true;
  }
  if (!belongs_on(me, self())) {
    fate = Fate::kMoves;
    return true;
  }
  if (leave_for() != kNowhere) {
    fate = Fate::kMoves;
    return true;
  }
  const int mine = me.priority().value();
  fate = top > mine ? Fate::kPreempted : Fate::kYields;
  return top > mine || (top == mine && (due_ & kSliceOver) != 0);
}

// Something became ready here.  True if it is to run now: a thread that made it ready gives way at
// its next preempt_point(), a handler at its end.
bool CoreScheduler::ask_to_switch() {
  Fate fate{};
  if (!should_switch(fate)) return false;
  // Relaxed: this core's thread.
  current().preempt_.wanted.store(true, std::memory_order_relaxed);
  return true;
}

void CoreScheduler::run_another(Fate fate, const IrqsOff& irqs_off) {
  for (;;) {
    here(irqs_off).choose_and_switch(fate, irqs_off);
    // From here on maybe on another core.
    if (!finish_switch(irqs_off)) return;
    if (!here(irqs_off).should_switch(fate)) break;
  }
  here(irqs_off).spread(irqs_off);
}

// The thread that came off this core, or what has become ready meanwhile, may have changed who
// should run.
[[gnu::noinline]] void CoreScheduler::look_again(const IrqsOff& irqs_off) {
  Fate fate{};
  if (here(irqs_off).should_switch(fate)) {
    run_another(fate, irqs_off);
  } else {
    here(irqs_off).spread(irqs_off);
  }
}

void CoreScheduler::choose_and_switch(Fate fate, const IrqsOff& irqs_off) {
  Thread& me = current();
  if (&me == &idle_) {
    me.set_state(ThreadState::kReady);
  } else {
    if (fate == Fate::kPreempted || fate == Fate::kYields) {
      enqueue(Held<Thread>(me), fate == Fate::kPreempted, irqs_off);
    } else if (fate == Fate::kParks) {
      me.set_state(ThreadState::kWaiting);
    } else if (fate == Fate::kSuspended) {
      me.set_state(ThreadState::kSuspended);
    }
  }
  Thread* const next = ready_.empty() ? &idle_ : &dequeue_top().pass_on();
  due_ &= ~kKept;
  if (next == &idle_) {
    say_idle();
  } else {
    say_running(*next);
  }
  left_ = &me;  // even if it stays: what came meanwhile is to be looked at
  left_fate_ = fate;
  if (next == &me) {
    me.set_state(ThreadState::kRunning);
    return;
  }
  account(me, fate, *next);
  // Relaxed: this core's own.
  current_.store(next, std::memory_order_relaxed);
  due_ &= ~kSliceOver;
  mind_slice(irqs_off);
  next->set_state(ThreadState::kRunning);
  arch::set_thread_pointer(next);
  arch::Context::switch_to(me.context_, next->context_);
}

// The registers of `left` are saved, and it runs nowhere.
void CoreScheduler::settle(Thread& left, Fate fate, const IrqsOff& irqs_off) {
  switch (fate) {
    case Fate::kPreempted:
    case Fate::kYields:
      return;  // in the run queue, or the idle thread
    case Fate::kParks:
      // Release is park()'s: from here on whoever ends the wait may run it.
      if (!left.control_.park()) receive_back(left, irqs_off);
      return;
    case Fate::kSuspended:
      return;  // here, in no queue
    case Fate::kMoves: {
      left.control_.leave();
      give(Held<Thread>(left), leave_for() != kNowhere ? leave_for() : place(left), irqs_off);
      return;
    }
    case Fate::kDies:
      finish_death(left);
      return;
  }
}

// The first thing that a thread does.
void CoreScheduler::first_run(const IrqsOff& irqs_off) {
  if constexpr (kOneCore) return;
  static_cast<void>(finish_switch(irqs_off));
  look_again(irqs_off);
}

// The running thread's equals are to get their turn.  The timer is set only when it is not running,
// and looks when it comes whether the turn is over: threads that switch often never touch it.
void CoreScheduler::mind_slice(const IrqsOff& irqs_off) {
  if (slice_timer_.armed() || ready_.top() != running_ || running_ == kIdlePriority) return;
  if (arm_slice_timer(irqs_off)) {
    due_ |= kSliceOver;
  } else {
    due_ &= ~kSliceOver;
  }
}

// True: the turn is over.
bool CoreScheduler::arm_slice_timer(const IrqsOff& irqs_off) {
  const Thread& me = current();
  const Duration slice = me.slice();
  if (slice == Duration()) return false;
  const std::uint64_t used = ticks_to_ns(me.slice_ticks_ + arch::Counter::ticks() - switched_at_,
                                         arch::Counter::frequency_hz());
  if (used >= slice.count_ns()) return true;
  this_core_timers(irqs_off).arm(slice_timer_,
                                 now() + Duration::nanoseconds(slice.count_ns() - used), irqs_off);
  return false;
}

// In the timer's interrupt, whose end looks at kSliceOver.
void CoreScheduler::on_slice_timer() {
  const sync::IrqsOff irqs_off;
  if (ready_.top() != running_ || &current() == &idle_) return;
  if (arm_slice_timer(irqs_off)) {
    due_ |= kSliceOver;
  } else {
    due_ &= ~kSliceOver;
  }
}

}  // namespace baton::kernel

namespace baton::arch {

void on_preemption() {
  const sync::IrqsOff irqs_off;
  kernel::CoreScheduler::reschedule(irqs_off);
}

void on_preemption_allowed() { kernel::preempt_point(); }

}  // namespace baton::arch
