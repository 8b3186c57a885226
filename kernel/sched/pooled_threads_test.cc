// Threads of a pool, how they end, and when their storage is free again.
#include "kernel/sched/pooled_threads.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <utility>

#include "arch/context.h"
#include "base/annotations.h"
#include "base/time.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"
#include "sync/irqs_off.h"
#include "sync/owned.h"

namespace baton::kernel {
namespace {

constexpr std::size_t kBytes = arch::kMinStackBytes + std::size_t{64} * 1024;
constexpr std::size_t kThreads = 3;
using Threads = PooledThreads<kBytes, kThreads>;
constinit Threads threads;
std::atomic<unsigned> done{0};

void count_one(void* /*nothing*/) {
  // Relaxed: a number.
  done.fetch_add(1, std::memory_order_relaxed);
}

TEST(PooledThreadsTest, AHandleIsJoinedThenDropped) {
  testing::for_each_machine({}, [] {
    {
      Result<sync::Owned<PooledThread>> one = threads.start({.name = "one"}, &count_one, nullptr);
      ASSERT_TRUE(one.has_value());
      EXPECT_EQ(threads.available(), kThreads - 1);
      (*one)->join();
      EXPECT_TRUE((*one)->try_join().has_value());
      EXPECT_TRUE((*one)->join_for(Duration()).has_value());
    }
    EXPECT_EQ(threads.available(), kThreads);
    // Relaxed: joined.
    EXPECT_EQ(done.load(std::memory_order_relaxed), 1U);
  });
}

TEST(PooledThreadsTest, JoinGivesUpAndTryJoinDoesNotWait) {
  testing::for_each_machine({.seeds = 5}, [] {
    Semaphore go(0);
    Result<sync::Owned<PooledThread>> one = threads.start(
        {.name = "one"},
        [](void* go) { static_cast<void>(static_cast<Semaphore*>(go)->acquire()); }, &go);
    ASSERT_TRUE(one.has_value());
    EXPECT_EQ((*one)->try_join().error(), Error::kBusy);
    EXPECT_EQ((*one)->join_for(Duration::microseconds(50)).error(), Error::kTimedOut);
    EXPECT_EQ((*one)->join_until(now()).error(), Error::kTimedOut);
    go.release();
    (*one)->join();
    EXPECT_TRUE((*one)->try_join().has_value());
  });
}

TEST(PooledThreadsTest, ThereAreNoMoreThanThereAre) {
  testing::for_each_machine({.seeds = 5}, [] {
    Semaphore go(0);
    const auto wait = [](void* go) {
      static_cast<void>(static_cast<Semaphore*>(go)->acquire());
      count_one(nullptr);
    };
    for (std::size_t i = 0; i < kThreads; ++i) {
      ASSERT_TRUE(threads.start_detached({}, wait, &go).has_value());
    }
    EXPECT_EQ(threads.start_detached({}, wait, &go).error(), Error::kFull);
    EXPECT_EQ(threads.start({}, wait, &go).error(), Error::kFull);
    go.release(kThreads);
    testing::wait_until([] { return threads.available() == kThreads; });
    // Relaxed: only a number, and they have ended.
    EXPECT_EQ(done.load(std::memory_order_relaxed), kThreads);
    // A start that is refused takes no place.
    EXPECT_EQ(threads.start({.affinity = 0}, wait, &go).error(), Error::kInvalidArgument);
    EXPECT_EQ(threads.available(), kThreads);
  });
}

// Whoever detaches it comes before its end, during it, or after it.
TEST(PooledThreadsTest, DetachRacesWithTheEnd) {
  testing::for_each_machine({.seeds = 20}, [] {
    const unsigned rounds = testing::rounds(2000, 20);
    for (unsigned i = 0; i < rounds; ++i) {
      Result<sync::Owned<PooledThread>> one = threads.start({}, &count_one, nullptr);
      ASSERT_TRUE(one.has_value());
      const Instant until = now() + Duration::nanoseconds(testing::below(3000));
      while (now() < until) {
      }
      PooledThread::detach(std::move(*one));
      testing::wait_until([] { return threads.available() == kThreads; });
    }
    // Relaxed: they have ended.
    EXPECT_EQ(done.load(std::memory_order_relaxed), rounds);
    testing::count("detached", rounds);
  });
}

// What a thread leaves on its stack is its own as long as it lives: what comes after it on that
// stack writes all over it.
struct Relay {
  std::atomic<unsigned> left{0};
  std::atomic<unsigned> ended{0};
};

void run_relay(void* argument) {
  auto& relay = *static_cast<Relay*>(argument);
  std::array<volatile std::uint32_t, 256> mine{};
  const std::uint32_t mark = static_cast<std::uint32_t>(testing::below(1U << 30U));
  for (volatile std::uint32_t& word : mine) word = mark;
  // Relaxed, all of it: numbers.
  if (relay.left.fetch_sub(1, std::memory_order_relaxed) > kThreads) {
    // The place of one that has ended a moment ago.
    while (!threads.start_detached({.name = "runner"}, &run_relay, argument)) {
      this_thread::yield();
    }
  }
  for (const volatile std::uint32_t& word : mine) EXPECT_EQ(word, mark);
  relay.ended.fetch_add(1, std::memory_order_relaxed);
  if ((mark & 1U) != 0) this_thread::exit();
}

TEST(PooledThreadsTest, APlaceIsFreeWhenItsThreadIsOffItsStack) {
  testing::for_each_machine({.cores = {1, 2, 4, 8}, .seeds = 20}, [] {
    const unsigned runners = testing::rounds(5000, 40);
    static Relay relay;
    // Relaxed, as below: no runner yet, or none any more.
    relay.left.store(runners, std::memory_order_relaxed);
    for (std::size_t i = 0; i < kThreads - 1; ++i) {
      ASSERT_TRUE(threads.start_detached({.name = "runner"}, &run_relay, &relay).has_value());
    }
    testing::wait_until([&] {
      return threads.available() == kThreads &&
             relay.ended.load(std::memory_order_relaxed) >= runners - kThreads;
    });
    testing::count("runners", relay.ended.load(std::memory_order_relaxed));
  });
}

TEST(ThisThreadTest, ExitEndsWhereverItIsCalled) {
  testing::for_each_machine({.seeds = 5}, [] {
    struct Deep {
      static void down(unsigned depth) {
        if (depth == 0) this_thread::exit();
        down(depth - 1);
        ADD_FAILURE() << "it has returned";
      }
    };
    testing::Crew crew;
    crew.start({.name = "deep"}, [] { Deep::down(20); });
    crew.join();
  });
}

void expect_death(const char* what, const std::function<void()>& how) {
  EXPECT_DEATH(
      {
        testing::for_each_machine({.cores = {1}, .seeds = 1, .parallel_runs = 0}, how);
        // The run's own process has said what was wrong.
        if (::testing::Test::HasFailure()) std::abort();
      },
      what);
}

TEST(ThisThreadDeathTest, ExitChecksWhatReturningChecks) {
  ::testing::FLAGS_gtest_death_test_style = "fast";
  expect_death("a thread ends while it holds this mutex", []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    static Mutex mutex;
    mutex.lock();
    this_thread::exit();
  });
  expect_death("a thread that has forbidden preemption makes a call that may block", [] {
    const PreemptOff preempt_off;
    this_thread::exit();
  });
  expect_death("a thread that has masked interrupts makes a call that may block", [] {
    const sync::IrqsOff irqs_off;
    this_thread::exit();
  });
}

TEST(ThisThreadDeathTest, WhatBlocksIsNamed) {
  ::testing::FLAGS_gtest_death_test_style = "fast";
  constexpr char kHandler[] = "an interrupt handler makes a call that may block";
  constexpr char kMasked[] = "a thread that has masked interrupts makes a call that may block";
  const auto in_handler = [](const std::function<void()>& what) {
    return [&what] {
      testing::on_device(0, 0, what);
      testing::raise_device(0);
      const Instant until = now() + Duration::milliseconds(1);
      while (now() < until) {
      }
    };
  };
  const auto masked = [](const std::function<void()>& what) {
    return [&what] {
      const sync::IrqsOff irqs_off;
      what();
    };
  };
  static constinit StaticThread<kBytes> thread;
  const std::array<std::function<void()>, 4> calls{
      [] { this_thread::yield(); },
      [] { static_cast<void>(this_thread::sleep_for(Duration::microseconds(1))); },
      [] { thread.join(); }, [] { static_cast<void>(thread.start({}, &count_one, nullptr)); }};
  for (const std::function<void()>& call : calls) {
    expect_death(kHandler, in_handler(call));
    expect_death(kMasked, masked(call));
  }
}

TEST(PooledThreadDeathTest, AHandleIsNotDroppedWhileItsThreadLives) {
  ::testing::FLAGS_gtest_death_test_style = "fast";
  expect_death("a thread's handle is dropped", [] {
    Semaphore never(0);
    static_cast<void>(threads.start(
        {}, [](void* never) { static_cast<void>(static_cast<Semaphore*>(never)->acquire()); },
        &never));
  });
}

}  // namespace
}  // namespace baton::kernel
