// Threads that begin and end: thread and stack are used again the moment that join() returns.
//
// A thread whose stack or control block had two owners would find its mark changed.
#ifndef BATON_KERNEL_STRESS_CHURN_H_
#define BATON_KERNEL_STRESS_CHURN_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

class Churn final : public Scenario {
 public:
  /// Whether parents sleep now and then, or let go of the CPU only for their children: where
  /// nothing else has to run.
  enum class Naps : std::uint8_t { kSome, kNone };

  constexpr explicit Churn(Naps naps = Naps::kSome) : naps_(naps) {}

  std::string_view name() const override { return "churn"; }
  std::string_view counts() const override { return "threads begun and ended"; }

  void start(std::uint64_t seed) override {
    size_ = (core_count() + 1) / 2;
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    Random random(seed);
    for (Parent& parent : crew_members()) {
      parent.crew = this;
      parent.random = Random(random.next());
      const Result<void> started =
          parent.thread.start({.name = "parent", .priority = Priority(9)}, &play, &parent);
      errors_.expect(started.has_value());
    }
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  /// So far.
  std::uint64_t done() const { return done_.value(); }

  Outcome stop() override {
    for (Parent& parent : crew_members()) parent.thread.join();
    return {.done = done_.take(), .errors = errors_.take()};
  }

 private:
  static constexpr unsigned kParents = arch::kMaxCores > 1 ? arch::kMaxCores / 2 : 1;

  struct Parent {
    Churn* crew = nullptr;
    Random random;
    std::uint64_t asked = 0;     // the child reads it,
    std::uint64_t answered = 0;  // and writes this; join() orders both
    Player thread;
    Player child;
  };

  static void live(void* parent) {
    Parent& mine = *static_cast<Parent*>(parent);
    StackMark mark(mine.asked);
    if (mine.asked % 4 == 0) this_thread::yield();
    if (mine.asked % 16 == 1) static_cast<void>(this_thread::sleep_for(Duration::microseconds(20)));
    mine.crew->errors_.expect(mark.holds());
    mine.answered = ~mine.asked;
  }

  static void play(void* parent) {
    Parent& me = *static_cast<Parent*>(parent);
    // Relaxed: see halt().
    while (!me.crew->over_.load(std::memory_order_relaxed)) {
      me.asked = me.random.next();
      const Result<void> started = me.child.start(
          {.name = "child", .priority = Priority(8 + static_cast<int>(me.random.pick(3)))}, &live,
          &me);
      me.crew->errors_.expect(started.has_value());
      if (me.random.pick(8) == 0) me.child.set_priority(Priority(11));
      if (me.random.pick(8) == 0) me.child.request_stop();
      if (me.random.pick(8) == 0) {
        me.child.suspend();
        me.child.resume();
      }
      me.child.join();
      me.crew->errors_.expect(me.answered == ~me.asked);
      me.crew->done_.add();
      if (me.crew->naps_ == Naps::kSome) nap(me.random);
    }
  }

  std::span<Parent> crew_members() { return std::span(parents_).first(size_); }

  const Naps naps_;
  std::array<Parent, kParents> parents_{};
  std::atomic<bool> over_{false};
  Tally done_;
  Tally errors_;
  unsigned size_ = 0;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_CHURN_H_
