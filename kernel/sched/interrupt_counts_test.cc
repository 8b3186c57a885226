// How many interrupts cores send each other, to the last one.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>

#include "arch/cpu.h"
#include "base/time.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/this_thread.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

constexpr CoreMask kOn0 = 1;
constexpr CoreMask kOn1 = 2;

// Exact numbers are for simulated machines: there nobody else's work comes between.
testing::Plan two_cores() { return {.cores = {2}, .seeds = 30, .parallel_runs = 0}; }

std::uint64_t sent_by(unsigned core) {
  const CoreScheduler::Counts& counts = CoreScheduler::of(core).counts();
  return counts.kicks.value() + counts.park_kicks.value() + counts.self_kicks.value();
}
std::uint64_t sent() { return sent_by(0) + sent_by(1); }
std::uint64_t messages() {
  return CoreScheduler::of(0).counts().sent.value() + CoreScheduler::of(1).counts().sent.value();
}

// This thread stays on core 0, which it never leaves idle while it counts; core 1 is idle.
void stay_on_core_0() {
  EXPECT_TRUE(this_thread::get().set_affinity(kOn0));
  testing::wait_until([] { return CoreScheduler::active() == (kOn0 | kOn1); });
}
void wait_until_idle() {
  testing::wait_until([] {
    return CoreScheduler::of(1).running_priority() == kIdlePriority &&
           !CoreScheduler::of(1).has_mail();
  });
  // It says so a moment before it sleeps; a thread that is woken in that moment needs no interrupt.
  static_cast<void>(this_thread::sleep_for(Duration::microseconds(50)));
}

TEST(InterruptCounts, AnIdleCoreIsInterruptedOncePerWakeUp) {
  testing::for_each_machine(two_cores(), [] {
    stay_on_core_0();
    Semaphore wakes(0);
    std::atomic<unsigned> woken{0};
    testing::Crew crew;
    Thread& sleeper = crew.start({.name = "sleeper", .affinity = kOn1}, [&] {
      for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(wakes.acquire());
        ++woken;
      }
    });
    for (unsigned i = 1; i <= 5; ++i) {
      testing::wait_until_waiting(sleeper);
      wait_until_idle();
      const std::uint64_t before = sent();
      wakes.release();
      EXPECT_EQ(sent() - before, 1U);
      while (woken != i) arch::relax();
      EXPECT_EQ(sent() - before, 1U);
    }
    crew.join();
  });
}

TEST(InterruptCounts, ACoreThatHasNotLookedIsInterruptedOnce) {
  testing::for_each_machine(two_cores(), [] {
    stay_on_core_0();
    Semaphore wakes(0);
    std::atomic<bool> masked{false};
    std::atomic<bool> go{false};
    std::atomic<unsigned> woken{0};
    testing::Crew crew;
    for (int i = 0; i < 2; ++i) {
      Thread& sleeper =
          crew.start({.name = "sleeper", .priority = Priority(20), .affinity = kOn1}, [&] {
            EXPECT_TRUE(wakes.acquire());
            ++woken;
          });
      testing::wait_until_waiting(sleeper);
    }
    crew.start({.name = "masks", .priority = Priority(10), .affinity = kOn1}, [&] {
      const sync::IrqsOff irqs_off;
      masked = true;
      while (!go) arch::relax();
    });
    testing::wait_until([&] { return masked.load(); });
    const std::uint64_t before = sent();
    const std::uint64_t messages_before = messages();
    wakes.release();
    wakes.release();
    EXPECT_EQ(messages() - messages_before, 2U);
    EXPECT_EQ(sent() - before, 1U);
    go = true;
    while (woken != 2) arch::relax();
    crew.join();
  });
}

TEST(InterruptCounts, ACoreWithMoreUrgentWorkIsLeftAlone) {
  testing::for_each_machine(two_cores(), [] {
    stay_on_core_0();
    Semaphore wakes(0);
    std::atomic<bool> over{false};
    testing::Crew crew;
    Thread& sleeper = crew.start({.name = "sleeper", .priority = Priority(20)},
                                 [&] { EXPECT_TRUE(wakes.acquire()); });
    testing::wait_until_waiting(sleeper);
    crew.start({.name = "busy", .priority = Priority(27), .affinity = kOn1}, [&] {
      while (!over) arch::relax();
    });
    testing::wait_until([] { return CoreScheduler::of(1).running_priority() == 27; });
    this_thread::get().set_priority(Priority(25));
    const std::uint64_t before = sent();
    wakes.release();
    EXPECT_EQ(sent() - before, 0U);
    EXPECT_EQ(sleeper.state(), ThreadState::kReady);
    over = true;
    crew.join();
  });
}

TEST(InterruptCounts, WhoHoldsAThreadIsToldOfItsPriorityAndNobodyElse) {
  testing::for_each_machine(two_cores(), [] {
    stay_on_core_0();
    Semaphore wakes(0);
    std::atomic<bool> over{false};
    testing::Crew crew;
    Thread& parked =
        crew.start({.name = "parked", .affinity = kOn1}, [&] { EXPECT_TRUE(wakes.acquire()); });
    testing::wait_until_waiting(parked);
    Thread& running = crew.start({.name = "running", .affinity = kOn1}, [&] {
      while (!over) arch::relax();
    });
    testing::wait_until([&] {
      return running.state() == ThreadState::kRunning && !CoreScheduler::of(1).has_mail();
    });
    const std::uint64_t before = sent();
    parked.set_priority(Priority(18));
    EXPECT_EQ(sent() - before, 0U);
    running.set_priority(Priority(19));
    EXPECT_EQ(sent() - before, 1U);
    over = true;
    wakes.release();
    crew.join();
  });
}

TEST(InterruptCounts, ACoreIsInterruptedToParkAndToComeBack) {
  testing::for_each_machine(two_cores(), [] {
    stay_on_core_0();
    wait_until_idle();
    const std::uint64_t before = sent();
    const std::uint64_t parked_before = CoreScheduler::of(0).counts().park_kicks.value();
    EXPECT_TRUE(CoreScheduler::park_core(1).has_value());
    EXPECT_EQ(sent() - before, 1U);
    wait_until_idle();
    EXPECT_TRUE(CoreScheduler::unpark_core(1).has_value());
    EXPECT_EQ(sent() - before, 2U);
    EXPECT_EQ(CoreScheduler::of(0).counts().park_kicks.value() - parked_before, 2U);
  });
}

TEST(InterruptCounts, WhoMasksInterruptsSendsItselfOne) {
  testing::for_each_machine({.cores = {1}, .seeds = 10, .parallel_runs = 0}, [] {
    Semaphore wakes(0);
    std::atomic<unsigned> woken{0};
    testing::Crew crew;
    for (int i = 0; i < 2; ++i) {
      crew.start({.name = "urgent", .priority = Priority(20)}, [&] {
        EXPECT_TRUE(wakes.acquire());
        ++woken;
      });
    }
    const std::uint64_t before = sent_by(0);
    {
      const sync::IrqsOff irqs_off;
      wakes.release();
      wakes.release();
      EXPECT_EQ(sent_by(0) - before, 1U);
      EXPECT_EQ(CoreScheduler::of(0).counts().self_kicks.value(), sent_by(0));
    }
    while (woken != 2) arch::relax();
    EXPECT_EQ(sent_by(0) - before, 1U);
    crew.join();
  });
}

}  // namespace
}  // namespace baton::kernel
