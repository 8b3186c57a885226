// Threads that sleep for good until they are asked to stop, each by an interrupt on the core of the
// next one's keeper; then they begin anew.
#ifndef BATON_KERNEL_STRESS_STOP_RING_H_
#define BATON_KERNEL_STRESS_STOP_RING_H_

#include <array>
#include <atomic>
#include <span>

#include "arch/preempt.h"
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

  void start(std::uint64_t seed) override {
    size_ = core_count();
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    Random random(seed);
    for (unsigned i = 0; i < size_; ++i) {
      Place& place = places_[i];
      place.crew = this;
      place.next = &places_[(i + 1) % size_];
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
    return {.done = done_.take(), .errors = errors_.take()};
  }

 private:
  static constexpr unsigned kPlaces = arch::kMaxCores;

  struct Place {
    StopRing* crew = nullptr;
    Place* next = nullptr;
    Random random;
    std::atomic<bool> rung{false};
    std::atomic<bool> stopped{false};  // what the sleeper was told
    Tally rounds;
    Player keeper;
    Player sleeper;
  };

  static void sleep(void* place) {
    Place& mine = *static_cast<Place*>(place);
    const Result<void> slept = this_thread::sleep_for(Duration::seconds(3600));
    // Relaxed: join() orders it.
    mine.stopped.store(!slept && slept.error() == Error::kStopped, std::memory_order_relaxed);
  }

  static void keep(void* place) {
    Place& me = *static_cast<Place*>(place);
    // Relaxed: see halt().
    while (!me.crew->over_.load(std::memory_order_relaxed)) me.crew->round(me);
  }

  void round(Place& me) {
    const Result<void> started = me.sleeper.start(
        {.name = "sleeper", .priority = Priority(7 + static_cast<int>(me.random.pick(8)))}, &sleep,
        &me);
    errors_.expect(started.has_value());
    ring_for(*me.next, Duration::microseconds(20 + me.random.pick(200)), me);
    // The ring may have come before the sleeper began: then its keeper stops it.
    while (!me.sleeper.join_until(now() + Duration::milliseconds(2))) me.sleeper.request_stop();
    // Relaxed: join() orders it.
    errors_.expect(me.stopped.load(std::memory_order_relaxed));
    me.rounds.add();
    done_.add();
    nap(me.random);
  }

  // An interrupt on this core asks the other place's sleeper to stop.
  static void ring_for(Place& other, Duration in, Place& me) {
    struct Bell {
      Place& other;
      Place& mine;
    } bell{other, me};
    Timer timer(
        [](void* argument) {
          const Bell& rung = *static_cast<Bell*>(argument);
          rung.other.sleeper.request_stop();
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
  Tally errors_;
  unsigned size_ = 0;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_STOP_RING_H_
