// The most urgent threads are the ones that run.
//
// Threads of changing priority compute and sleep.  A watcher looks every now and then whether one
// of them is ready, and has not run since it looked last, while a core on which it may run does
// something less urgent.  Passing on takes a few messages, so that may be seen once, but not a
// hundred times in a row.
#ifndef BATON_KERNEL_STRESS_URGENCY_H_
#define BATON_KERNEL_STRESS_URGENCY_H_

#include <array>
#include <atomic>
#include <bit>
#include <span>

#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

class Urgency final : public Scenario {
 public:
  constexpr Urgency() = default;

  std::string_view name() const override { return "urgency"; }
  std::string_view counts() const override { return "looks"; }

  void start(std::uint64_t seed) override {
    size_ = 2 * core_count();
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    Random random(seed);
    for (Member& member : crew_members()) {
      member.crew = this;
      member.random = Random(random.next());
      member.strikes = 0;
      const Result<void> started =
          member.thread.start({.name = "worker", .priority = Priority(1)}, &play, &member);
      errors_.expect(started.has_value());
    }
    const Result<void> started =
        watcher_.start({.name = "watcher", .priority = Priority(22)}, &watch, this);
    errors_.expect(started.has_value());
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    watcher_.join();
    for (Member& member : crew_members()) {
      member.thread.request_stop();
      member.thread.join();
    }
    return {.done = done_.take(), .errors = errors_.take()};
  }

 private:
  static constexpr unsigned kPlayers = 2 * arch::kMaxCores;
  static constexpr Duration kLook = Duration::milliseconds(10);
  static constexpr unsigned kStrikes = 100;

  struct Member {
    Urgency* crew = nullptr;
    Random random;
    std::uint64_t switches = 0;  // the watcher's
    unsigned strikes = 0;
    Player thread;
  };

  static void play(void* member) {
    Member& me = *static_cast<Member*>(member);
    // Relaxed: see halt().
    while (!me.crew->over_.load(std::memory_order_relaxed)) {
      this_thread::get().set_priority(Priority(1 + static_cast<int>(me.random.pick(5))));
      const Instant until = now() + Duration::microseconds(me.random.pick(3000));
      while (now() < until) {
      }
      if (!this_thread::sleep_for(Duration::microseconds(me.random.pick(3000)))) return;
    }
  }

  static bool could_run(const Thread& thread) {
    const int priority = thread.priority().value();
    for (CoreMask left = CoreScheduler::active() & thread.affinity(); left != 0; left &= left - 1) {
      const auto core = static_cast<unsigned>(std::countr_zero(left));
      if (CoreScheduler::of(core).running_priority() < priority) return true;
    }
    return false;
  }

  static void watch(void* scenario) {
    Urgency& crew = *static_cast<Urgency*>(scenario);
    // Relaxed: see halt().
    while (!crew.over_.load(std::memory_order_relaxed)) {
      static_cast<void>(this_thread::sleep_for(kLook));
      for (Member& member : crew.crew_members()) {
        const std::uint64_t switches = member.thread.switches();
        const bool struck = member.thread.state() == ThreadState::kReady &&
                            switches == member.switches && could_run(member.thread);
        member.switches = switches;
        member.strikes = struck ? member.strikes + 1 : 0;
        crew.errors_.expect(member.strikes < kStrikes);
      }
      crew.done_.add();
    }
  }

  std::span<Member> crew_members() { return std::span(members_).first(size_); }

  std::array<Member, kPlayers> members_{};
  Player watcher_;
  std::atomic<bool> over_{false};
  Tally done_;
  Tally errors_;
  unsigned size_ = 0;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_URGENCY_H_
