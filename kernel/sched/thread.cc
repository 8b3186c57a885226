#include "kernel/sched/thread.h"

#include <algorithm>
#include <utility>

#include "arch/irq.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/thread_list.h"
#include "kernel/trace/trace.h"
#include "sync/misuse.h"

namespace baton::kernel {
namespace {

// What a stack is filled with before it is used, so that one can see how deep it went.
constexpr std::byte kUnused{0xa5};

}  // namespace

Thread::~Thread() { BATON_CHECK(state() == ThreadState::kDead); }

Result<void> Thread::start(std::span<std::byte> stack, const ThreadOptions& options, Entry entry,
                           void* argument) {
  check_may_block(this);
  if (stack.size() < arch::kMinStackBytes || entry == nullptr ||
      (options.affinity & CoreScheduler::active()) == 0) {
    return fail(Error::kInvalidArgument);
  }
  {
    const WaitQueue::Guard guard(joiners_);
    if (!ended_) return fail(Error::kBusy);
    ended_ = false;
  }
  name_ = options.name;
  cores_own_ = options.cores_own;
  entry_ = entry;
  argument_ = argument;
  stack_ = stack;
  std::ranges::fill(stack, kUnused);
  context_.prepare(stack, &Thread::run, this);
  // Relaxed, all: the mailbox or the queue that the thread goes through orders them.
  base_priority_.store(options.priority.value(), std::memory_order_relaxed);
  affinity_.store(options.affinity, std::memory_order_relaxed);
  slice_ns_.store(options.slice.count_ns(), std::memory_order_relaxed);
  has_slice_.store(options.slice != Duration() ? 1 : 0, std::memory_order_relaxed);
  inherited_priority_.store(kIdlePriority, std::memory_order_relaxed);
  preempt_.off.store(0, std::memory_order_relaxed);
  preempt_.wanted.store(false, std::memory_order_relaxed);
  slice_ticks_ = 0;
  cpu_ticks_.reset();
  switches_.reset();
  migrations_.reset();
  control_.begin(options.suspended ? ThreadControl<>::kSuspend : 0);
  thread_list().add(*this);
  trace_id_ = trace::begin_thread(name_);
  {
    const sync::IrqsOff irqs_off;
    trace::put(trace::pack(trace::Kind::kBegin, static_cast<unsigned>(options.priority.value()),
                           trace_id_),
               irqs_off);
    // Relaxed: nobody holds the thread but we.
    last_core_.store(static_cast<std::uint8_t>(arch::core_index()), std::memory_order_relaxed);
    CoreScheduler::dispatch(Held<Thread>(*this), irqs_off);
  }
  preempt_point();
  return {};
}

// The first thing on the new stack; interrupts masked, as every switch leaves them.
void Thread::run(void* thread) {
  Thread& me = *static_cast<Thread*>(thread);
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::first_run(irqs_off);
  }
  arch::LocalIrq::enable();
  me.entry_(me.argument_);
  me.end();
}

// The thread itself.
void Thread::end() {
  check_may_block(this);
#ifndef NDEBUG
  BATON_NO_MISUSE(mutexes_.held.empty(), &mutexes_.held.front(),
                  "a thread ends while it holds this mutex");
#endif
  const sync::IrqsOff irqs_off;
  CoreScheduler::exit(irqs_off);
}

void CoreScheduler::finish_death(Thread& thread) {
  if (!thread.control_.die()) return;  // its message is still under way
  finish_death_for_good(thread);
}

void CoreScheduler::finish_death_for_good(Thread& thread) {
  if (const Thread::EndAction action = end_life(thread)) action(thread);
}

// What is left to do when its storage may be used again, if anything.
Thread::EndAction CoreScheduler::end_life(Thread& thread) {
  thread_list().remove(thread);
  {
    const sync::IrqsOff irqs_off;
    trace::put(trace::pack(trace::Kind::kEnd, 0, thread.trace_id_), irqs_off);
  }
  trace::end_thread(thread.trace_id_);
  thread.context_.release();
  thread.set_state(ThreadState::kDead);
  Thread::EndAction action = nullptr;
  {
    const WaitQueue::Guard guard(thread.joiners_);
    thread.ended_ = true;
    thread.joiners_.wake_all();
    action = std::exchange(thread.end_action_, nullptr);
    // When the lock is given back, thread and stack may be gone, unless they are the action's.
  }
  return action;
}

bool Thread::set_end_action(EndAction action) {
  const WaitQueue::Guard guard(joiners_);
  if (ended_) return false;
  end_action_ = action;
  return true;
}

void Thread::join() {
  // Without a deadline, and not stoppable, it cannot fail.
  BATON_CHECK(wait_for_end(kForever).has_value());
}

Result<void> Thread::join_for(Duration timeout) { return wait_for_end(now() + timeout); }

Result<void> Thread::join_until(Instant deadline) { return wait_for_end(deadline); }

Result<void> Thread::try_join() {
  const WaitQueue::Guard guard(joiners_);
  if (!ended_) return fail(Error::kBusy);
  return {};
}

Result<void> Thread::wait_for_end(Deadline deadline) {
  check_may_block(this);
  Waiter me;
  BATON_CHECK(&me.thread != this && "a thread joins itself");
  {
    const WaitQueue::Guard guard(joiners_);
    if (ended_) return {};
    static_cast<void>(joiners_.add(me, /*stoppable=*/false));
  }
  return joiners_.wait(me, deadline);
}

// How the wait that is over ended.
Result<void> Thread::wait_result() const {
  switch (control_.reason()) {
    case WakeReason::kNotified:
      return {};
    case WakeReason::kTimedOut:
      return fail(Error::kTimedOut);
    case WakeReason::kStopped:
      return fail(Error::kStopped);
  }
  return {};
}

// In no queue: the timer ends it, or a stop.
Result<void> Thread::sleep(Instant when) {
  check_may_block(this);
  {
    const sync::IrqsOff irqs_off;
    if (!control_.announce(/*stoppable=*/true)) return fail(Error::kStopped);
    CoreScheduler::park(when, irqs_off);
  }
  const Result<void> result = wait_result();
  if (!result && result.error() == Error::kTimedOut) return {};
  return result;
}

// Something else is wanted of it: its core is told.  Of oneself, it is so at once.
void Thread::change(ThreadControl<>::Word set, ThreadControl<>::Word clear) {
  {
    const sync::IrqsOff irqs_off;
    if (const std::optional<unsigned> core = control_.request(set, clear)) {
      CoreScheduler::send_attention(*core, *this, irqs_off);
    }
    CoreScheduler::mind_own_wishes(*this, irqs_off);
  }
  preempt_point();
}

void Thread::suspend() {
  if constexpr (kOneCore) {
    CoreScheduler::suspend_here(*this);
  } else {
    change(ThreadControl<>::kSuspend, 0);
  }
}

void Thread::resume() {
  if constexpr (kOneCore) {
    CoreScheduler::resume_here(*this);
  } else {
    change(0, ThreadControl<>::kSuspend);
  }
}

void Thread::request_stop() {
  {
    // Needs no telling: whoever waits is woken, whoever is about to looks.
    const sync::IrqsOff irqs_off;
    static_cast<void>(control_.request(ThreadControl<>::kStop, 0));
  }
  wake(WakeReason::kStopped);
  preempt_point();
}

bool Thread::wake(WakeReason reason) {
  const sync::IrqsOff irqs_off;
  return wake(reason, irqs_off);
}

// Ends its wait; false: somebody else has, or it does not wait.
bool Thread::wake(WakeReason reason, const sync::IrqsOff& irqs_off) {
  if constexpr (kOneCore) return CoreScheduler::wake_here(*this, reason);
  switch (control_.conclude(reason)) {
    case ThreadControl<>::Concluded::kLost:
      return false;
    case ThreadControl<>::Concluded::kStays:
      return true;
    case ThreadControl<>::Concluded::kOwned:
      if (reason != WakeReason::kNotified) leave_mutex();
      CoreScheduler::dispatch(Held<Thread>(*this), irqs_off);
      return true;
  }
  return false;
}

// Its wait was ended, not by who had the mutex.  Not left to the thread: until that runs, the owner
// would be as urgent as it, and be in its way.
void Thread::leave_mutex() {
  if (mutexes_.waits) sched_hooks::on_mutex_wait_over(*this);
}

// In the interrupt of the core's timer queue, which has forgotten the timer.
void Thread::on_timeout(void* thread) {
  Thread& me = *static_cast<Thread*>(thread);
  const sync::IrqsOff irqs_off;
  if (me.control_.conclude(WakeReason::kTimedOut) == ThreadControl<>::Concluded::kOwned) {
    me.timeout_armed_ = false;
    me.leave_mutex();
    CoreScheduler::dispatch(Held<Thread>(me), irqs_off);
  }
  // Otherwise somebody else woke it, and it is on its way here.
}

bool Thread::stop_requested() const { return control_.wishes(ThreadControl<>::kStop); }

void Thread::set_priority(Priority priority) {
  // Relaxed: request() releases it.
  base_priority_.store(priority.value(), std::memory_order_relaxed);
  sched_hooks::on_priority_changed(*this);
  change(ThreadControl<>::kReposition, 0);
}

Result<void> Thread::set_affinity(CoreMask affinity) {
  if ((affinity & CoreScheduler::active()) == 0) return fail(Error::kInvalidArgument);
  // Relaxed: request() releases it.
  affinity_.store(affinity, std::memory_order_relaxed);
  change(ThreadControl<>::kReposition, 0);
  return {};
}

void Thread::set_slice(Duration slice) {
  // Relaxed: a number.
  slice_ns_.store(slice.count_ns(), std::memory_order_relaxed);
  has_slice_.store(slice != Duration() ? 1 : 0, std::memory_order_relaxed);  // relaxed: likewise
}

Priority Thread::base_priority() const {
  // Relaxed: a number.
  return Priority(base_priority_.load(std::memory_order_relaxed));
}

Duration Thread::cpu_time() const {
  return Duration::nanoseconds(ticks_to_ns(cpu_ticks_.value(), arch::Counter::frequency_hz()));
}
std::uint64_t Thread::switches() const { return switches_.value(); }
std::uint64_t Thread::migrations() const { return migrations_.value(); }

ThreadState Thread::state() const {
  // Relaxed: may be over at once.
  const ThreadState state = state_.load(std::memory_order_relaxed);
  // Where there is one core nobody writes who runs.
  if (kOneCore && (state == ThreadState::kReady || state == ThreadState::kRunning)) {
    return arch::thread_pointer() == this ? ThreadState::kRunning : ThreadState::kReady;
  }
  return state;
}
unsigned Thread::last_core() const {
  // Relaxed: as state().
  return last_core_.load(std::memory_order_relaxed);
}

std::size_t Thread::stack_high_water() const {
  const auto used = std::ranges::find_if(stack_, [](std::byte b) { return b != kUnused; });
  return static_cast<std::size_t>(stack_.end() - used);
}

}  // namespace baton::kernel
