// What a core's scheduler does with the messages of others, and how threads come and go.
#include <utility>

#include "arch/cpu.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/trace/trace.h"

namespace baton::kernel {

// Handles what others have sent, and says how urgent the running thread is by now.
void CoreScheduler::take(const IrqsOff& irqs_off) {
  CoreMessage* message = mailbox_.take();
  const bool was_at_work = std::exchange(at_work_, true);
  std::uint64_t size = 0;
  while (message != nullptr) {
    ++size;
    // It may be under way again when it has been handled.
    CoreMessage* const next = message->next.read();
    handle(*message, irqs_off);
    message = next;
  }
  at_work_ = was_at_work;
  if (size != 0) count_batch(size);
  const bool parked = (active() >> self() & 1U) == 0;
  if (parked) {
    clear_out(irqs_off);
  } else if (is_back()) {
    // Others passed by what waits here, too.
    due_ |= kCame;
    look_for_more();
  }
  const Thread& me = current();
  const int before = running_;
  if (may_leave(me)) due_ &= ~kKept;
  if (&me == &idle_) {
    say_idle();
  } else {
    say_running(me);
  }
  // Those who wait may be its equals from now on, and have their turns.
  if (running_ != before) mind_slice(irqs_off);
  if ((due_ & kAskAgain) != 0) {
    due_ &= ~kAskAgain;
    ask();
  }
  consider_moves(me, irqs_off);
}

// Whether it has been brought back since it last looked.
bool CoreScheduler::is_back() {
  // Relaxed: a look; what comes after it comes with a kick.
  if (!back_.load(std::memory_order_relaxed)) return false;
  // Acquire pairs with the release in unpark_core(): it is among those that take threads.
  return back_.exchange(false, std::memory_order_acquire);
}

void CoreScheduler::count_batch(std::uint64_t size) {
  counts_.batches.add();
  const std::uint64_t longest = counts_.longest_batch.value();
  if (size > longest) counts_.longest_batch.add(size - longest);
}

void CoreScheduler::handle(CoreMessage& message, const IrqsOff& irqs_off) {
  counts_.messages.add();
  switch (message.kind) {
    case CoreMessage::Kind::kArrival:
      counts_.arrivals.add();
      note_arrival(*message.thread);
      receive(Held<Thread>(*message.thread), irqs_off);
      return;
    case CoreMessage::Kind::kAttention:
      attend(*message.thread, irqs_off);
      return;
    case CoreMessage::Kind::kPull:
      answer_pull(message, irqs_off);
      return;
    case CoreMessage::Kind::kPulled:
    case CoreMessage::Kind::kRefused:
      note_answer(message);
      return;
    case CoreMessage::Kind::kMakeRoom:
    case CoreMessage::Kind::kMoveUp:
      note_move(message);
      return;
    case CoreMessage::Kind::kMovedUp:
      note_moved(message);
      return;
    case CoreMessage::Kind::kMadeRoom:
      note_made_room();
      return;
  }
}

// The thread is this core's from here on.
void CoreScheduler::receive(Held<Thread> thread, const IrqsOff& irqs_off) {
  Thread& in = *thread;
  const auto wishes = in.control_.arrive(self());
  // Relaxed, both: the holder's; people look.
  const unsigned from = in.last_core_.load(std::memory_order_relaxed);
  if (from != self()) {
    trace::put(trace::pack(trace::Kind::kArrive, from, in.trace_id_), irqs_off);
    // Relaxed: as above.
    in.last_core_.store(static_cast<std::uint8_t>(self()), std::memory_order_relaxed);
    in.migrations_.add();
  }
  in.suspended_ = (wishes & ThreadControl<>::kSuspend) != 0;
  bool settled = true;
  if (in.timeout_armed_) {
    // It came here for that, and may run better elsewhere.
    static_cast<void>(this_core_timers(irqs_off).cancel(in.timeout_, irqs_off));
    in.timeout_armed_ = false;
    settled = false;
  }
  if (in.suspended_) {
    static_cast<void>(std::move(thread).pass_on());  // this core's, in no queue
    in.set_state(ThreadState::kSuspended);
    note_gone();
    return;
  }
  if (!settled || !belongs_on(in, self())) {
    note_gone();
    go_where_it_belongs(std::move(thread), irqs_off);
  } else {
    enqueue(std::move(thread), /*first=*/false, irqs_off);
  }
}

// A thread of this core whose wait was over before it had left: it never was anybody else's.
void CoreScheduler::receive_back(Thread& thread, const IrqsOff& irqs_off) {
  trace::put(trace::pack(trace::Kind::kReady, 0, thread.trace_id_), irqs_off);
  if (thread.timeout_armed_) {
    static_cast<void>(this_core_timers(irqs_off).cancel(thread.timeout_, irqs_off));
    thread.timeout_armed_ = false;
  }
  if (thread.suspended_) {
    thread.set_state(ThreadState::kSuspended);
  } else {
    enqueue(Held<Thread>(thread), /*first=*/true, irqs_off);
  }
}

void CoreScheduler::attend(Thread& thread, const IrqsOff& irqs_off) {
  using Kind = ThreadControl<>::Attention::Kind;
  const auto attention = thread.control_.attend(self());
  switch (attention.kind) {
    case Kind::kElsewhere:
      send_attention(attention.core, thread, irqs_off);
      return;
    case Kind::kNobody:
      return;
    case Kind::kDead:
      finish_death_for_good(thread);
      return;
    case Kind::kMine:
      break;
  }
  const bool suspend = (attention.wishes & ThreadControl<>::kSuspend) != 0;
  if (thread.queue_hook.is_linked()) {
    // Again, with what it is now: first, as it was there before.
    Held<Thread> out = dequeue(thread);
    if (thread.queued_priority > running_) note_gone();
    thread.suspended_ = suspend;
    if (suspend) {
      static_cast<void>(std::move(out).pass_on());
      thread.set_state(ThreadState::kSuspended);
    } else if (&thread != &current() && !belongs_on(thread, self())) {
      thread.control_.leave();
      give(std::move(out), place(thread), irqs_off);
    } else {
      enqueue(std::move(out), /*first=*/true, irqs_off);
    }
    return;
  }
  const bool was_suspended = std::exchange(thread.suspended_, suspend);
  if (&thread == &current()) {
    // should_switch() has a look.  Its equals change places with it only if they are as movable.
    thread.queued_movable = (thread.affinity() & ~(CoreMask{1} << self())) != 0;
    return;
  }
  if (was_suspended && !suspend) go_where_it_belongs(Held<Thread>(thread), irqs_off);
}

// Into this core's queue, or to a core where it runs sooner.
void CoreScheduler::go_where_it_belongs(Held<Thread> thread, const IrqsOff& irqs_off) {
  const unsigned best = place(*thread);
  if (best == self()) {
    enqueue(std::move(thread), /*first=*/false, irqs_off);
    return;
  }
  thread->control_.leave();
  give(std::move(thread), best, irqs_off);
}

void CoreScheduler::enqueue(Held<Thread> thread, bool first, const IrqsOff& irqs_off) {
  Thread& in = *thread;
  const Priority priority = in.priority();
  const bool movable = (in.affinity() & ~(CoreMask{1} << self())) != 0;
  note_ready(in.affinity());
  in.set_state(ThreadState::kReady);
  if (first) {
    ready_.push_front(std::move(thread), priority, movable);
  } else {
    ready_.push_back(std::move(thread), priority, movable);
  }
  mind_slice(irqs_off);
}

Held<Thread> CoreScheduler::dequeue(Thread& thread) { return ready_.erase(thread); }

Held<Thread> CoreScheduler::dequeue_top() { return ready_.pop(); }

// In the trace: the thread goes to core `target`.
void CoreScheduler::note_wake(const Thread& thread, unsigned target, const IrqsOff& irqs_off) {
  trace::put(
      trace::pack(trace::Kind::kWake, target | (arch::in_interrupt() ? trace::kByHandler : 0U),
                  thread.trace_id_, here(irqs_off).current().trace_id_),
      irqs_off);
}

void CoreScheduler::dispatch(Held<Thread> thread, const IrqsOff& irqs_off) {
  CoreScheduler& core = here(irqs_off);
  const unsigned target = kOneCore ? self() : core.place(*thread);
  note_wake(*thread, target, irqs_off);
  if constexpr (kOneCore) {
    receive_here(std::move(thread).pass_on());
    return;
  }
  if (target != self()) {
    core.give(std::move(thread), target, irqs_off);
    return;
  }
  core.receive(std::move(thread), irqs_off);
  if (!core.ask_to_switch()) {
    core.spread(irqs_off);
  } else if (!core.at_work_ && !core.may_leave(core.current())) {
    core.spread_beside_one_that_stays(irqs_off);
  }
}

void CoreScheduler::send_attention(unsigned core, Thread& thread, const IrqsOff& irqs_off) {
  CoreScheduler& mine = here(irqs_off);
  if constexpr (kOneCore) {
    mine.attend_here(thread);  // at once
    return;
  }
  if (core == self()) {
    mine.counts_.sent.add();
    mine.mailbox_.leave(thread.attention_);
    // Relaxed: this core's thread, whose next preempt_point() takes the message.
    mine.current().preempt_.wanted.store(true, std::memory_order_relaxed);
    return;
  }
  mine.deliver(core, thread.attention_);
}

}  // namespace baton::kernel
