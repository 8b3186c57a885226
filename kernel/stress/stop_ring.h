// Threads that sleep for good, wait for good or compute until they are asked to stop, each by an
// interrupt on the core of the next one's keeper; then they begin anew.
//
// That interrupt may come before the thread begins, and then is nobody's: its keeper asks again.
// But in every other round the thread is asked once, by nobody but its keeper, at any time from its
// start on: a request that is lost then leaves the keeper waiting, which it reports.
#ifndef BATON_KERNEL_STRESS_STOP_RING_H_
#define BATON_KERNEL_STRESS_STOP_RING_H_

#include <array>
#include <atomic>
#include <span>

#include "arch/cpu.h"
#include "arch/preempt.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"
#include "kernel/timers.h"
#include "sync/irqs_off.h"

namespace baton::kernel::stress {

class StopRing final : public Scenario {
 public:
  constexpr StopRing() = default;

  std::string_view name() const override { return "stop ring"; }
  std::string_view counts() const override { return "threads stopped"; }
  std::string_view also_counts() const override { return "asked once"; }

  void start(std::uint64_t seed) override {
    size_ = core_count();
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    Random random(seed);
    for (unsigned i = 0; i < size_; ++i) {
      Place& place = places_[i];
      place.crew = this;
      place.next = &places_[(i + 1) % size_];
      // Relaxed: as above.
      place.alone.store(false, std::memory_order_relaxed);
      place.random = Random(random.next());
      const Result<void> started =
          place.keeper.start({.name = "keeper", .priority = Priority(12)}, &keep, &place);
      errors_.expect(started.has_value());
    }
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    for (Place& place : crew_members()) {
      place.keeper.join();
      errors_.expect(place.rounds.take() != 0);  // nobody starved
    }
    return {.done = done_.take(), .errors = errors_.take(), .also = once_.take()};
  }

 private:
  static constexpr unsigned kPlaces = arch::kMaxCores;

  struct Place {
    StopRing* crew = nullptr;
    Place* next = nullptr;
    Random random;
    std::atomic<bool> rung{false};
    std::atomic<bool> alone{false};    // nobody but its keeper is to ask
    std::atomic<bool> stopped{false};  // what the sleeper was told
    Semaphore never{0};
    Tally rounds;
    Player keeper;
    Player sleeper;
  };

  static void sleep(void* place) {
    Place& mine = *static_cast<Place*>(place);
    const Result<void> slept = this_thread::sleep_for(Duration::seconds(3600));
    say(mine, !slept && slept.error() == Error::kStopped);
  }
  static void wait(void* place) {
    Place& mine = *static_cast<Place*>(place);
    const Result<void> waited = mine.never.acquire();
    say(mine, !waited && waited.error() == Error::kStopped);
  }
  // Nobody can end it but by asking.
  static void compute(void* place) {
    while (!this_thread::stop_requested()) arch::relax();
    say(*static_cast<Place*>(place), true);
  }
  static void say(Place& mine, bool stopped) {
    // Relaxed: join() orders it.
    mine.stopped.store(stopped, std::memory_order_relaxed);
  }

  static void keep(void* place) {
    Place& me = *static_cast<Place*>(place);
    // Relaxed: see halt().
    while (!me.crew->over_.load(std::memory_order_relaxed)) me.crew->round(me);
  }

  void round(Place& me) {
    const bool once = me.random.pick(2) == 0;
    // Relaxed, both: the sleeper starts after it, and somebody who asks nevertheless does no harm.
    me.alone.store(once, std::memory_order_relaxed);
    me.stopped.store(false, std::memory_order_relaxed);
    constexpr std::array<Thread::Entry, 3> kWays = {&sleep, &wait, &compute};
    const Thread::Entry way = kWays[me.random.pick(3)];
    // Who computes is less urgent than its keeper, which is to get its turn.
    const int priority = 7 + static_cast<int>(me.random.pick(way == &compute ? 5 : 8));
    const Result<void> started =
        me.sleeper.start({.name = "sleeper", .priority = Priority(priority)}, way, &me);
    errors_.expect(started.has_value());
    if (once) {
      ask_once(me);
    } else {
      ask_until_it_ends(me);
    }
    // Relaxed: join() orders it.
    errors_.expect(me.stopped.load(std::memory_order_relaxed));
    me.rounds.add();
    done_.add();
    nap(me.random);
  }

  // The ring may have come before the sleeper began: then its keeper asks it.
  static void ask_until_it_ends(Place& me) {
    ring_for(*me.next, Duration::microseconds(20 + me.random.pick(200)), me);
    while (!me.sleeper.join_until(now() + Duration::milliseconds(2))) me.sleeper.request_stop();
  }

  void ask_once(Place& me) {
    if (me.random.pick(2) == 0) {
      ring_for(me, Duration::microseconds(me.random.pick(100)), me);
    } else {
      if (me.random.pick(4) != 0) {
        static_cast<void>(this_thread::sleep_for(Duration::microseconds(me.random.pick(100))));
      }
      me.sleeper.request_stop();
    }
    once_.add();
    if (me.sleeper.join_until(now() + kPatience)) return;
    errors_.add();
    while (!me.sleeper.join_until(now() + Duration::milliseconds(2))) me.sleeper.request_stop();
  }

  // An interrupt on this core asks a place's sleeper to stop.
  static void ring_for(Place& other, Duration in, Place& me) {
    struct Bell {
      Place& other;
      Place& mine;
    } bell{other, me};
    Timer timer(
        [](void* argument) {
          const Bell& rung = *static_cast<Bell*>(argument);
          // Relaxed: a look.
          if (&rung.other == &rung.mine || !rung.other.alone.load(std::memory_order_relaxed)) {
            rung.other.sleeper.request_stop();
          }
          // Relaxed: read by the thread that this interrupts.
          rung.mine.rung.store(true, std::memory_order_relaxed);
        },
        &bell);
    // Relaxed: as above.
    me.rung.store(false, std::memory_order_relaxed);
    {
      const sync::IrqsOff irqs_off;
      this_core_timers(irqs_off).arm(timer, now() + in, irqs_off);
      // The timer is this core's: the thread must not leave before it has gone off.
      arch::preempt_disable();
    }
    while (!me.rung.load(std::memory_order_relaxed)) arch::relax();
    arch::preempt_enable();
  }

  std::span<Place> crew_members() { return std::span(places_).first(size_); }

  std::array<Place, kPlaces> places_{};
  std::atomic<bool> over_{false};
  Tally done_;
  Tally once_;
  Tally errors_;
  unsigned size_ = 0;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_STOP_RING_H_
