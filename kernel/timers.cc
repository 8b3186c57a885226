#include "kernel/timers.h"

#include "arch/timer.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/rcu.h"
#include "sync/core_local.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

constinit sync::CoreLocal<TimerQueue> queues;

}  // namespace

Timer::~Timer() { BATON_ASSERT(!armed_); }

void TimerQueue::arm(Timer& timer, Instant due, const sync::IrqsOff& /*irqs_off*/) {
  BATON_ASSERT(!timer.armed_);
  timer.due_ = due;
  timer.armed_ = true;
  Timer** link = &first_;
  while (*link != nullptr && (*link)->due_ <= due) {
    link = &(*link)->next_;
  }
  timer.next_ = *link;
  *link = &timer;
  if (first_ == &timer) {
    program();
  }
}

bool TimerQueue::cancel(Timer& timer, const sync::IrqsOff& /*irqs_off*/) {
  if (!timer.armed_) {
    return false;
  }
  for (Timer** link = &first_; *link != nullptr; link = &(*link)->next_) {
    if (*link == &timer) {
      *link = timer.next_;
      timer.armed_ = false;
      program();
      return true;
    }
  }
  BATON_CHECK(false && "a timer is cancelled on another core than it was armed on");
  return false;
}

void TimerQueue::on_interrupt() {
  while (first_ != nullptr) {
    const Instant at = now();
    if (first_->due_ > at) {
      break;
    }
    Timer& timer = *first_;
    first_ = timer.next_;
    timer.armed_ = false;
    fired_.add();
    const std::uint64_t late = (at - timer.due_).count_ns();
    if (late > worst_lateness_.value()) {
      worst_lateness_.add(late - worst_lateness_.value());
    }
    timer.callback_(timer.argument_);
  }
  program();
}

void TimerQueue::program() {
  const Instant due = first_ == nullptr ? Instant() : first_->due_;
  // Relaxed: for people.
  next_due_ns_.store(due.since_start_ns(), std::memory_order_relaxed);
  if (first_ == nullptr) {
    arch::CoreTimer::stop();
  } else {
    arch::CoreTimer::arm(to_ticks(due));
  }
}

TimerQueue& this_core_timers(const sync::IrqsOff& irqs_off) { return queues.here(irqs_off); }

const TimerQueue& timers_of(unsigned index) { return queues.of(index); }

void sleep_until(Instant due) {
  // Relaxed: set by this core's own interrupt handler.
  std::atomic<bool> over{false};
  Timer timer(
      [](void* flag) {
        // Relaxed: read by this core's own thread.
        static_cast<std::atomic<bool>*>(flag)->store(true, std::memory_order_relaxed);
      },
      &over);
  {
    const sync::IrqsOff irqs_off;
    this_core_timers(irqs_off).arm(timer, due, irqs_off);
  }
  for (;;) {
    rcu::come_by();
    const sync::IrqsOff irqs_off;
    // Relaxed: set by this core's own interrupt handler.
    if (over.load(std::memory_order_relaxed)) {
      return;
    }
    // Masked: an interrupt between the look and the sleep ends the sleep, and is taken after it.
    rcu::sleep(irqs_off);
  }
}

}  // namespace baton::kernel
