// Threads that compute, are preempted, and are sent from core to core by others; each looks whether
// it is where it may be.
#ifndef BATON_KERNEL_STRESS_MIGRATIONS_H_
#define BATON_KERNEL_STRESS_MIGRATIONS_H_

#include <array>
#include <atomic>
#include <bit>
#include <span>

#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

class Migrations final : public Scenario {
 public:
  constexpr Migrations() = default;

  std::string_view name() const override { return "migrations"; }
  std::string_view counts() const override { return "times sent elsewhere"; }

  void start(std::uint64_t seed) override {
    size_ = core_count();
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    Random random(seed);
    for (Member& member : crew_members()) {
      member.crew = this;
      member.random = Random(random.next());
      const Result<void> started = member.thread.start(
          {.name = "wanderer", .priority = Priority(6), .slice = Duration::milliseconds(1)}, &play,
          &member);
      errors_.expect(started.has_value());
    }
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    for (Member& member : crew_members()) {
      member.thread.join();
      errors_.expect(member.rounds.take() != 0);  // nobody starved
    }
    return {.done = done_.take(), .errors = errors_.take()};
  }

 private:
  static constexpr unsigned kPlayers = arch::kMaxCores;

  struct Member {
    Migrations* crew = nullptr;
    Random random;
    Tally rounds;
    Player thread;
  };

  // Some of the cores that take threads, at least one.
  static CoreMask some_cores(Random& random) {
    const CoreMask active = CoreScheduler::active();
    const CoreMask some = active & static_cast<CoreMask>(random.next());
    return some != 0 ? some : active;
  }

  void play_once(Member& me) {
    StackMark mark(me.random.next());
    const CoreMask mine = some_cores(me.random);
    Thread& self = this_thread::get();
    const Result<void> set = self.set_affinity(mine);
    // Refused only if all of these cores were parked at that moment.
    errors_.expect(set.has_value() || set.error() == Error::kInvalidArgument);
    // One's own wish is so at once.
    {
      const PreemptOff preempt_off;
      errors_.expect(!set || (mine >> arch::core_index() & 1U) != 0);
    }
    const Instant until = now() + Duration::microseconds(me.random.pick(300));
    while (now() < until) {
    }
    self.set_slice(Duration::microseconds(200 + me.random.pick(2000)));
    nap(me.random);
    me.rounds.add();
    done_.add();
    errors_.expect(mark.holds());
  }

  static void play(void* member) {
    Member& me = *static_cast<Member*>(member);
    // Relaxed: see halt().
    while (!me.crew->over_.load(std::memory_order_relaxed)) me.crew->play_once(me);
  }

  std::span<Member> crew_members() { return std::span(members_).first(size_); }

  std::array<Member, kPlayers> members_{};
  std::atomic<bool> over_{false};
  Tally done_;
  Tally errors_;
  unsigned size_ = 0;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_MIGRATIONS_H_
