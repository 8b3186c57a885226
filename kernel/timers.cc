#include "kernel/timers.h"

#include "arch/timer.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/trace/trace.h"
#include "sync/core_local.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

constinit sync::CoreLocal<TimerQueue> queues;

// A number of a trace: the most that fits, if it is more.
std::uint32_t number_of(std::uint64_t value) {
  constexpr std::uint64_t kMost = ~std::uint32_t{0};
  return static_cast<std::uint32_t>(value < kMost ? value : kMost);
}

}  // namespace

Timer::~Timer() { BATON_ASSERT(!armed_); }

void TimerQueue::arm(Timer& timer, Instant due, const sync::IrqsOff& irqs_off) {
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
    trace::put(trace::pack(trace::Kind::kTimerArmed, 0, number_of((due - now()).count_us())),
               irqs_off);
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
  const sync::IrqsOff irqs_off;
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
    trace::put(trace::pack(trace::Kind::kTimerFired, 0, number_of(late)), irqs_off);
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

}  // namespace baton::kernel
