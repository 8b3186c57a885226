// Cores that are parked and brought back while everything else goes on.
#ifndef BATON_KERNEL_STRESS_PARKING_H_
#define BATON_KERNEL_STRESS_PARKING_H_

#include <atomic>

#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

class Parking final : public Scenario {
 public:
  constexpr Parking() = default;

  std::string_view name() const override { return "parking"; }
  std::string_view counts() const override { return "cores parked and back"; }

  void start(std::uint64_t seed) override {
    // Relaxed: the thread starts after it.
    over_.store(false, std::memory_order_relaxed);
    random_ = Random(seed);
    cores_ = CoreScheduler::active();
    const Result<void> started =
        warden_.start({.name = "warden", .priority = Priority(21)}, &play, this);
    errors_.expect(started.has_value());
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    warden_.join();
    errors_.expect(CoreScheduler::active() == cores_);
    return {.done = done_.take(), .errors = errors_.take()};
  }

 private:
  void round() {
    const auto count = static_cast<unsigned>(std::popcount(cores_));
    const unsigned core = random_.pick(count);
    const Result<void> parked = CoreScheduler::park_core(core);
    if (!parked) {
      // One core alone, or one that a thread is bound to.
      errors_.expect(parked.error() == Error::kBusy);
      done_.add(count == 1 ? 1 : 0);
    } else {
      errors_.expect(!CoreScheduler::park_core(core).has_value());
    }
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(500 + random_.pick(3000))));
    if (!parked) return;
    errors_.expect(CoreScheduler::unpark_core(core).has_value());
    done_.add();
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(500 + random_.pick(1000))));
  }

  static void play(void* scenario) {
    Parking& me = *static_cast<Parking*>(scenario);
    // Relaxed: see halt().
    while (!me.over_.load(std::memory_order_relaxed)) me.round();
  }

  Random random_;
  CoreMask cores_ = 0;
  Player warden_;
  std::atomic<bool> over_{false};
  Tally done_;
  Tally errors_;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_PARKING_H_
