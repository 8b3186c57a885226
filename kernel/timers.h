// Timers: each core has its own queue on its own one-shot hardware timer, and interrupts only when
// one is due.
//
// A timer belongs to the core that armed it, and only that core touches it: no locks, interrupts
// masked.  Expiry and cancel therefore never meet; exactly one of them happens.
//
// The queue is a heap, so it does not matter how many there are.
#ifndef BATON_KERNEL_TIMERS_H_
#define BATON_KERNEL_TIMERS_H_

#include <cstdint>

#include "base/annotations.h"
#include "base/time.h"
#include "kernel/blocking/pairing_heap.h"
#include "kernel/core.h"
#include "sync/irqs_off.h"

namespace baton::kernel {

class TimerQueue;

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

  bool armed() const { return hook_.is_linked(); }

 private:
  friend class TimerQueue;
  struct Sooner {
    bool operator()(const Timer& a, const Timer& b) const {
      return a.due_ != b.due_ ? a.due_ < b.due_ : a.number_ < b.number_;
    }
  };

  HeapHook<Timer> hook_;
  Callback callback_;
  void* argument_;
  Instant due_;
  TimerQueue* queue_ = nullptr;  // where it was armed last
  std::uint64_t number_ = 0;     // equals run in the order in which they were armed
};

/// One core's timers, soonest first.  That core only, interrupts masked: the token says so.  O(1)
/// to arm, O(log n) to cancel and to run, on the average over many.
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

  PairingHeap<Timer, &Timer::hook_, Timer::Sooner> heap_;
  std::uint64_t armed_ = 0;  // so far
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
