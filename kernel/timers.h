// Timers: each core has its own queue on its own one-shot hardware timer, and interrupts only when
// one is due.
//
// A timer belongs to the core that armed it, and only that core touches it: no locks, interrupts
// masked.  Expiry and cancel therefore never meet; exactly one of them happens.
#ifndef BATON_KERNEL_TIMERS_H_
#define BATON_KERNEL_TIMERS_H_

#include <cstdint>

#include "base/annotations.h"
#include "base/time.h"
#include "kernel/core.h"
#include "sync/irqs_off.h"

namespace baton::kernel {

/// Runs on the core that armed the timer, from its timer interrupt, once; the timer may be armed
/// again from inside.
class Timer {
 public:
  using Callback = void (*)(void* argument);

  constexpr Timer(Callback callback, void* argument) : callback_(callback), argument_(argument) {}
  /// Not while armed.
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  bool armed() const { return armed_; }

 private:
  friend class TimerQueue;
  Callback callback_;
  void* argument_;
  Instant due_;
  Timer* next_ = nullptr;
  bool armed_ = false;
};

/// One core's timers, soonest first.  That core only, interrupts masked: the token says so.
/// O(armed timers) to arm and cancel: a core has a few.
class TimerQueue {
 public:
  constexpr TimerQueue() = default;

  /// The timer runs at `due`, or as soon after as interrupts allow.  It must not be armed.
  void arm(Timer& timer, Instant due, const sync::IrqsOff& irqs_off);
  /// True: it will not run.  False: it was not armed, so it has run or never will.
  bool cancel(Timer& timer, const sync::IrqsOff& irqs_off);
  /// From the timer interrupt: runs what is due and sets the hardware for the next.
  void on_interrupt();

  Count const& fired() const { return fired_; }
  /// The longest time between a timer's due time and its run, in ns.
  std::uint64_t worst_lateness_ns() const { return worst_lateness_.value(); }
  /// When the next is due; Instant() when none is armed.  Any core: a number for people.
  Instant next_due() const {
    return Instant::from_ns(next_due_ns_.load(std::memory_order_relaxed));
  }

 private:
  void program();

  Timer* first_ = nullptr;
  Count fired_;
  Count worst_lateness_;
  std::atomic<std::uint64_t> next_due_ns_{0};  // relaxed: for people
};

/// This core's queue, for as long as the caller stays on the core.
TimerQueue& this_core_timers(const sync::IrqsOff& irqs_off BATON_LIFETIMEBOUND);
/// Core `index`'s, for its numbers only.
const TimerQueue& timers_of(unsigned index);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_TIMERS_H_
