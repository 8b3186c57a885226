// Priority inheritance against an oracle: threads lock and unlock mutexes at random, with and
// without deadlines, chains growing as they like; a director, who waits for none of them, says who
// does what, keeps a model of who waits for whom, and after every step compares each thread's
// priority with what the model says, found the naive way: again and again over all, until nothing
// changes.  Who gets a mutex that is unlocked is compared, too.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::below;

constexpr unsigned kWorkers = 9;
constexpr unsigned kMutexes = 6;
constexpr std::uint64_t kNoDeadline = ~std::uint64_t{0};

class Oracle {
 public:
  Oracle() {
    for (unsigned w = 0; w < kWorkers; ++w) {
      workers_[w].base = random_priority();
      workers_[w].thread =
          &crew_.start({.name = "worker", .priority = Priority(workers_[w].base)}, [this, w] {
            while (workers_[w].orders.acquire()) obey(workers_[w]);
          });
    }
  }

  void step() {
    expire();
    const unsigned w = static_cast<unsigned>(below(kWorkers));
    Worker& worker = workers_[w];
    if (below(10) == 0) {
      worker.base = random_priority();
      worker.thread->set_priority(Priority(worker.base));
      testing::count("priority changes");
    } else if (worker.awaits) {
      return;
    } else if (!worker.holds.empty() && below(4) == 0) {
      unlock(worker, worker.holds[below(worker.holds.size())]);
    } else {
      lock(w, static_cast<unsigned>(below(kMutexes)));
    }
    compare();
    testing::count("steps");
  }

  // All let go of what they have, in any order.
  void finish() {
    for (;;) {
      expire();
      Worker* const found = std::ranges::find_if(
          workers_, [](const Worker& one) { return !one.awaits && !one.holds.empty(); });
      if (found == workers_.end()) break;
      unlock(*found, found->holds[below(found->holds.size())]);
      compare();
    }
    for (Worker& worker : workers_) {
      EXPECT_FALSE(worker.awaits);
      worker.thread->request_stop();
    }
    crew_.join();
    for (const Mutex& mutex : mutexes_) EXPECT_FALSE(mutex.is_mine());
  }

 private:
  enum class Order : std::uint8_t { kLock, kTimedLock, kUnlock };

  struct Worker {
    Thread* thread = nullptr;
    Semaphore orders{0};
    // The order, written by the director before the semaphore is released.
    Order order = Order::kLock;
    unsigned mutex = 0;
    std::uint64_t deadline = kNoDeadline;
    // Said by the worker: orders that it has begun to obey, and that it has obeyed.
    std::atomic<unsigned> begun{0};
    std::atomic<unsigned> done{0};
    std::atomic<bool> timed_out{false};
    // The model.
    unsigned ordered = 0;
    int base = 0;
    std::vector<unsigned> holds;
    std::optional<unsigned> awaits;
    std::uint64_t arrival = 0;
  };

  // How long a step may take, in units of 15 us, without a deadline passing that the model takes
  // for one to come.  Real time goes on while the host does something else; and virtual time with
  // every atomic operation, where each is a point.
  static std::uint64_t slowness() {
#ifdef BATON_ATOMIC_POINTS
    constexpr std::uint64_t kVirtual = 30;
#else
    constexpr std::uint64_t kVirtual = 1;
#endif
    return testing::simulated() ? kVirtual : 100;
  }
  static int random_priority() { return static_cast<int>(below(15)) + 1; }

  void obey(Worker& worker) BATON_NO_THREAD_SAFETY_ANALYSIS {
    ++worker.begun;
    Mutex& mutex = mutexes_[worker.mutex];
    switch (worker.order) {
      case Order::kLock:
        mutex.lock();
        worker.timed_out = false;
        break;
      case Order::kTimedLock:
        worker.timed_out = !mutex.try_lock_until(Instant::from_ns(worker.deadline));
        break;
      case Order::kUnlock:
        mutex.unlock();
        break;
    }
    ++worker.done;
  }

  void give(Worker& worker, Order order, unsigned mutex, std::uint64_t deadline) {
    worker.order = order;
    worker.mutex = mutex;
    worker.deadline = deadline;
    ++worker.ordered;
    worker.orders.release();
  }
  static void await(const Worker& worker) {
    testing::wait_until([&] { return worker.done == worker.ordered; });
  }

  std::optional<unsigned> owner_of(unsigned mutex) const {
    for (unsigned w = 0; w < kWorkers; ++w) {
      if (std::ranges::find(workers_[w].holds, mutex) != workers_[w].holds.end()) return w;
    }
    return std::nullopt;
  }

  // Whether worker `w` would wait for itself.
  bool closes_circle(unsigned w, unsigned mutex) const {
    std::optional<unsigned> at = mutex;
    while (at) {
      const std::optional<unsigned> owner = owner_of(*at);
      if (!owner) return false;
      if (*owner == w) return true;
      at = workers_[*owner].awaits;
    }
    return false;
  }

  void lock(unsigned w, unsigned mutex) {
    Worker& worker = workers_[w];
    if (closes_circle(w, mutex)) return;
    const std::optional<unsigned> owner = owner_of(mutex);
    const bool timed = below(2) == 0;
    const std::uint64_t deadline =
        timed ? now().since_start_ns() + (20'000 + below(400'000)) * slowness() : kNoDeadline;
    give(worker, timed ? Order::kTimedLock : Order::kLock, mutex, deadline);
    if (!owner) {
      await(worker);
      EXPECT_FALSE(worker.timed_out);
      worker.holds.push_back(mutex);
      return;
    }
    // For the mutex: before it began to obey, it may still have been about to wait for the order.
    testing::wait_until([&] {
      return worker.begun == worker.ordered && worker.thread->state() == ThreadState::kWaiting;
    });
    worker.awaits = mutex;
    worker.arrival = ++arrivals_;
    testing::count("waits");
    unsigned links = 0;
    for (std::optional<unsigned> at = mutex; at; at = workers_[*owner_of(*at)].awaits) ++links;
    if (links >= 3) testing::count("chains of 3 and more");
  }

  void unlock(Worker& worker, unsigned mutex) {
    // The most urgent that waits, and of equals the first that came.
    const std::array<int, kWorkers> priorities = naive();
    std::optional<unsigned> next;
    for (unsigned w = 0; w < kWorkers; ++w) {
      if (workers_[w].awaits != mutex) continue;
      if (!next || priorities[w] > priorities[*next] ||
          (priorities[w] == priorities[*next] && workers_[w].arrival < workers_[*next].arrival)) {
        next = w;
      }
    }
    give(worker, Order::kUnlock, mutex, kNoDeadline);
    await(worker);
    std::erase(worker.holds, mutex);
    if (!next) return;
    Worker& heir = workers_[*next];
    if (heir.deadline != kNoDeadline) {
      // Nearly over: it may have been.
      await(heir);
      if (heir.timed_out) {
        heir.awaits.reset();
        testing::count("timed out at hand-over");
        rescan(mutex);
        return;
      }
    }
    await(heir);
    EXPECT_FALSE(heir.timed_out);
    heir.holds.push_back(mutex);
    heir.awaits.reset();
    testing::count("hand-overs");
  }

  // The heir had timed out: somebody else may have the mutex.
  void rescan(unsigned mutex) {
    for (;;) {
      const std::array<int, kWorkers> priorities = naive();
      Worker* best = nullptr;
      int urgency = -1;
      for (unsigned w = 0; w < kWorkers; ++w) {
        Worker& one = workers_[w];
        if (one.awaits != mutex) continue;
        if (priorities[w] > urgency || (priorities[w] == urgency && one.arrival < best->arrival)) {
          best = &one;
          urgency = priorities[w];
        }
      }
      if (best == nullptr) return;
      await(*best);
      best->awaits.reset();
      if (best->timed_out) continue;
      best->holds.push_back(mutex);
      return;
    }
  }

  // Waits whose time is over, or nearly so.
  void expire() {
    for (Worker& worker : workers_) {
      if (!worker.awaits || worker.deadline == kNoDeadline) continue;
      if (now().since_start_ns() + 15'000 * slowness() < worker.deadline) continue;
      await(worker);
      EXPECT_TRUE(worker.timed_out);
      worker.awaits.reset();
      testing::count("timeouts");
      compare();
    }
  }

  std::array<int, kWorkers> naive() const {
    std::array<int, kWorkers> priorities{};
    for (unsigned w = 0; w < kWorkers; ++w) priorities[w] = workers_[w].base;
    for (bool changed = true; changed;) {
      changed = false;
      for (unsigned w = 0; w < kWorkers; ++w) {
        if (!workers_[w].awaits) continue;
        const std::optional<unsigned> owner = owner_of(*workers_[w].awaits);
        if (owner && priorities[*owner] < priorities[w]) {
          priorities[*owner] = priorities[w];
          changed = true;
        }
      }
    }
    return priorities;
  }

  void compare() {
    // A wait may end while we look.
    std::uint64_t soonest = kNoDeadline;
    for (const Worker& worker : workers_) {
      if (worker.awaits) soonest = std::min(soonest, worker.deadline);
    }
    const std::array<int, kWorkers> expected = naive();
    std::array<int, kWorkers> found{};
    for (unsigned w = 0; w < kWorkers; ++w) found[w] = workers_[w].thread->priority().value();
    if (now().since_start_ns() >= soonest) {
      testing::count("not compared");
      return;
    }
    ASSERT_EQ(found, expected);
    testing::count("compared");
  }

  std::array<Mutex, kMutexes> mutexes_;
  std::array<Worker, kWorkers> workers_;
  std::uint64_t arrivals_ = 0;
  testing::Crew crew_;
};

TEST(PriorityInheritance, IsWhatTheOracleSays) {
  testing::for_each_machine({.seeds = 50, .parallel_runs = 2}, [] {
    const auto oracle = std::make_unique<Oracle>();
    this_thread::get().set_priority(Priority(31));
    const unsigned steps = testing::rounds(2000, 1200);
    for (unsigned i = 0; i < steps && !::testing::Test::HasFailure(); ++i) oracle->step();
    if (!::testing::Test::HasFailure()) oracle->finish();
  });
}

}  // namespace
}  // namespace baton::kernel
