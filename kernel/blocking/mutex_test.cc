#include "kernel/blocking/mutex.h"

#include <array>
#include <atomic>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/blocking/recursive_mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

TEST(Mutex, StdLocksTakeIt) {
  for_each_machine({.cores = {1}, .seeds = 2}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex a;
    Mutex b;
    {
      const std::scoped_lock both(a, b);
      EXPECT_TRUE(a.is_mine());
      EXPECT_TRUE(b.is_mine());
    }
    {
      std::unique_lock lock(a, std::defer_lock);
      EXPECT_FALSE(lock.owns_lock());
      EXPECT_TRUE(lock.try_lock());
      EXPECT_FALSE(a.try_lock());
    }
    EXPECT_FALSE(a.is_mine());
    EXPECT_TRUE(a.try_lock_for(Duration::microseconds(1)));
    a.assert_held();
    a.unlock();
    EXPECT_TRUE(a.lock_unless_stopped());
    a.unlock();
    RecursiveMutex again;
    const std::scoped_lock outer(again);
    {
      const std::scoped_lock inner(again);
      EXPECT_TRUE(again.try_lock());
      EXPECT_TRUE(again.try_lock_for(Duration()));
      again.unlock();
      again.unlock();
    }
    EXPECT_TRUE(again.is_mine());
  });
}

TEST(Mutex, OneAtATime) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    const unsigned rounds = testing::rounds(5000, 60);
    Mutex mutex;
    RecursiveMutex recursive;
    std::uint64_t in_mutex = 0;
    std::uint64_t in_recursive = 0;
    std::atomic<std::uint64_t> expected{0};
    std::atomic<std::uint64_t> late{0};
    Crew crew;
    for (int t = 0; t < 6; ++t) {
      crew.start({.name = "user", .priority = Priority(8 + 2 * t)},
                 [&, t]() BATON_NO_THREAD_SAFETY_ANALYSIS {
                   std::mt19937_64 random(testing::seed() * 10 + static_cast<unsigned>(t));
                   for (unsigned i = 0; i < rounds; ++i) {
                     if (random() % 4 == 0) {
                       const std::scoped_lock outer(recursive);
                       ++in_recursive;
                       const std::scoped_lock inner(recursive);
                       ++in_recursive;
                       continue;
                     }
                     if (random() % 2 == 0) {
                       mutex.lock();
                     } else if (!mutex.try_lock_for(Duration::nanoseconds(random() % 3000))) {
                       ++late;
                       continue;
                     }
                     const std::uint64_t before = in_mutex;
                     if (random() % 4 == 0) this_thread::yield();
                     if (random() % 16 == 0) {
                       EXPECT_TRUE(this_thread::sleep_for(Duration::nanoseconds(random() % 2000)));
                     }
                     in_mutex = before + 1;
                     ++expected;
                     mutex.unlock();
                   }
                 });
    }
    crew.join();
    EXPECT_EQ(in_mutex, expected);
    testing::count("locked", expected);
    testing::count("timed out", late);
  });
}

TEST(Mutex, GoesToTheMostUrgentAndEqualsInTurn) {
  for_each_machine({.seeds = 10}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex mutex;
    std::string order;
    mutex.lock();
    Crew crew;
    for (const auto& [name, priority] :
         {std::pair{'a', 5}, {'b', 7}, {'c', 5}, {'d', 9}, {'e', 7}}) {
      testing::wait_until_waiting(
          crew.start({.name = "waiter", .priority = Priority(priority)}, [&, name] {
            const std::scoped_lock lock(mutex);
            order += name;
          }));
    }
    crew[2].set_priority(Priority(8));
    EXPECT_FALSE(mutex.try_lock());
    mutex.unlock();
    crew.join();
    EXPECT_EQ(order, "dcbea");
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
  });
}

TEST(Mutex, InheritanceGoesAlongTheChainAndEnds) {
  for_each_machine({.seeds = 20}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    constexpr int kLength = 6;
    std::array<Mutex, kLength> mutexes;
    Semaphore go(0);
    Crew crew;
    // Each holds one mutex and waits for the one before.
    for (int i = 0; i < kLength; ++i) {
      testing::wait_until_waiting(crew.start({.name = "link", .priority = Priority(2)}, [&, i] {
        const std::scoped_lock mine(mutexes[static_cast<unsigned>(i)]);
        if (i == 0) {
          EXPECT_TRUE(go.acquire());
        } else {
          const std::scoped_lock other(mutexes[static_cast<unsigned>(i) - 1]);
        }
      }));
    }
    for (int i = 0; i < kLength; ++i)
      EXPECT_EQ(crew[static_cast<unsigned>(i)].priority(), Priority(2));
    // A second mutex of the third, with a waiter of its own.
    Thread& last = crew.start({.name = "last", .priority = Priority(12)},
                              [&] { const std::scoped_lock lock(mutexes[kLength - 1]); });
    testing::wait_until_waiting(last);
    for (int i = 0; i < kLength; ++i)
      EXPECT_EQ(crew[static_cast<unsigned>(i)].priority(), Priority(12));
    last.set_priority(Priority(20));
    for (int i = 0; i < kLength; ++i)
      EXPECT_EQ(crew[static_cast<unsigned>(i)].priority(), Priority(20));
    last.set_priority(Priority(5));
    for (int i = 0; i < kLength; ++i)
      EXPECT_EQ(crew[static_cast<unsigned>(i)].priority(), Priority(5));
    crew[3].set_priority(Priority(9));
    for (int i = 0; i < kLength; ++i) {
      EXPECT_EQ(crew[static_cast<unsigned>(i)].priority(), Priority(i <= 3 ? 9 : 5));
    }
    // A waiter that gives up, and one that is stopped.
    Thread& impatient = crew.start({.name = "impatient", .priority = Priority(25)}, [&] {
      EXPECT_EQ(mutexes[kLength - 1].try_lock_for(Duration::microseconds(100)).error(),
                Error::kTimedOut);
    });
    Thread& stopped = crew.start({.name = "stopped", .priority = Priority(28)}, [&] {
      EXPECT_EQ(mutexes[kLength - 1].lock_unless_stopped().error(), Error::kStopped);
    });
    testing::wait_until_waiting(stopped);
    EXPECT_EQ(crew[0].priority(), Priority(28));
    stopped.request_stop();
    testing::wait_until([&] { return impatient.state() == ThreadState::kDead; });
    testing::wait_until([&] { return stopped.state() == ThreadState::kDead; });
    EXPECT_EQ(crew[0].priority(), Priority(9));
    EXPECT_EQ(crew[kLength - 1].priority(), Priority(5));
    go.release();
    testing::wait_until([&] { return last.state() == ThreadState::kDead; });
    for (unsigned i = 0; i < kLength; ++i) {
      testing::wait_until([&] { return crew[i].state() == ThreadState::kDead; });
      EXPECT_EQ(crew[i].priority(), crew[i].base_priority());
    }
  });
}

// What inheritance is for: on one core, a thread of middle urgency that never sleeps does not keep
// an urgent one from a mutex.
TEST(Mutex, NobodyInBetweenKeepsTheOwnerFromRunning) {
  for_each_machine({.seeds = 20}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex mutex;
    std::atomic<bool> done{false};
    std::atomic<bool> locked{false};
    Crew crew;
    crew.start({.name = "low", .priority = Priority(2), .affinity = 1}, [&] {
      const std::scoped_lock lock(mutex);
      locked = true;
      const Instant until = now() + Duration::microseconds(50);
      while (now() < until) {
      }
    });
    testing::wait_until([&] { return locked.load(); });
    crew.start({.name = "middle", .priority = Priority(5), .affinity = 1}, [&] {
      const Instant limit = now() + Duration::milliseconds(2000);
      while (!done) {
        if (now() > limit) {
          ADD_FAILURE() << "the urgent thread never got the mutex";
          break;
        }
      }
    });
    crew.start({.name = "high", .priority = Priority(20), .affinity = 1}, [&] {
      const std::scoped_lock lock(mutex);
      done = true;
    });
  });
}

TEST(Mutex, TimeoutAgainstUnlock) {
  for_each_machine({.seeds = 60, .parallel_runs = 2}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    for (unsigned i = 0; i < testing::rounds(200, 10); ++i) {
      Mutex mutex;
      mutex.lock();
      Thread& me = this_thread::get();
      static_cast<void>(testing::race(
          [&](Instant when) BATON_NO_THREAD_SAFETY_ANALYSIS {
            const Result<void> locked = mutex.try_lock_until(when);
            if (locked) mutex.unlock();
            return locked;
          },
          [&]() BATON_NO_THREAD_SAFETY_ANALYSIS { mutex.unlock(); }));
      EXPECT_EQ(me.priority(), me.base_priority());
      EXPECT_TRUE(mutex.try_lock());
      mutex.unlock();
    }
  });
}

TEST(Mutex, StopAgainstUnlock) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    for (unsigned i = 0; i < testing::rounds(100, 8); ++i) {
      Mutex mutex;
      mutex.lock();
      {
        Crew crew;
        Thread& waiter = crew.start({.name = "waiter", .priority = Priority(20)},
                                    [&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
                                      const Result<void> locked = mutex.lock_unless_stopped();
                                      if (locked) {
                                        mutex.unlock();
                                      } else {
                                        EXPECT_EQ(locked.error(), Error::kStopped);
                                      }
                                      testing::count(locked ? "locked" : "stopped");
                                    });
        crew.start({.name = "stopper"}, [&] { waiter.request_stop(); });
        mutex.unlock();
      }
      Thread& me = this_thread::get();
      EXPECT_EQ(me.priority(), me.base_priority());
      EXPECT_TRUE(mutex.try_lock());
      mutex.unlock();
    }
  });
}

TEST(MutexDeathTest, MisuseIsNamed) {
  ::testing::FLAGS_gtest_death_test_style = "fast";
  const auto dies = [](const char* what, const std::function<void()>& how) {
    EXPECT_DEATH(
        {
          for_each_machine({.cores = {1}, .seeds = 1, .parallel_runs = 0}, how);
          // The run's own process has said what was wrong.
          if (::testing::Test::HasFailure()) std::abort();
        },
        what);
  };
  dies("a thread locks a mutex that it holds already", []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex mutex;
    mutex.lock();
    mutex.lock();
  });
  dies("a thread unlocks a mutex that it does not hold", []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex mutex;
    mutex.unlock();
  });
  dies("a thread unlocks a mutex that it does not hold", []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex mutex;
    mutex.lock();
    Crew crew;
    crew.start({.name = "other"}, [&]() BATON_NO_THREAD_SAFETY_ANALYSIS { mutex.unlock(); });
    crew.join();
  });
  dies("a thread unlocks a mutex that it does not hold", []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    RecursiveMutex mutex;
    mutex.lock();
    mutex.unlock();
    mutex.unlock();
  });
  dies("a thread ends while it holds this mutex", []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    static Mutex mutex;
    Crew crew;
    crew.start({.name = "forgetful"}, []() BATON_NO_THREAD_SAFETY_ANALYSIS { mutex.lock(); });
    crew.join();
  });
  dies("a deadlock: ", []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    static Mutex a;
    static Mutex b;
    static Mutex c;
    Crew crew;
    const auto both = [&](Mutex& first, Mutex& second) {
      crew.start({.name = "philosopher"}, [&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
        first.lock();
        static_cast<void>(this_thread::sleep_for(Duration::microseconds(50)));
        second.lock();
      });
    };
    both(a, b);
    both(b, c);
    both(c, a);
    crew.join();
  });
  dies("an interrupt handler uses a mutex", [] {
    static Mutex mutex;
    testing::on_device(
        0, 0, []() BATON_NO_THREAD_SAFETY_ANALYSIS { static_cast<void>(mutex.try_lock()); });
    testing::raise_device(0);
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(500)));
  });
  dies("an interrupt handler makes a call that may block", [] {
    static Semaphore units(0);
    testing::on_device(0, 0, [] { static_cast<void>(units.acquire()); });
    testing::raise_device(0);
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(500)));
  });
  dies("a thread that has masked interrupts makes a call that may block", [] {
    Semaphore units(1);
    const sync::IrqsOff irqs_off;
    static_cast<void>(units.acquire());
  });
}

// Who gave up lends nothing from then on: otherwise the owner, as urgent as it, would stay on the
// core for as long as it likes.
TEST(Mutex, WhoGaveUpRunsAtOnce) {
  for_each_machine({.cores = {1}, .seeds = 20}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    for (const bool stops : {false, true}) {
      Mutex mutex;
      std::atomic<bool> is_locked{false};
      std::atomic<bool> gave_up{false};
      Crew crew;
      crew.start({.name = "owner", .priority = Priority(5), .slice = Duration()},
                 [&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
                   mutex.lock();
                   is_locked = true;
                   const Instant patience =
                       now() + Duration::milliseconds(testing::simulated() ? 50 : 2000);
                   while (!gave_up && now() < patience) {
                   }
                   EXPECT_TRUE(gave_up);
                   EXPECT_EQ(this_thread::get().priority(), Priority(5));
                   mutex.unlock();
                 });
      testing::wait_until([&] { return is_locked.load(); });
      crew.start({.name = "waiter", .priority = Priority(12)},
                 [&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
                   if (stops) {
                     EXPECT_FALSE(mutex.lock_unless_stopped());
                   } else {
                     EXPECT_FALSE(mutex.try_lock_for(Duration::microseconds(100)));
                   }
                   gave_up = true;
                 });
      if (stops) {
        static_cast<void>(this_thread::sleep_for(Duration::microseconds(100)));
        crew[1].request_stop();
      }
      crew.join();
    }
  });
}

// Deadlines end what would be a deadlock.
TEST(Mutex, ACircleWithADeadlineIsNoDeadlock) {
  for_each_machine({.seeds = 20}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex a;
    Mutex b;
    std::atomic<int> through{0};
    Crew crew;
    const auto both = [&](Mutex& first, Mutex& second, std::uint64_t patience_us, int priority) {
      crew.start({.name = "philosopher", .priority = Priority(priority)},
                 [&, patience_us]() BATON_NO_THREAD_SAFETY_ANALYSIS {
                   for (int i = 0; i < 10;) {
                     const std::scoped_lock mine(first);
                     static_cast<void>(this_thread::sleep_for(Duration::microseconds(3)));
                     if (!second.try_lock_for(Duration::microseconds(patience_us))) {
                       testing::count("gave up");
                       continue;
                     }
                     ++through;
                     ++i;
                     second.unlock();
                   }
                 });
    };
    both(a, b, 7, 12);
    both(b, a, 19, 14);
    std::vector<int> bases{12, 14};
    testing::wait_until([&] { return through == 20; });
    for (unsigned i = 0; i < 2; ++i) {
      testing::wait_until([&] { return crew[i].state() == ThreadState::kDead; });
      EXPECT_EQ(crew[i].priority(), Priority(bases[i]));
    }
  });
}

}  // namespace
}  // namespace baton::kernel
