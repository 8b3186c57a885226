// Priority inheritance against a model of it, as kernel/blocking/priority_oracle_test.cc does.
//
// Workers lock and unlock mutexes at random, with and without deadlines, in chains as they come. A
// director, who waits for no mutex, says who does what, keeps a model of who has what and who waits
// for it, and compares each worker's priority with what the model says, found the naive way: again
// and again over all, until nothing changes.  Who gets a mutex that is unlocked is compared, too.
//
// A wait with a deadline may end at any moment after it.  So nothing is compared that was looked at
// after the first deadline that is still open.
#ifndef BATON_KERNEL_STRESS_INHERITANCE_H_
#define BATON_KERNEL_STRESS_INHERITANCE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "arch/cpu.h"
#include "base/annotations.h"
#include "base/time.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"
#include "sync/atomics.h"

namespace baton::kernel::stress {

class Inheritance final : public Scenario {
 public:
  constexpr Inheritance() = default;

  std::string_view name() const override { return "inheritance"; }
  std::string_view counts() const override { return "priorities compared"; }
  std::string_view also_counts() const override { return "chains of 3 mutexes or more"; }

  void start(std::uint64_t seed) override {
    // Relaxed: the threads start after it.
    over_.store(false, std::memory_order_relaxed);
    random_ = Random(seed);
    for (Worker& worker : workers_) {
      worker.crew = this;
      worker.base = random_priority();
      worker.ordered = 0;
      // Relaxed, both: as above.
      worker.begun.store(0, std::memory_order_relaxed);
      worker.done.store(0, std::memory_order_relaxed);
      const Result<void> started = worker.thread.start(
          {.name = "worker", .priority = Priority(worker.base)}, &work, &worker);
      errors_.expect(started.has_value());
    }
    const Result<void> started =
        director_.start({.name = "director", .priority = Priority(19)}, &direct, this);
    errors_.expect(started.has_value());
  }

  void halt() override {
    // Relaxed: everybody sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    director_.join();
    for (Worker& worker : workers_) worker.thread.join();
    return {.done = compared_.take(), .errors = errors_.take(), .also = chains_.take()};
  }

 private:
  // A chain of three mutexes has four threads.
  static constexpr unsigned kWorkers = arch::kMaxCores > 1 ? 8 : 4;
  static constexpr unsigned kMutexes = arch::kMaxCores > 1 ? 5 : 3;
  static constexpr unsigned kNone = ~0U;
  static constexpr Instant kNever = Instant::from_ns(~std::uint64_t{0});

  enum class Order : std::uint8_t { kLock, kUnlock };
  using Priorities = std::array<int, kWorkers>;

  struct Worker {
    Inheritance* crew = nullptr;
    Semaphore orders{0};
    // The order, written by the director before it releases the semaphore.
    Order order = Order::kLock;
    unsigned mutex = 0;
    Deadline deadline;
    // Said by the worker: orders that it has begun to obey, and that it has obeyed.
    sync::Atomic<unsigned> begun{0};
    sync::Atomic<unsigned> done{0};
    bool got = false;  // by the last of them
    // The model, the director's.
    unsigned ordered = 0;
    int base = 0;
    unsigned awaits = kNone;
    Instant until = kNever;
    std::uint64_t arrival = 0;
    Player thread;

    bool obeyed() const {
      // Acquire pairs with the release in obey(): `got`.
      return done.load(std::memory_order_acquire) == ordered;
    }
  };

  int random_priority() { return 6 + static_cast<int>(random_.pick(12)); }

  // The worker.

  static void work(void* worker) {
    Worker& me = *static_cast<Worker*>(worker);
    while (me.orders.acquire()) me.crew->obey(me);
    // Asked to stop while it had some: the director has given up.
    for (Mutex& mutex : me.crew->mutexes_) let_go(mutex);
  }

  static void let_go(Mutex& mutex) BATON_NO_THREAD_SAFETY_ANALYSIS {
    if (mutex.is_mine()) mutex.unlock();
  }

  void obey(Worker& me) BATON_NO_THREAD_SAFETY_ANALYSIS {
    // Relaxed: ours.  Release pairs with the acquire in lock(): we wait for the order no longer.
    me.begun.store(me.begun.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    StackMark mark(reinterpret_cast<std::uintptr_t>(&me));
    Mutex& mutex = mutexes_[me.mutex];
    if (me.order == Order::kUnlock) {
      mutex.unlock();
    } else {
      const Result<void> locked = me.deadline ? mutex.try_lock_until(*me.deadline)  //
                                              : mutex.lock_unless_stopped();
      me.got = locked.has_value();
      errors_.expect(me.got == mutex.is_mine());
      errors_.expect(me.got || locked.error() == Error::kStopped || now() >= *me.deadline);
    }
    errors_.expect(mark.holds());
    // Relaxed: ours.  Release pairs with the acquire in obeyed(): `got`.
    me.done.store(me.done.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  // The director.

  static void direct(void* scenario) {
    Inheritance& me = *static_cast<Inheritance*>(scenario);
    me.owners_.fill(kNone);
    me.broken_ = false;
    for (Worker& worker : me.workers_) worker.awaits = kNone;
    // Relaxed: see halt().
    while (!me.over_.load(std::memory_order_relaxed) && !me.broken_) {
      me.step();
      if (me.random_.pick(4) == 0) nap(me.random_);
    }
    me.finish();
  }

  void step() {
    Worker& worker = workers_[random_.pick(kWorkers)];
    settle();
    if (random_.pick(6) == 0) {
      worker.base = random_priority();
      worker.thread.set_priority(Priority(worker.base));
    } else if (worker.awaits == kNone) {
      const unsigned mutex = choose(worker);
      if (owners_[mutex] != index_of(worker)) {
        lock(worker, mutex);
      } else {
        unlock(worker, mutex);
      }
    }
    compare();
  }

  // All let go of what they have.
  void finish() {
    for (unsigned mutex = 0; !broken_ && mutex < kMutexes;) {
      settle();
      const unsigned owner = owners_[mutex];
      // Who waits itself gets its turn when somebody before it has let go.
      if (owner == kNone) {
        ++mutex;
      } else if (workers_[owner].awaits == kNone) {
        unlock(workers_[owner], mutex);
        compare();
        mutex = 0;
      } else {
        mutex = (mutex + 1) % kMutexes;
      }
    }
    for (Worker& worker : workers_) {
      errors_.expect(worker.awaits == kNone);
      worker.thread.request_stop();
    }
  }

  unsigned index_of(const Worker& worker) const {
    return static_cast<unsigned>(&worker - workers_.data());
  }

  void give(Worker& worker, Order order, unsigned mutex, Deadline deadline) {
    worker.order = order;
    worker.mutex = mutex;
    worker.deadline = deadline;
    worker.until = deadline.value_or(kNever);
    ++worker.ordered;
    worker.orders.release();
  }

  template <class Condition>
  void await(Condition&& condition) {
    if (broken_ || comes_true(condition)) return;
    errors_.add();
    broken_ = true;
  }

  // Whether `worker` would wait for itself.
  bool closes_circle(const Worker& worker, unsigned mutex) const {
    while (mutex != kNone && owners_[mutex] != kNone) {
      if (owners_[mutex] == index_of(worker)) return true;
      mutex = workers_[owners_[mutex]].awaits;
    }
    return false;
  }

  // Mutexes, one behind the other, that who waits for this one waits for.
  unsigned chain_from(unsigned mutex) const {
    unsigned links = 0;
    for (; mutex != kNone && owners_[mutex] != kNone; ++links) {
      mutex = workers_[owners_[mutex]].awaits;
    }
    return links;
  }
  // Who has none takes one that is free; who has some waits where the chain is longest, or lets go.
  unsigned choose(const Worker& worker) {
    const unsigned any = random_.pick(kMutexes);
    if (random_.pick(4) == 0) return any;
    const bool holds_some = std::ranges::find(owners_, index_of(worker)) != owners_.end();
    if (holds_some && random_.pick(3) != 0) return deepest(worker);
    for (unsigned i = 0; i < kMutexes; ++i) {
      const unsigned mutex = (any + i) % kMutexes;
      if (owners_[mutex] == (holds_some ? index_of(worker) : kNone)) return mutex;
    }
    return any;
  }
  // Where the worker's chain would be longest.
  unsigned deepest(const Worker& worker) const {
    unsigned best = 0;
    unsigned links = 0;
    for (unsigned mutex = 0; mutex < kMutexes; ++mutex) {
      const unsigned its = closes_circle(worker, mutex) ? 0 : chain_from(mutex);
      if (its >= links) best = mutex;
      links = std::max(links, its);
    }
    return best;
  }

  void lock(Worker& worker, unsigned mutex) {
    if (closes_circle(worker, mutex)) return;
    Deadline deadline;
    // From 0.1 to 13 ms.
    if (random_.pick(3) == 0) {
      deadline = now() + Duration::microseconds(std::uint64_t{100} << random_.pick(8));
    }
    give(worker, Order::kLock, mutex, deadline);
    // For the mutex: before it began to obey, it may have waited for the order.
    await([&] {
      // Acquire pairs with the release in obey(): the thread's state is of after it.
      return worker.obeyed() || (worker.begun.load(std::memory_order_acquire) == worker.ordered &&
                                 worker.thread.state() == ThreadState::kWaiting);
    });
    if (worker.obeyed()) {
      // If it is free, that is so whatever the deadline.
      errors_.expect(worker.got == (owners_[mutex] == kNone));
      if (worker.got) owners_[mutex] = index_of(worker);
      return;
    }
    errors_.expect(owners_[mutex] != kNone || broken_);
    worker.awaits = mutex;
    worker.arrival = ++arrivals_;
    chains_.add(chain_from(mutex) >= 3 ? 1 : 0);
  }

  void unlock(Worker& worker, unsigned mutex) {
    const Instant soonest = soonest_deadline();
    const unsigned heir = most_urgent(mutex);
    give(worker, Order::kUnlock, mutex, {});
    await([&] { return worker.obeyed(); });
    const bool in_time = now() < soonest;
    owners_[mutex] = kNone;
    // Those who are served or have given up, until one of them has it.
    await([&] {
      bool waits = false;
      for (Worker& one : workers_) {
        if (one.awaits != mutex) continue;
        if (one.obeyed()) {
          one.awaits = kNone;
          if (!one.got) continue;
          errors_.expect(owners_[mutex] == kNone);
          owners_[mutex] = index_of(one);
        } else {
          waits = true;
        }
      }
      return owners_[mutex] != kNone || !waits;
    });
    errors_.expect(!in_time || owners_[mutex] == heir);
  }

  unsigned most_urgent(unsigned mutex) const {
    const Priorities priorities = naive();
    unsigned best = kNone;
    for (unsigned w = 0; w < kWorkers; ++w) {
      if (workers_[w].awaits != mutex) continue;
      if (best == kNone || priorities[w] > priorities[best] ||
          (priorities[w] == priorities[best] && workers_[w].arrival < workers_[best].arrival)) {
        best = w;
      }
    }
    return best;
  }

  Instant soonest_deadline() const {
    Instant soonest = kNever;
    for (const Worker& worker : workers_) {
      if (worker.awaits != kNone) soonest = std::min(soonest, worker.until);
    }
    return soonest;
  }

  // Waits whose time is over.
  void settle() {
    for (Worker& worker : workers_) {
      if (worker.awaits == kNone) continue;
      if (now() >= worker.until) await([&] { return worker.obeyed(); });
      if (!worker.obeyed()) continue;
      errors_.expect(!worker.got && now() >= worker.until);
      worker.awaits = kNone;
    }
  }

  Priorities naive() const {
    Priorities priorities{};
    for (unsigned w = 0; w < kWorkers; ++w) priorities[w] = workers_[w].base;
    for (bool changed = true; changed;) {
      changed = false;
      for (unsigned w = 0; w < kWorkers; ++w) {
        const unsigned awaits = workers_[w].awaits;
        if (awaits == kNone || owners_[awaits] == kNone) continue;
        int& owners = priorities[owners_[awaits]];
        if (owners >= priorities[w]) continue;
        owners = priorities[w];
        changed = true;
      }
    }
    return priorities;
  }

  void compare() {
    if (broken_) return;
    const Priorities expected = naive();
    Priorities found{};
    for (unsigned w = 0; w < kWorkers; ++w) found[w] = workers_[w].thread.priority().value();
    if (now() >= soonest_deadline()) return;
    for (unsigned w = 0; w < kWorkers; ++w) errors_.expect(found[w] == expected[w]);
    compared_.add(kWorkers);
  }

  std::array<Mutex, kMutexes> mutexes_;
  std::array<Worker, kWorkers> workers_{};
  Player director_;
  sync::Atomic<bool> over_{false};
  Tally compared_;
  Tally chains_;
  Tally errors_;
  // The director's.
  Random random_;
  std::array<unsigned, kMutexes> owners_{};
  std::uint64_t arrivals_ = 0;
  bool broken_ = false;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_INHERITANCE_H_
