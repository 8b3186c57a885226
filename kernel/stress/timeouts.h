// A timeout and a wake-up at about the same moment: exactly one of the two happens.
//
// The waiter waits until an instant; the waker notifies it at that instant, give or take some
// microseconds, from another thread or from a timer's interrupt.
#ifndef BATON_KERNEL_STRESS_TIMEOUTS_H_
#define BATON_KERNEL_STRESS_TIMEOUTS_H_

#include <array>
#include <atomic>
#include <span>

#include "arch/cpu.h"
#include "arch/preempt.h"
#include "base/annotations.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/wait_queue.h"
#include "kernel/stress/scenario.h"
#include "kernel/timers.h"
#include "sync/irqs_off.h"

namespace baton::kernel::stress {

class Timeouts final : public Scenario {
 public:
  constexpr Timeouts() = default;

  std::string_view name() const override { return "timeouts"; }
  std::string_view counts() const override { return "races"; }

  void start(std::uint64_t seed) override {
    size_ = (core_count() + 1) / 2;
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    Random random(seed);
    for (Pair& pair : crew_members()) {
      pair.crew = this;
      pair.random = Random(random.next());
      const Result<void> started =
          pair.waiter.start({.name = "waiter", .priority = Priority(11)}, &wait, &pair);
      errors_.expect(started.has_value());
    }
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    std::uint64_t timed_out = 0;
    std::uint64_t notified = 0;
    for (Pair& pair : crew_members()) {
      pair.waiter.join();
      timed_out += pair.timed_out.take();
      notified += pair.notified.take();
    }
    return {.done = timed_out + notified, .errors = errors_.take()};
  }

 private:
  static constexpr unsigned kPairs = arch::kMaxCores > 1 ? arch::kMaxCores / 2 : 1;

  struct Pair {
    Timeouts* crew = nullptr;
    Random random;
    WaitQueue queue;
    Instant at;  // written by the waiter before the waker begins
    bool by_timer = false;
    std::atomic<bool> rung{false};
    std::atomic<unsigned> won{0};  // by the waker
    Tally timed_out;
    Tally notified;
    Player waiter;
    Player waker;
  };

  static void notify(void* pair) {
    Pair& mine = *static_cast<Pair*>(pair);
    const WaitQueue::Guard guard(mine.queue);
    // Relaxed: ordered by the lock, or by join().
    mine.won.store(mine.queue.wake_one() ? 1 : 0, std::memory_order_relaxed);
  }

  // In time, more or less: from a thread that spins, or from an interrupt.
  static void wake(void* pair) {
    Pair& mine = *static_cast<Pair*>(pair);
    if (!mine.by_timer) {
      while (now() < mine.at) {
      }
      notify(pair);
      return;
    }
    Timer timer(
        [](void* argument) {
          notify(argument);
          // Relaxed: read by the thread that this interrupts.
          static_cast<Pair*>(argument)->rung.store(true, std::memory_order_relaxed);
        },
        pair);
    // Relaxed: as above.
    mine.rung.store(false, std::memory_order_relaxed);
    {
      const sync::IrqsOff irqs_off;
      this_core_timers(irqs_off).arm(timer, mine.at, irqs_off);
      // The timer is this core's: the thread must not leave before it has gone off.
      arch::preempt_disable();
    }
    while (!mine.rung.load(std::memory_order_relaxed)) arch::relax();
    arch::preempt_enable();
  }

  void race(Pair& me) {
    const Instant deadline = now() + Duration::microseconds(30 + me.random.pick(60));
    const unsigned shift = me.random.pick(9);
    me.at = Instant::from_ns(deadline.since_start_ns() - 4000 + std::uint64_t{1000} * shift);
    me.by_timer = me.random.pick(2) != 0;
    // Relaxed: the waker starts after it.
    me.won.store(0, std::memory_order_relaxed);
    Waiter waiter;
    {
      const WaitQueue::Guard guard(me.queue);
      if (!me.queue.add(waiter)) return;
    }
    const Result<void> started =
        me.waker.start({.name = "waker", .priority = Priority(10)}, &wake, &me);
    errors_.expect(started.has_value());
    const Result<void> woken = me.queue.wait(waiter, deadline);
    me.waker.join();
    // Relaxed: join() orders it.
    const bool won = me.won.load(std::memory_order_relaxed) != 0;
    errors_.expect(woken.has_value() == won);
    errors_.expect(woken.has_value() || woken.error() == Error::kTimedOut);
    errors_.expect(woken.has_value() || now() >= deadline);
    (woken ? me.notified : me.timed_out).add();
  }

  static void wait(void* pair) {
    Pair& me = *static_cast<Pair*>(pair);
    // Relaxed: see halt().
    while (!me.crew->over_.load(std::memory_order_relaxed)) {
      me.crew->race(me);
      nap(me.random);
    }
  }

  std::span<Pair> crew_members() { return std::span(pairs_).first(size_); }

  std::array<Pair, kPairs> pairs_{};
  std::atomic<bool> over_{false};
  Tally errors_;
  unsigned size_ = 0;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_TIMEOUTS_H_
