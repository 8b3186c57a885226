// Semaphore, condition variable, barrier, event flags and message queues, all used by the same
// threads, with deadlines and without; what each of them promises is counted.
//
// At the end nobody is asked to stop: whoever waits without a deadline is owed what it waits for,
// by those who have it, or by the end itself, which closes the queues and notifies all.  So a
// wake-up that is lost leaves a thread waiting, which is seen.
#ifndef BATON_KERNEL_STRESS_OBJECTS_H_
#define BATON_KERNEL_STRESS_OBJECTS_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "arch/cpu.h"
#include "base/annotations.h"
#include "base/time.h"
#include "kernel/blocking/barrier.h"
#include "kernel/blocking/condition_variable.h"
#include "kernel/blocking/event_flags.h"
#include "kernel/blocking/message_queue.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

class Objects final : public Scenario {
 public:
  constexpr Objects() = default;

  std::string_view name() const override { return "objects"; }
  std::string_view counts() const override { return "waits that succeeded"; }
  std::string_view also_counts() const override { return "that timed out"; }

  void start(std::uint64_t seed) override {
    size_ = core_count() + kKinds / 2;
    // Relaxed, both: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    inside_.store(0, std::memory_order_relaxed);
    pipe_.renew();
    hand_.renew();
    barrier_.renew(kMeeting);
    {
      const MutexGuard guard(mutex_);
      credit_ = 0;
      ended_ = false;
    }
    Random random(seed);
    for (Member& member : crew_members()) {
      member.crew = this;
      member.random = Random(random.next());
      member.priority = 7 + static_cast<int>(random.pick(6));
      const Result<void> started = member.thread.start(
          {.name = "player", .priority = Priority(member.priority)}, &play, &member);
      errors_.expect(started.has_value());
    }
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
    pipe_->close();
    hand_->close();
    const MutexGuard guard(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  Outcome stop() override {
    for (Member& member : crew_members()) {
      if (member.thread.join_until(now() + kPatience)) continue;
      // A wake-up was lost.
      errors_.add();
      member.thread.request_stop();
      member.thread.join();
    }
    Outcome outcome;
    std::uint64_t least = ~std::uint64_t{0};
    for (Tally& succeeded : succeeded_) {
      const std::uint64_t count = succeeded.take();
      least = std::min(least, count);
      outcome.done += count;
    }
    // Each kind has been used, where there was time.
    errors_.expect(least != 0 || outcome.done < kMuch);
    outcome.also = timed_out_.take();
    errors_.expect(units_.units() == kUnits);
    errors_.expect(flags_.value() == kFlags);
    {
      const MutexGuard guard(mutex_);
      errors_.expect(given_.take() == taken_.take() + credit_);
    }
    // Of those who met, one was the last.
    const std::uint64_t last = last_.take();
    errors_.expect(last == barrier_->phase() && met_.take() == kMeeting * last);
    // What nobody has received is still there.
    while (const Result<std::uint32_t> rest = pipe_->try_receive()) received_.add(*rest);
    errors_.expect(sent_.take() == received_.take());
    errors_.expect(pipe_->size() == 0 && hand_->size() == 0);
    outcome.errors = errors_.take();
    return outcome;
  }

 private:
  static constexpr unsigned kKinds = 6;
  static constexpr unsigned kPlayers = arch::kMaxCores + kKinds / 2;
  static constexpr std::uint64_t kMuch = 500;
  static constexpr std::uint32_t kMeeting = 2;
  static constexpr std::uint32_t kUnits = 2;
  static constexpr EventFlags::Flags kFlags = 0x7;

  struct Member {
    Objects* crew = nullptr;
    Random random;
    int priority = 0;
    Player thread;

    // Long, short, or over already.
    Duration timeout() { return Duration::microseconds(random.pick(1U << random.pick(11))); }
  };

  static void play(void* member) {
    Member& me = *static_cast<Member*>(member);
    Objects& crew = *me.crew;
    // Relaxed: see halt().
    while (!crew.over_.load(std::memory_order_relaxed)) {
      StackMark mark(me.random.next());
      switch (me.random.pick(kKinds)) {
        case 0:
          crew.acquire(me);
          break;
        case 1:
          crew.exchange_credit(me);
          break;
        case 2:
          crew.meet(me);
          break;
        case 3:
          crew.take_flags(me);
          break;
        case 4:
          crew.pass(*crew.pipe_, me, 4);
          break;
        default:
          crew.pass(*crew.hand_, me, 5);
          break;
      }
      crew.errors_.expect(mark.holds());
      if (me.random.pick(4) == 0) nap(me.random);
    }
  }

  // How a wait ended; at the end queues are closed.
  bool judge(unsigned kind, bool success, Error error, Deadline deadline) {
    if (success) {
      succeeded_[kind].add();
      return true;
    }
    if (error == Error::kTimedOut) {
      errors_.expect(deadline && now() >= *deadline);
      timed_out_.add();
    } else {
      // Relaxed: halt() has closed the queue after it.
      errors_.expect(error == Error::kClosed && over_.load(std::memory_order_relaxed));
    }
    return false;
  }
  template <class T>
  bool judge(unsigned kind, const Result<T>& result, Deadline deadline) {
    return judge(kind, result.has_value(), result ? Error::kTimedOut : result.error(), deadline);
  }

  static Deadline some_deadline(Member& me) {
    if (me.random.pick(2) == 0) return {};
    return now() + me.timeout();
  }

  // Where it needs a partner, not all may wait for one for good.
  template <class Wait>
  void with_partner(Member& me, Wait&& wait) {
    // Relaxed, both: a number.
    const bool few = patient_.fetch_add(1, std::memory_order_relaxed) < size_ / 2;
    wait(few ? some_deadline(me) : now() + me.timeout());
    patient_.fetch_sub(1, std::memory_order_relaxed);
  }

  // No more threads inside than there are units.
  void acquire(Member& me) {
    const Deadline deadline = some_deadline(me);
    const Result<void> got = deadline ? units_.try_acquire_until(*deadline) : units_.acquire();
    if (!judge(0, got, deadline)) return;
    // Relaxed, both: the semaphore orders them.
    errors_.expect(inside_.fetch_add(1, std::memory_order_relaxed) < kUnits);
    if (me.random.pick(2) == 0) nap(me.random);
    inside_.fetch_sub(1, std::memory_order_relaxed);
    units_.release();
  }

  // Gives a credit or waits for one; nobody takes what is not there.
  void exchange_credit(Member& me) {
    if (me.random.pick(2) == 0) {
      const MutexGuard guard(mutex_);
      ++credit_;
      given_.add();
      changed_.notify_one();
      return;
    }
    with_partner(me, [this](Deadline deadline) { take_credit(deadline); });
  }
  void take_credit(Deadline deadline) {
    const MutexGuard guard(mutex_);
    const auto there = [this]() BATON_NO_THREAD_SAFETY_ANALYSIS { return credit_ != 0 || ended_; };
    const Result<void> woken =
        deadline ? changed_.wait_until(mutex_, *deadline, there) : changed_.wait(mutex_, there);
    errors_.expect(mutex_.is_mine());
    if (!judge(1, woken, deadline) || credit_ == 0) return;
    --credit_;
    taken_.add();
  }

  // With a deadline: at the end there may be nobody to meet.
  void meet(Member& me) {
    const Instant deadline = now() + me.timeout();
    const Result<bool> met = barrier_->arrive_and_wait_until(deadline);
    if (!judge(2, met, deadline)) return;
    met_.add();
    last_.add(*met ? 1 : 0);
  }

  // Each flag that is set is one thread's, until it sets it again.
  void take_flags(Member& me) {
    const Deadline deadline = some_deadline(me);
    // Who waits for all has none meanwhile, so it is no deadlock.
    const bool all = me.random.pick(4) == 0;
    const EventFlags::Flags wanted =
        all ? EventFlags::Flags{0x3} : EventFlags::Flags{1U << me.random.pick(3)} | 0x4U;
    const Want want = all ? Want::kAll : Want::kAny;
    const Result<EventFlags::Flags> got =
        deadline ? flags_.wait_until(wanted, want, Then::kClear, *deadline)
                 : flags_.wait(wanted, want, Then::kClear);
    if (!judge(3, got, deadline)) return;
    errors_.expect(all ? *got == wanted : *got != 0 && (*got & ~wanted) == 0);
    // Relaxed, both: the flags order them.
    errors_.expect((taken_flags_.fetch_or(*got, std::memory_order_relaxed) & *got) == 0);
    if (me.random.pick(2) == 0) nap(me.random);
    taken_flags_.fetch_and(~*got, std::memory_order_relaxed);
    flags_.set(*got);
  }

  // All that is sent is received once, or is still there.
  template <class Queue>
  void pass(Queue& queue, Member& me, unsigned kind) {
    with_partner(me, [&](Deadline deadline) { pass_by(queue, me, kind, deadline); });
  }
  template <class Queue>
  void pass_by(Queue& queue, Member& me, unsigned kind, Deadline deadline) {
    if (me.random.pick(2) == 0) {
      const auto value = static_cast<std::uint32_t>(me.random.next());
      const Result<void> sent = deadline ? queue.send_until(value, *deadline) : queue.send(value);
      if (judge(kind, sent, deadline)) sent_.add(value);
    } else {
      const Result<std::uint32_t> received =
          deadline ? queue.receive_until(*deadline) : queue.receive();
      if (judge(kind, received, deadline)) received_.add(*received);
    }
  }

  std::span<Member> crew_members() { return std::span(members_).first(size_); }

  Semaphore units_{kUnits, kUnits};
  std::atomic<std::uint32_t> inside_{0};
  Mutex mutex_;
  ConditionVariable changed_;
  std::uint64_t credit_ BATON_GUARDED_BY(mutex_) = 0;
  bool ended_ BATON_GUARDED_BY(mutex_) = false;
  Tally given_;
  Tally taken_;
  Renewed<Barrier> barrier_{kMeeting};
  Tally met_;
  Tally last_;
  EventFlags flags_{kFlags};
  std::atomic<EventFlags::Flags> taken_flags_{0};
  Renewed<MessageQueue<std::uint32_t, 2>> pipe_;
  Renewed<MessageQueue<std::uint32_t, 0>> hand_;  // from thread to thread
  Tally sent_;
  Tally received_;

  std::array<Member, kPlayers> members_{};
  std::atomic<unsigned> patient_{0};
  std::atomic<bool> over_{false};
  std::array<Tally, kKinds> succeeded_;
  Tally timed_out_;
  Tally errors_;
  unsigned size_ = 0;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_OBJECTS_H_
