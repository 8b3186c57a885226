// Threads that wake each other: more of them than cores, of all priorities, with and without a
// deadline, moving between cores as it comes.
//
// Tokens go round.  Whoever has one gives it to somebody else and waits for the next.  None may be
// lost or doubled, and a wait that somebody ended must have brought one.
#ifndef BATON_KERNEL_STRESS_SWITCHES_H_
#define BATON_KERNEL_STRESS_SWITCHES_H_

#include <array>
#include <atomic>
#include <span>

#include "base/annotations.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/wait_queue.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

class Switches final : public Scenario {
 public:
  constexpr Switches() = default;

  std::string_view name() const override { return "switches"; }
  std::string_view counts() const override { return "tokens passed"; }

  void start(std::uint64_t seed) override {
    size_ = 3 * core_count();
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    Random random(seed);
    for (unsigned i = 0; i < size_; ++i) {
      Member& member = members_[i];
      member.crew = this;
      member.index = i;
      member.random = Random(random.next());
      const WaitQueue::Guard guard(member.waiters);
      member.tokens = i % 2;
    }
    for (Member& member : crew_members()) {
      const Result<void> started = member.thread.start(
          {.name = "switcher", .priority = Priority(8 + static_cast<int>(random.pick(6)))}, &play,
          &member);
      errors_.expect(started.has_value());
    }
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
    for (Member& member : crew_members()) member.thread.request_stop();
  }

  Outcome stop() override {
    // All of them first: until it ends, each may still give a token to any other.
    for (Member& member : crew_members()) member.thread.join();
    unsigned tokens = 0;
    for (Member& member : crew_members()) {
      const WaitQueue::Guard guard(member.waiters);
      tokens += member.tokens;
    }
    errors_.expect(tokens == size_ / 2);
    return {.done = done_.take(), .errors = errors_.take()};
  }

 private:
  static constexpr unsigned kPlayers = 3 * arch::kMaxCores;

  struct Member {
    Switches* crew = nullptr;
    unsigned index = 0;
    Random random;
    WaitQueue waiters;
    unsigned tokens BATON_GUARDED_BY(waiters) = 0;
    Player thread;
  };

  static void give(Member& to) {
    const WaitQueue::Guard guard(to.waiters);
    ++to.tokens;
    to.waiters.wake_one();
  }

  // One token, or none when the time is over or the thread is to stop.
  bool take(Member& me, Deadline deadline) {
    for (;;) {
      Waiter waiter;
      {
        const WaitQueue::Guard guard(me.waiters);
        if (me.tokens != 0) {
          --me.tokens;
          return true;
        }
        if (!me.waiters.add(waiter)) return false;
      }
      const Result<void> woken = me.waiters.wait(waiter, deadline);
      if (!woken) return false;
      const WaitQueue::Guard guard(me.waiters);
      errors_.expect(me.tokens != 0);
    }
  }

  void play_once(Member& me) {
    StackMark mark(me.random.next());
    Deadline deadline;
    if (me.random.pick(3) == 0) deadline = now() + Duration::microseconds(me.random.pick(2000));
    if (take(me, deadline)) {
      Member& other = members_[(me.index + 1 + me.random.pick(size_ - 1)) % size_];
      give(other);
      done_.add();
      if (me.random.pick(4) == 0) nap(me.random);
    }
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

#endif  // BATON_KERNEL_STRESS_SWITCHES_H_
