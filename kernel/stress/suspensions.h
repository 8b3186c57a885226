// Threads in a ring, each of which resumes the next and suspends itself or the one after.
//
// What is suspended must not run, and the ring must never stand still: a watcher resumes whoever
// was left suspended by two at once.
#ifndef BATON_KERNEL_STRESS_SUSPENSIONS_H_
#define BATON_KERNEL_STRESS_SUSPENSIONS_H_

#include <array>
#include <atomic>

#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sizes.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

class Suspensions final : public Scenario {
 public:
  constexpr Suspensions() = default;

  std::string_view name() const override { return "suspensions"; }
  std::string_view counts() const override { return "suspensions"; }

  void start(std::uint64_t seed) override {
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    Random random(seed);
    for (unsigned i = 0; i < kPlayers; ++i) {
      Member& member = members_[i];
      member.crew = this;
      member.index = i;
      member.random = Random(random.next());
      const Result<void> started =
          member.thread.start({.name = "suspender", .priority = Priority(10)}, &play, &member);
      errors_.expect(started.has_value());
    }
    const Result<void> started =
        watcher_.start({.name = "resumer", .priority = Priority(12)}, &watch, this);
    errors_.expect(started.has_value());
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    // The watcher resumes whoever is suspended until all have ended.
    for (Member& member : members_) member.thread.join();
    // Release pairs with the acquire in watch(): nobody is to be resumed any more.
    ended_.store(true, std::memory_order_release);
    watcher_.join();
    // Relaxed: nobody runs.
    ended_.store(false, std::memory_order_relaxed);
    for (Member& member : members_) {
      errors_.expect(member.rounds.take() != 0);  // nobody starved
    }
    return {.done = done_.take(), .errors = errors_.take()};
  }

 private:
  static constexpr unsigned kPlayers = sizes::kStressSuspensions;

  struct Member {
    Suspensions* crew = nullptr;
    unsigned index = 0;
    Random random;
    Tally rounds;
    Player thread;
  };

  static void play(void* member) {
    Member& me = *static_cast<Member*>(member);
    Suspensions& crew = *me.crew;
    // Relaxed: see halt().
    while (!crew.over_.load(std::memory_order_relaxed)) {
      StackMark mark(me.random.next());
      crew.members_[(me.index + 1) % kPlayers].thread.resume();
      Member& other = me.random.pick(4) == 0 ? crew.members_[(me.index + 2) % kPlayers] : me;
      other.thread.suspend();
      crew.done_.add();
      me.rounds.add();
      nap(me.random);
      crew.errors_.expect(mark.holds());
    }
  }

  static void watch(void* scenario) {
    Suspensions& crew = *static_cast<Suspensions*>(scenario);
    // Acquire pairs with the release in stop().
    while (!crew.ended_.load(std::memory_order_acquire)) {
      static_cast<void>(this_thread::sleep_for(Duration::microseconds(500)));
      for (Member& member : crew.members_) member.thread.resume();
    }
  }

  std::array<Member, kPlayers> members_{};
  Player watcher_;
  std::atomic<bool> over_{false};
  std::atomic<bool> ended_{false};
  Tally done_;
  Tally errors_;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_SUSPENSIONS_H_
