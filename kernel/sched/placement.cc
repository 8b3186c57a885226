// Which core a thread runs on.
#include <algorithm>
#include <bit>
#include <utility>

#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"

namespace baton::kernel {

// This core is parked: what waits here goes elsewhere.  Not the thread that runs: should_switch()
// sees to that.
void CoreScheduler::clear_out(const IrqsOff& irqs_off) {
  const Thread* const unsettled = &current();
  for (;;) {
    Thread* const found = ready_.find_movable(kIdlePriority, [unsettled](const Thread& thread) {
      return &thread != unsettled && !belongs_on(thread, self());
    });
    if (found == nullptr) return;
    Held<Thread> thread = dequeue(*found);
    thread->control_.leave();
    const unsigned best = place(*found, self());
    give(std::move(thread), best, irqs_off);
  }
}

// Of these cores, at least one, the one that runs the least urgent work.
unsigned CoreScheduler::least_busy(CoreMask among) {
  auto best = static_cast<unsigned>(std::countr_zero(among));
  int least = of(best).load_.running();
  for (among &= among - 1; among != 0 && least != kIdlePriority; among &= among - 1) {
    const auto core = static_cast<unsigned>(std::countr_zero(among));
    const int running = of(core).load_.running();
    if (running < least) {
      least = running;
      best = core;
    }
  }
  return best;
}

// The core where the thread runs at once, if there is one: the one on which it ran last if that is
// idle, otherwise the one that does the least urgent work.  Otherwise it waits here, where cores
// that get less urgent work look for it, if it may.
unsigned CoreScheduler::place(const Thread& thread, unsigned self) {
  // Relaxed: the holder's, and that is the caller.
  const unsigned last = thread.last_core_.load(std::memory_order_relaxed);
  if (thread.timeout_armed_) return last;
  const CoreMask allowed = thread.affinity() & active();
  if (allowed == 0) {
    // All of its cores are parked: one of them runs it all the same.
    const bool has_last = (thread.affinity() >> last & 1U) != 0;
    return has_last ? last : static_cast<unsigned>(std::countr_zero(thread.affinity() & started()));
  }
  const bool may_stay = (allowed >> last & 1U) != 0;
  if (may_stay && of(last).load_.running() == kIdlePriority) return last;
  const unsigned best = least_busy(allowed);
  const int least = of(best).load_.running();
  // Of several that are as busy, the last one.
  if (may_stay && of(last).load_.running() == least && least < thread.priority().value()) {
    return last;
  }
  if (least < thread.priority().value()) return best;
  return (allowed >> self & 1U) != 0 ? self : best;
}

// Sends a message, and interrupts the core for it.
void CoreScheduler::deliver(unsigned core, CoreMessage& message) {
  counts_.sent.add();
  if (!of(core).mailbox_.send(message)) return;
  counts_.kicks.add();
  sched_hooks::interrupt_cores(CoreMask{1} << core);
}

// The thread is on its way.
void CoreScheduler::give(Held<Thread> thread, unsigned core, const IrqsOff& /*irqs_off*/) {
  Thread& out = std::move(thread).pass_on();
  out.set_state(ThreadState::kMoving);
  counts_.departures.add();
  // The thread is the other core's from here on.
  deliver(core, out.arrival_);
}

// Sends threads that wait here to cores that do something less urgent, one to each.  Only when
// something has become ready since the last time: cores that did not suit then ask themselves when
// their work gets less urgent.  Every thread in the queue has its registers saved.
void CoreScheduler::spread(const IrqsOff& irqs_off) {
  load_.set_waiting(ready_.top_movable());
  // At work: the thread that is being left may be in the queue.  It is spread at the end of that.
  if ((due_ & kCame) == 0 || at_work_) return;
  due_ &= ~kCame;
  CoreMask others = active() & ~(CoreMask{1} << self());
  while (others != 0 && ready_.top_movable() != kIdlePriority) {
    const int least = of(least_busy(others)).load_.running();
    unsigned target = 0;
    Thread* const found = ready_.find_movable(least, [others, &target](const Thread& thread) {
      const CoreMask suit = thread.affinity() & others;
      if (suit == 0) return false;
      target = least_busy(suit);
      return of(target).load_.running() < thread.priority().value();
    });
    if (found == nullptr) break;
    Held<Thread> thread = dequeue(*found);
    thread->control_.leave();
    give(std::move(thread), target, irqs_off);
    others &= ~(CoreMask{1} << target);
  }
  load_.set_waiting(ready_.top_movable());
}

// This core does something less urgent from now on: looks for something better.
void CoreScheduler::pull() {
  ++lowerings_;
  refused_ = 0;
  ask();
}

// Asks the core where the most urgent thread waits, of those that have not refused yet.
void CoreScheduler::ask() {
  if ((active() >> self() & 1U) == 0) return;  // parked
  int most = std::max(running_, ready_.top());
  unsigned from = self();
  for (CoreMask left = active() & ~(CoreMask{1} << self()) & ~refused_; left != 0;
       left &= left - 1) {
    const auto core = static_cast<unsigned>(std::countr_zero(left));
    const int waiting = of(core).load_.waiting();
    if (waiting > most) {
      most = waiting;
      from = core;
    }
  }
  // If one is under way to it already, its answer shows whether to ask again.
  if (from == self() || pulls_[from].under_way) return;
  PullRequest& request = pulls_[from];
  request.under_way = true;
  request.lowering = lowerings_;
  request.message.kind = CoreMessage::Kind::kPull;
  request.message.core = self();
  counts_.pulls.add();
  deliver(from, request.message);
}

// Gives the core that asks the most urgent thread that waits here and may run there, if it is more
// urgent than what runs there; and its message back.
void CoreScheduler::answer_pull(CoreMessage& request, const IrqsOff& irqs_off) {
  const unsigned core = request.core;
  Thread* const found = ready_.find_movable(
      of(core).load_.running(), [core](const Thread& thread) { return may_run_on(thread, core); });
  request.core = self();
  request.kind = found != nullptr ? CoreMessage::Kind::kPulled : CoreMessage::Kind::kRefused;
  if (found != nullptr) {
    Held<Thread> thread = dequeue(*found);
    load_.set_waiting(ready_.top_movable());
    thread->control_.leave();
    give(std::move(thread), core, irqs_off);
  }
  deliver(core, request);
}

void CoreScheduler::note_answer(const CoreMessage& answer) {
  PullRequest& request = pulls_[answer.core];
  request.under_way = false;
  // Unless it looked at what ran here before this core's work got less urgent once more.
  if (answer.kind == CoreMessage::Kind::kRefused && request.lowering == lowerings_) {
    refused_ |= CoreMask{1} << answer.core;
  }
  // When all that has come is known: there may be something better elsewhere.
  due_ |= kAskAgain;
}

}  // namespace baton::kernel
