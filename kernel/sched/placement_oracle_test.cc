// The most urgent threads are the ones that run, as far as affinity lets them: threads of all
// priorities and affinities compute, sleep, yield, keep themselves from being preempted, and are
// suspended and changed.  Now and then none of that happens any more, and within a bounded time
// those must run that an oracle names, which knows nothing of queues and messages.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "arch/cpu.h"
#include "arch/host/machine.h"
#include "base/time.h"
#include "gtest/gtest.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/best_assignment.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/priority.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::below;

constexpr int kPriorities = 6;

// In simulated mode the machine may forget a core for a while; otherwise the host does other
// things.
Duration bound() {
  return testing::simulated() ? Duration::milliseconds(10) : Duration::seconds(5);
}

class Oracle {
 public:
  explicit Oracle(unsigned cores) : cores_(cores), workers_(3 * cores) {
    for (Worker& worker : workers_) {
      worker.priority = random_priority();
      worker.affinity = some_cores();
      worker.thread = &crew_.start(
          {.name = "worker", .priority = Priority(worker.priority), .affinity = worker.affinity},
          [this] { work(); });
    }
  }

  // Threads do as they like, then are at rest; then who runs is compared.
  void round() {
    calm_ = false;
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(below(60))));
    for (std::uint64_t i = below(6); i != 0; --i) change(workers_[below(workers_.size())]);
    calm_ = true;
    // The sleepers wake meanwhile.
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(kLongestSleep)));
    const Instant begun = now();
    while (!is_best()) {
      if (now() - begun > bound()) {
        ADD_FAILURE() << "others run than the most urgent: " << state();
        return;
      }
    }
    testing::count("compared");
    testing::count("waited ns", (now() - begun).count_ns());
  }

  void finish() {
    over_ = true;
    for (Worker& worker : workers_) worker.thread->resume();
    crew_.join();
    for (unsigned core = 0; core < cores_; ++core) {
      testing::count("moves", CoreScheduler::of(core).counts().departures.value());
      testing::count("messages", CoreScheduler::of(core).counts().messages.value());
    }
  }

 private:
  static constexpr std::uint64_t kLongestSleep = 40;

  struct Worker {
    Thread* thread = nullptr;
    int priority = 0;
    CoreMask affinity = 0;
    bool suspended = false;
  };

  static int random_priority() { return static_cast<int>(below(kPriorities)); }
  // Mostly few, so that they are in each other's way.
  CoreMask some_cores() const {
    const CoreMask one = CoreMask{1} << below(cores_);
    switch (below(4)) {
      case 0:
        return (CoreMask{1} << cores_) - 1;
      case 1:
        return one;
      default:
        return one | CoreMask{1} << below(cores_);
    }
  }

  void work() {
    while (!over_) {
      const Instant until = now() + Duration::microseconds(below(10));
      if (below(4) == 0) {
        const PreemptOff preempt_off;
        while (now() < until) {
        }
      } else {
        while (now() < until) {
        }
      }
      if (calm_) continue;
      if (below(2) == 0) {
        static_cast<void>(this_thread::sleep_for(Duration::microseconds(below(kLongestSleep))));
      } else {
        this_thread::yield();
      }
    }
  }

  void change(Worker& worker) {
    switch (below(3)) {
      case 0:
        worker.priority = random_priority();
        worker.thread->set_priority(Priority(worker.priority));
        return;
      case 1:
        worker.affinity = some_cores();
        EXPECT_TRUE(worker.thread->set_affinity(worker.affinity));
        return;
      default:
        worker.suspended = !worker.suspended;
        if (worker.suspended) {
          worker.thread->suspend();
        } else {
          worker.thread->resume();
        }
    }
  }

  bool is_best() const {
    std::vector<testing::Runnable> all;
    // This one, too.
    const Thread& me = this_thread::get();
    all.push_back({me.priority().value(), me.affinity()});
    for (const Worker& worker : workers_) {
      if (!worker.suspended) all.push_back({worker.priority, worker.affinity});
    }
    testing::Running found{};
    found.fill(kIdlePriority);
    for (unsigned core = 0; core < cores_; ++core) {
      CoreScheduler& scheduler = CoreScheduler::of(core);
      const Thread* const current = scheduler.current_for_people();
      if (current != &scheduler.idle_thread()) found[core] = current->priority().value();
    }
    return testing::in_order(found) == testing::BestAssignment(all, cores_).running();
  }

  std::string state() const {
    std::string text;
    for (unsigned core = 0; core < cores_; ++core) {
      text += " core " + std::to_string(core) + ":" +
              std::to_string(CoreScheduler::of(core).running_priority());
    }
    for (const Worker& worker : workers_) {
      text += "\n  " + std::to_string(worker.priority) + " on " + std::to_string(worker.affinity) +
              (worker.suspended ? " suspended" : "") + ", last on " +
              std::to_string(worker.thread->last_core()) + ", " +
              std::string(to_string(worker.thread->state()));
    }
    return text;
  }

  unsigned cores_;
  std::vector<Worker> workers_;
  std::atomic<bool> calm_{false};
  std::atomic<bool> over_{false};
  testing::Crew crew_;
};

TEST(Placement, IsWhatTheOracleSays) {
  testing::for_each_machine({.cores = {1, 2, 3, 4, 8}, .seeds = 20, .parallel_runs = 1}, [] {
    const unsigned cores = arch::host::running_config()->cores;
    this_thread::get().set_priority(Priority(31));
    // All of them take threads.
    testing::wait_until([cores] { return CoreScheduler::active() == (CoreMask{1} << cores) - 1; });
    const auto oracle = std::make_unique<Oracle>(cores);
    const unsigned rounds = testing::rounds(10, 100);
    for (unsigned i = 0; i < rounds && !::testing::Test::HasFailure(); ++i) oracle->round();
    oracle->finish();
  });
}

// A thread that must not be preempted wakes one that is more urgent, and goes on for long.
TEST(Placement, SomebodyElseRunsWhatIsWokenByOneThatStays) {
  testing::for_each_machine({.cores = {2}, .seeds = 20, .parallel_runs = 3}, [] {
    Thread& me = this_thread::get();
    EXPECT_TRUE(me.set_affinity(1));
    testing::wait_until([] { return CoreScheduler::active() == 3; });
    std::atomic<bool> ran{false};
    std::atomic<bool> over{false};
    Semaphore wakes(0);
    testing::Crew crew;
    Thread& urgent = crew.start({.name = "urgent", .priority = Priority(29)}, [&] {
      EXPECT_TRUE(wakes.acquire());
      ran = true;
    });
    testing::wait_until_waiting(urgent);
    // More urgent than this one, so that the core of this one seems to be the better one.
    crew.start({.name = "busy", .priority = Priority(27), .affinity = 2}, [&] {
      while (!over) arch::relax();
    });
    testing::wait_until([] { return CoreScheduler::of(1).running_priority() == 27; });
    me.set_priority(Priority(25));
    {
      const PreemptOff preempt_off;
      const Instant begun = now();
      wakes.release();
      while (!ran && now() - begun < bound()) arch::relax();
      EXPECT_TRUE(ran);
    }
    over = true;
    crew.join();
  });
}

// A core is parked and brought back, maybe before it notices; what became ready meanwhile is not
// overlooked.
TEST(Placement, ACoreThatIsBackLooksForWork) {
  testing::for_each_machine({.cores = {2}, .seeds = 40, .parallel_runs = 3}, [] {
    Thread& me = this_thread::get();
    EXPECT_TRUE(me.set_affinity(1));
    testing::wait_until([] { return CoreScheduler::active() == 3; });
    Semaphore wakes(0);
    std::atomic<unsigned> ran{0};
    testing::Crew crew;
    constexpr unsigned kTimes = 5;
    Thread& other = crew.start({.name = "other", .priority = Priority(10)}, [&] {
      for (unsigned i = 0; i < kTimes; ++i) {
        EXPECT_TRUE(wakes.acquire());
        ++ran;
      }
    });
    for (unsigned i = 0; i < kTimes; ++i) {
      testing::wait_until_waiting(other);
      EXPECT_TRUE(CoreScheduler::park_core(1));
      wakes.release();
      EXPECT_TRUE(CoreScheduler::unpark_core(1));
      const Instant begun = now();
      while (ran <= i && now() - begun < bound()) arch::relax();
      EXPECT_EQ(ran, i + 1);
    }
    crew.join();
  });
}

}  // namespace
}  // namespace baton::kernel
