#include "tests/host_machine/planted/programs.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "arch/context.h"
#include "arch/cpu.h"
#include "arch/host/machine.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/pooled_threads.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/stress.h"

namespace baton::host_test {
namespace {

using kernel::CoreMask;

using kernel::Mutex;
using kernel::Priority;
using kernel::Semaphore;
using kernel::Thread;
using kernel::testing::below;
using kernel::testing::Crew;
using kernel::testing::wait_until;

void wait_for_all_cores() {
  wait_until([] { return kernel::stress::core_count() == arch::host::running_config()->cores; });
}

void spin_for(Duration time) {
  const Instant until = kernel::now() + time;
  while (kernel::now() < until) {
  }
}

void sleep_for(Duration time) { static_cast<void>(kernel::this_thread::sleep_for(time)); }

// After a success that the analysis does not follow.
void give_back(Mutex& mutex) {
  mutex.assert_held();
  mutex.unlock();
}

void play(kernel::stress::Scenario& scenario) {
  wait_for_all_cores();
  scenario.start(kernel::testing::seed());
  sleep_for(Duration::milliseconds(5));
  scenario.halt();
  EXPECT_EQ(scenario.stop().errors, 0U) << "of scenario " << scenario.name();
}

// Threads of a pool that nobody joins: a place is taken the moment that it is free.
constexpr std::size_t kPooledStack = arch::kMinStackBytes;
constinit kernel::PooledThreads<kPooledStack, 2> pool;
std::atomic<unsigned> pooled_ended{0};

void run_pooled(void* /*nothing*/) {
  std::array<volatile std::uint64_t, 64> mine{};
  const std::uint64_t mark = below(1U << 30U);
  for (volatile std::uint64_t& word : mine) word = mark;
  kernel::this_thread::yield();
  for (const volatile std::uint64_t& word : mine) EXPECT_EQ(word, mark);
  // Relaxed: a number.
  pooled_ended.fetch_add(1, std::memory_order_relaxed);
}

void pooled_storage_is_not_shared() {
  wait_for_all_cores();
  constexpr unsigned kStarters = 3;
  constexpr unsigned kEach = 100;
  Crew crew;
  for (unsigned i = 0; i < kStarters; ++i) {
    crew.start({.name = "starter"}, [] {
      for (unsigned started = 0; started < kEach;) {
        if (pool.start_detached({.name = "pooled"}, &run_pooled, nullptr)) {
          ++started;
        } else {
          kernel::this_thread::yield();
        }
      }
    });
  }
  crew.join();
  wait_until([] { return pool.available() == pool.capacity(); });
  // Relaxed: they have all ended.
  EXPECT_EQ(pooled_ended.load(std::memory_order_relaxed), kStarters * kEach);
}

// A thread that becomes ready while the other core is about to have nothing to do runs there, and
// does not wait behind the one that keeps this core busy.
void no_core_idles_beside_a_waiter() {
  wait_for_all_cores();
  constexpr unsigned kRounds = 60;
  Semaphore begin(0);
  Semaphore come(0);
  std::atomic<unsigned> begun{0};
  std::atomic<unsigned> ran{0};
  Crew crew;
  crew.start({.name = "guest", .priority = Priority(5), .affinity = 3, .slice = Duration()}, [&] {
    for (unsigned round = 0; round < kRounds; ++round) {
      EXPECT_TRUE(come.acquire());
      ++ran;
    }
  });
  crew.start({.name = "leaving", .priority = Priority(5), .affinity = 2, .slice = Duration()}, [&] {
    for (unsigned round = 0; round < kRounds; ++round) {
      EXPECT_TRUE(begin.acquire());
      ++begun;
      for (std::uint64_t i = below(8); i != 0; --i) arch::relax();
      // Then its core has nothing to do.
    }
  });
  crew.start({.name = "busy", .priority = Priority(5), .affinity = 1, .slice = Duration()}, [&] {
    for (unsigned round = 1; round <= kRounds; ++round) {
      begin.release();
      while (begun != round) arch::relax();
      for (std::uint64_t i = below(std::uint64_t{1} << below(6)); i != 0; --i) arch::relax();
      come.release();
      const Instant limit = kernel::now() + Duration::milliseconds(20);
      while (ran != round && kernel::now() < limit) {
      }
      EXPECT_EQ(ran, round) << "a thread waits for its turn beside a core that idles";
      if (ran != round) break;
    }
  });
  crew.join();
}

// Pairs of threads that wake each other, on all cores, and do nothing else.
void pairs_wake_each_other() {
  wait_for_all_cores();
  constexpr unsigned kRounds = 100;
  struct Pair {
    Semaphore there{0};
    Semaphore back{0};
  };
  std::array<Pair, 4> pairs;
  Crew crew;
  for (Pair& pair : pairs) {
    crew.start({.name = "ping", .priority = Priority(8)}, [&pair] {
      for (unsigned round = 0; round < kRounds; ++round) {
        pair.there.release();
        for (std::uint64_t i = below(4); i != 0; --i) arch::relax();
        EXPECT_TRUE(pair.back.acquire());
      }
    });
    crew.start({.name = "pong", .priority = Priority(8)}, [&pair] {
      for (unsigned round = 0; round < kRounds; ++round) {
        EXPECT_TRUE(pair.there.acquire());
        for (std::uint64_t i = below(4); i != 0; --i) arch::relax();
        pair.back.release();
      }
    });
  }
  crew.join();
}

// Who is suspended does not run, whatever it was about to do.
void the_suspended_do_not_run() {
  wait_for_all_cores();
  Semaphore ping(0);
  Semaphore pong(0);
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> rounds{0};
  Crew crew;
  Thread& player = crew.start({.name = "player", .priority = Priority(12)}, [&] {
    while (!over) {
      pong.release();
      EXPECT_TRUE(ping.acquire());
      ++rounds;
    }
    pong.release();
  });
  crew.start({.name = "partner", .priority = Priority(11)}, [&] {
    while (!over) {
      EXPECT_TRUE(pong.acquire());
      ping.release();
      if (below(2) == 0) spin_for(Duration::microseconds(below(20)));
    }
    ping.release();
  });
  for (unsigned round = 0; round < 40; ++round) {
    spin_for(Duration::microseconds(below(60)));
    player.suspend();
    // Long enough for any message to be read.
    sleep_for(Duration::milliseconds(4));
    const std::uint64_t before = rounds;
    sleep_for(Duration::microseconds(500));
    EXPECT_EQ(rounds, before) << "a thread runs though it was suspended";
    player.resume();
  }
  over = true;
  crew.join();
}

// Three threads, two mutexes: the chain makes its end as urgent as its beginning, whichever wait
// came first, and what was inherited is given back with the mutex.
void priorities_are_inherited_and_given_back() {
  wait_for_all_cores();
  constexpr unsigned kRounds = 8;
  Mutex first;
  Mutex second;
  // The last round in which each of them ...
  std::atomic<unsigned> low_holds{0};
  std::atomic<unsigned> middle_holds{0};
  std::atomic<unsigned> middle_begins{0};
  std::atomic<unsigned> high_begins{0};
  const auto expect_own_priority = [] {
    const Thread& self = kernel::this_thread::get();
    EXPECT_EQ(self.priority().value(), self.base_priority().value())
        << "what was inherited is still there";
  };
  const auto waits = [](const std::atomic<unsigned>& begun, const Thread& thread, unsigned round) {
    return begun == round && thread.state() == kernel::ThreadState::kWaiting;
  };
  Thread* high = nullptr;
  Thread* middle = nullptr;
  Crew crew;
  high = &crew.start({.name = "high", .priority = Priority(12), .suspended = true}, [&] {
    for (unsigned round = 1; round <= kRounds; ++round) {
      wait_until([&] { return middle_holds == round; });
      if (round % 2 == 0) wait_until([&] { return waits(middle_begins, *middle, round); });
      high_begins = round;
      second.lock();
      second.unlock();
      expect_own_priority();
    }
  });
  middle = &crew.start({.name = "middle", .priority = Priority(8), .suspended = true}, [&] {
    for (unsigned round = 1; round <= kRounds; ++round) {
      wait_until([&] { return low_holds == round; });
      second.lock();
      middle_holds = round;
      if (round % 2 == 1) wait_until([&] { return waits(high_begins, *high, round); });
      middle_begins = round;
      first.lock();
      first.unlock();
      second.unlock();
      expect_own_priority();
    }
  });
  crew.start({.name = "low", .priority = Priority(4)}, [&] {
    for (unsigned round = 1; round <= kRounds; ++round) {
      first.lock();
      low_holds = round;
      wait_until(
          [&] { return waits(middle_begins, *middle, round) && waits(high_begins, *high, round); });
      EXPECT_EQ(kernel::this_thread::get().priority().value(), high->base_priority().value())
          << "the chain's end is less urgent than its beginning";
      first.unlock();
      expect_own_priority();
    }
  });
  middle->resume();
  high->resume();
  crew.join();
}

// A thread that gave up a wait for a mutex is inherited from no more.
void a_wait_that_is_given_up_is_inherited_no_more() {
  wait_for_all_cores();
  Mutex mutex;
  Crew crew;
  for (unsigned round = 0; round < 20; ++round) {
    std::atomic<bool> held{false};
    std::atomic<bool> gave_up{false};
    crew.start({.name = "owner", .priority = Priority(4)}, [&] {
      const kernel::MutexGuard guard(mutex);
      held = true;
      wait_until([&] { return gave_up.load(); });
      const Thread& self = kernel::this_thread::get();
      EXPECT_EQ(self.priority().value(), self.base_priority().value())
          << "what was inherited is still there";
    });
    crew.start({.name = "impatient", .priority = Priority(12)}, [&] {
      wait_until([&] { return held.load(); });
      if (mutex.try_lock_for(Duration::microseconds(10 + below(50)))) give_back(mutex);
      gave_up = true;
    });
    crew.join();
  }
}

// Who is asked to stop is woken, whether it waits already, is about to, or has not begun.
void a_stop_is_never_missed() {
  wait_for_all_cores();
  for (unsigned round = 0; round < 40; ++round) {
    std::atomic<bool> begun{false};
    Crew crew;
    Thread& sleeper = crew.start({.name = "sleeper", .priority = Priority(12)}, [&] {
      begun = true;
      const Result<void> slept = kernel::this_thread::sleep_for(Duration::seconds(3600));
      EXPECT_TRUE(!slept && slept.error() == Error::kStopped) << "nobody stopped it";
    });
    if (below(4) != 0) {
      while (!begun) arch::relax();
    }
    for (std::uint64_t i = below(16); i != 0; --i) arch::relax();
    sleeper.request_stop();
    crew.join();
  }
}

// Threads that suspend each other at the same time are all suspended, and go on when a third one
// resumes them.
void all_may_suspend_each_other() {
  wait_for_all_cores();
  constexpr unsigned kRounds = 60;
  std::atomic<unsigned> ended{0};
  std::array<Thread*, 2> players{};
  Crew crew;
  for (unsigned i = 0; i < players.size(); ++i) {
    players[i] =
        &crew.start({.name = "player", .priority = Priority(10), .suspended = true}, [&, i] {
          for (unsigned round = 0; round < kRounds; ++round) {
            players[1 - i]->suspend();
            players[1 - i]->resume();
          }
          ++ended;
        });
  }
  while (ended < players.size()) {
    for (Thread* const player : players) player->resume();
    sleep_for(Duration::microseconds(20));
  }
  crew.join();
}

// Threads that block while others, between which they move, must not.
void only_who_must_not_block_is_told_so() {
  wait_for_all_cores();
  Semaphore units(1);
  std::atomic<bool> over{false};
  Crew crew;
  for (unsigned i = 0; i < 2 * kernel::stress::core_count(); ++i) {
    crew.start({.name = "taker", .priority = Priority(6)}, [&] {
      while (!over) {
        EXPECT_TRUE(units.acquire());
        spin_for(Duration::microseconds(below(3)));
        units.release();
        sleep_for(Duration::microseconds(below(10)));
      }
    });
    crew.start({.name = "stayer", .priority = Priority(7)}, [&] {
      while (!over) {
        {
          const kernel::PreemptOff preempt_off;
          spin_for(Duration::microseconds(below(6)));
        }
        sleep_for(Duration::microseconds(below(10)));
      }
    });
  }
  sleep_for(Duration::milliseconds(3));
  over = true;
  crew.join();
}

struct Program {
  std::string_view name;
  void (*run)();
};
constexpr std::array<Program, 9> kPrograms = {{
    {"idle core", &no_core_idles_beside_a_waiter},
    {"ping pong", &pairs_wake_each_other},
    {"pooled", &pooled_storage_is_not_shared},
    {"suspended", &the_suspended_do_not_run},
    {"inheritance", &priorities_are_inherited_and_given_back},
    {"impatience", &a_wait_that_is_given_up_is_inherited_no_more},
    {"stops", &a_stop_is_never_missed},
    {"mutual", &all_may_suspend_each_other},
    {"stay", &only_who_must_not_block_is_told_so},
}};

}  // namespace

std::function<void()> find_program(std::string_view name) {
  for (const Program& program : kPrograms) {
    if (program.name == name) return program.run;
  }
  for (kernel::stress::Scenario* const scenario : kernel::stress::scenarios()) {
    if (scenario->name() == name) {
      return [scenario] { play(*scenario); };
    }
  }
  return {};
}

}  // namespace baton::host_test
