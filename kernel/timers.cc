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

Timer::~Timer() { BATON_ASSERT(!armed()); }

void TimerQueue::arm(Timer& timer, Instant due, const sync::IrqsOff& irqs_off) {
  BATON_ASSERT(!timer.armed());
  timer.due_ = due;
  timer.queue_ = this;
  timer.number_ = armed_++;
  heap_.insert(timer);
  if (heap_.top() == &timer) {
    program();
    trace::put(trace::pack(trace::Kind::kTimerArmed, 0, number_of((due - now()).count_us())),
               irqs_off);
  }
}

bool TimerQueue::cancel(Timer& timer, const sync::IrqsOff& /*irqs_off*/) {
  if (!timer.armed()) {
    return false;
  }
  BATON_CHECK(timer.queue_ == this && "a timer is cancelled on another core than it was armed on");
  const bool was_first = heap_.top() == &timer;
  heap_.erase(timer);
  if (was_first) program();
  return true;
}

void TimerQueue::on_interrupt() {
  const sync::IrqsOff irqs_off;
  while (heap_.top() != nullptr) {
    const Instant at = now();
    if (heap_.top()->due_ > at) {
      break;
    }
    Timer& timer = *heap_.pop();
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
  const Timer* const first = heap_.top();
  const Instant due = first == nullptr ? Instant() : first->due_;
  // Relaxed: for people.
  next_due_ns_.store(due.since_start_ns(), std::memory_order_relaxed);
  if (first == nullptr) {
    arch::CoreTimer::stop();
  } else {
    arch::CoreTimer::arm(to_ticks(due));
  }
}

TimerQueue& this_core_timers(const sync::IrqsOff& irqs_off) { return queues.here(irqs_off); }

const TimerQueue& timers_of(unsigned index) { return queues.of(index); }

}  // namespace baton::kernel
