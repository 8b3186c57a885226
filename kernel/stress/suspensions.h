// Threads in a ring, each of which resumes the next and suspends itself or the one after.
//
// What is suspended must not run, and the ring must never stand still: a watcher resumes whoever
// was left suspended by two at once.
//
// That would hide a resume() that is lost.  So in every other phase they suspend nobody but, when
// the watcher asks for it, themselves; the watcher suspends one of them or has it do so, resumes it
// once, and reports it if it does not go on.
#ifndef BATON_KERNEL_STRESS_SUSPENSIONS_H_
#define BATON_KERNEL_STRESS_SUSPENSIONS_H_

#include <array>
#include <atomic>

#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sizes.h"
#include "kernel/stress/scenario.h"
#include "sync/atomics.h"

namespace baton::kernel::stress {

class Suspensions final : public Scenario {
 public:
  constexpr Suspensions() = default;

  std::string_view name() const override { return "suspensions"; }
  std::string_view counts() const override { return "suspensions"; }
  std::string_view also_counts() const override { return "resumed once"; }

  void start(std::uint64_t seed) override {
    // Relaxed, all: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    phase_.store(0, std::memory_order_relaxed);
    Random random(seed);
    random_ = Random(random.next());
    for (unsigned i = 0; i < kPlayers; ++i) {
      Member& member = members_[i];
      member.crew = this;
      member.index = i;
      member.random = Random(random.next());
      // Relaxed, both: as above.
      member.phase.store(0, std::memory_order_relaxed);
      member.invited.store(false, std::memory_order_relaxed);
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
    return {.done = done_.take(), .errors = errors_.take(), .also = once_.take()};
  }

 private:
  static constexpr unsigned kPlayers = sizes::kStressSuspensions;

  static constexpr unsigned kOver = ~0U;
  static constexpr unsigned kHelped = 3;  // rounds of a phase in which everybody is resumed
  static constexpr unsigned kAlone = 6;   // threads of a phase that are resumed once

  struct Member {
    Suspensions* crew = nullptr;
    unsigned index = 0;
    Random random;
    sync::Atomic<unsigned> phase{0};    // that it has seen, or kOver
    sync::Atomic<bool> invited{false};  // to suspend itself
    Tally rounds;
    Player thread;
  };

  static void play(void* member) {
    Member& me = *static_cast<Member*>(member);
    Suspensions& crew = *me.crew;
    // Relaxed: see halt().
    while (!crew.over_.load(std::memory_order_relaxed)) {
      StackMark mark(me.random.next());
      // Relaxed: only the number matters.
      const unsigned phase = crew.phase_.load(std::memory_order_relaxed);
      // Release pairs with the acquire in all_have_seen(): whom we have suspended before.
      me.phase.store(phase, std::memory_order_release);
      if (phase % 2 == 0) {
        crew.members_[(me.index + 1) % kPlayers].thread.resume();
        Member& other = me.random.pick(4) == 0 ? crew.members_[(me.index + 2) % kPlayers] : me;
        other.thread.suspend();
        crew.done_.add();
        // Acquire-release pairs with the release and the acquire in resume_once().
      } else if (me.invited.exchange(false, std::memory_order_acq_rel)) {
        me.thread.suspend();
        crew.done_.add();
      }
      me.rounds.add();
      nap(me.random);
      crew.errors_.expect(mark.holds());
    }
    // Release pairs with the acquire in all_have_seen(): as above.
    me.phase.store(kOver, std::memory_order_release);
  }

  static void watch(void* scenario) {
    Suspensions& crew = *static_cast<Suspensions*>(scenario);
    // Acquire pairs with the release in stop().
    while (!crew.ended_.load(std::memory_order_acquire)) {
      for (unsigned round = 0; round < kHelped; ++round) {
        static_cast<void>(this_thread::sleep_for(Duration::microseconds(500)));
        crew.resume_all();
      }
      // Relaxed: only the number matters.
      crew.phase_.fetch_add(1, std::memory_order_relaxed);
      crew.errors_.expect(comes_true([&crew] {
        crew.resume_all();
        return crew.all_have_seen();
      }));
      // They suspend nobody any more; whom they have suspended before goes on.
      crew.resume_all();
      for (unsigned round = 0; round < kAlone; ++round) {
        crew.resume_once(crew.members_[crew.random_.pick(kPlayers)]);
      }
      for (Member& member : crew.members_) crew.expect_progress(member);
      // Relaxed: as above.
      crew.phase_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  void resume_all() {
    for (Member& member : members_) member.thread.resume();
  }
  bool all_have_seen() const {
    for (const Member& member : members_) {
      // Acquire pairs with the release in play().  Relaxed: ours.
      const unsigned seen = member.phase.load(std::memory_order_acquire);
      if (seen != phase_.load(std::memory_order_relaxed) && seen != kOver) return false;
    }
    return true;
  }
  static bool is_over(const Member& member) {
    // Relaxed: only the number matters.
    return member.phase.load(std::memory_order_relaxed) == kOver;
  }

  // Two rounds: in the first it may have been when it was suspended.
  void expect_progress(Member& member) {
    const std::uint64_t before = member.rounds.value();
    if (comes_true([&] { return is_over(member) || member.rounds.value() >= before + 2; })) return;
    errors_.add();
    member.thread.resume();
  }

  void resume_once(Member& member) {
    if (random_.pick(2) == 0) {
      member.thread.suspend();
      const Instant until = now() + Duration::microseconds(random_.pick(30));
      while (now() < until) {
      }
    } else {
      // Release pairs with the acquire below: it is its turn.
      member.invited.store(true, std::memory_order_release);
      errors_.expect(comes_true([&] {
        // Acquire pairs with the release in play(): its state is of after it.
        return is_over(member) || (!member.invited.load(std::memory_order_acquire) &&
                                   member.thread.state() == ThreadState::kSuspended);
      }));
      const std::uint64_t before = member.rounds.value();
      static_cast<void>(this_thread::sleep_for(Duration::microseconds(random_.pick(100))));
      errors_.expect(is_over(member) || member.rounds.value() == before);
    }
    member.thread.resume();
    once_.add();
    expect_progress(member);
  }

  std::array<Member, kPlayers> members_{};
  Player watcher_;
  sync::Atomic<bool> over_{false};
  sync::Atomic<bool> ended_{false};
  sync::Atomic<unsigned> phase_{0};  // the watcher's; odd: nobody suspends others
  Random random_;                    // likewise
  Tally done_;
  Tally once_;
  Tally errors_;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_SUSPENSIONS_H_
