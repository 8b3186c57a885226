// The machine: interrupts, masking, priorities, timers, cores coming and going, how runs end.
#include "arch/host/machine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <vector>

#include "arch/cores.h"
#include "arch/counter.h"
#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/timer.h"
#include "sync/irqs_off.h"
#include "tests/host_machine/modes.h"
#include "tests/host_machine/upcalls.h"

namespace baton::host_test {
namespace {

using arch::host::Config;
using arch::host::End;
using arch::host::kFirstDevice;
using arch::host::kTimerLine;
using arch::host::Outcome;

// Waits until `ready`, asleep where nothing is to be done.
template <class Ready>
void sleep_until(const Ready& ready) {
  for (;;) {
    const sync::IrqsOff irqs_off;
    if (ready()) {
      return;
    }
    arch::wait_for_interrupt();
  }
}

class MachineTest : public OnMachines {};

// A token goes round: each core waits for an interrupt from the one before it.
struct Ring {
  static constexpr unsigned kRounds = 20;

  // Relaxed: the interrupt orders, and the test looks only at the end.
  std::array<std::atomic<unsigned>, arch::kMaxCores> received{};
  unsigned cores = 1;
  // Written by whoever has the token, without any atomic: so the interrupts must order.
  std::uint64_t token = 0;
  // Cores that can hear.
  std::atomic<unsigned> up{0};

  void run() {
    const unsigned self = arch::core_index();
    come_up();
    up.fetch_add(1, std::memory_order_relaxed);
    while (up.load(std::memory_order_relaxed) != cores) {
      arch::relax();
    }
    for (unsigned round = 0; round < kRounds; ++round) {
      if (self != 0 || round != 0) {
        sleep_until([&] {
          return received[self].load(std::memory_order_relaxed) >= (self == 0 ? round : round + 1);
        });
      }
      ++token;
      arch::host::lines().send_ipi(1U << ((self + 1) % cores), 3);
    }
    if (self == 0) {
      sleep_until([&] { return received[0].load(std::memory_order_relaxed) >= kRounds; });
    }
  }

  bool interrupt(unsigned line) {
    EXPECT_EQ(line, 3U);
    EXPECT_TRUE(arch::in_interrupt());
    EXPECT_FALSE(arch::LocalIrq::enabled());
    received[arch::core_index()].fetch_add(1, std::memory_order_relaxed);
    return false;
  }
};

TEST_P(MachineTest, InterruptsGoRound) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    Ring ring;
    ring.cores = cores();
    const WithUpcalls with({.interrupt = [&](unsigned line) { return ring.interrupt(line); }});
    const Outcome outcome = arch::host::run(config(seed), on_all([&] { ring.run(); }));
    ASSERT_TRUE(outcome.well()) << outcome.report;
    EXPECT_EQ(outcome.end, End::kOff);
    EXPECT_EQ(ring.token, std::uint64_t{Ring::kRounds} * cores());
    EXPECT_EQ(outcome.ipis, std::uint64_t{Ring::kRounds} * cores());
    EXPECT_GE(outcome.interrupts, outcome.ipis);
  }
}

// With one of them lost, everybody waits for good; the machine says so, and with which seed.
TEST_P(MachineTest, LostInterruptIsADeadlock) {
  for (const std::uint64_t lost : {1U, 7U, 20U}) {
    Ring ring;
    ring.cores = cores();
    const WithUpcalls with({.interrupt = [&](unsigned line) { return ring.interrupt(line); }});
    Config lossy = config(lost);
    lossy.faults.lose_ipi = lost;
    const Outcome outcome = arch::host::run(lossy, on_all([&] { ring.run(); }));
    EXPECT_EQ(outcome.end, End::kDeadlock);
    EXPECT_FALSE(outcome.well());
    EXPECT_NE(outcome.report.find("deadlock"), std::string::npos) << outcome.report;
    EXPECT_NE(outcome.report.find("seed " + std::to_string(lost)), std::string::npos);
    if (simulated()) {
      EXPECT_NE(outcome.report.find("IPI 3, which is lost on purpose"), std::string::npos)
          << outcome.report;
    }
  }
}

TEST_P(MachineTest, MaskedInterruptWaitsForUnmasking) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    std::atomic<unsigned> taken{0};  // Relaxed throughout: one core's own.
    const WithUpcalls with({.interrupt = [&](unsigned) {
      taken.fetch_add(1, std::memory_order_relaxed);
      return false;
    }});
    const auto own_interrupt = [&] {
      come_up();
      const arch::LocalIrq::State before = arch::LocalIrq::save_and_disable();
      EXPECT_TRUE(before);
      arch::host::lines().send_ipi(1U, 0);
      // Masked, a sleep ends all the same; after it the interrupt is still to come.
      while (arch::host::lines().of(0).deliverable(~std::uint64_t{0}, false) == 0) {
        arch::wait_for_interrupt();
      }
      arch::wait_for_interrupt();
      for (unsigned i = 0; i < 100; ++i) {
        arch::relax();
        const sync::IrqsOff nested;
        static_cast<void>(arch::Counter::ticks());
      }
      EXPECT_EQ(taken.load(std::memory_order_relaxed), 0U);
      EXPECT_FALSE(arch::LocalIrq::enabled());
      const std::uint64_t until = arch::Counter::ticks() + 100'000;
      while (arch::Counter::ticks() < until) {
      }
      EXPECT_EQ(taken.load(std::memory_order_relaxed), 0U);
      arch::LocalIrq::restore(before);
      // Right there.
      EXPECT_EQ(taken.load(std::memory_order_relaxed), 1U);
    };
    const Outcome outcome = arch::host::run(config(seed), {own_interrupt});
    ASSERT_TRUE(outcome.well()) << outcome.report;
  }
}

TEST_P(MachineTest, TimerFiresOnceAndNotEarly) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    struct Core {
      std::uint64_t deadline = 0;
      std::atomic<unsigned> fired{0};  // Relaxed throughout: its core's own.
    };
    std::array<Core, arch::kMaxCores> each;
    const WithUpcalls with({.interrupt = [&](unsigned line) {
      Core& core = each[arch::core_index()];
      EXPECT_EQ(line, kTimerLine);
      EXPECT_GE(arch::Counter::ticks(), core.deadline);
      core.fired.fetch_add(1, std::memory_order_relaxed);
      arch::CoreTimer::stop();
      return false;
    }});
    const Outcome outcome = arch::host::run(
        config(seed), on_all([&] {
          come_up();
          Core& core = each[arch::core_index()];
          for (unsigned i = 1; i <= 5; ++i) {
            {
              const sync::IrqsOff irqs_off;
              core.deadline = arch::Counter::ticks() + (i == 3 ? 0 : 50'000 * i);
              arch::CoreTimer::arm(core.deadline);
            }
            sleep_until([&] { return core.fired.load(std::memory_order_relaxed) >= i; });
            EXPECT_EQ(core.fired.load(std::memory_order_relaxed), i);
          }
          // Stopped in time, it does not fire.
          const sync::IrqsOff irqs_off;
          arch::CoreTimer::arm(arch::Counter::ticks() + 1'000'000'000);
          arch::CoreTimer::stop();
        }));
    ASSERT_TRUE(outcome.well()) << outcome.report;
    if (simulated()) {
      EXPECT_LT(outcome.time_ns, 1'000'000'000U);
    }
  }
}

// A handler that unmasks is interrupted by more urgent lines and by no others.
TEST_P(MachineTest, HandlersNestByPriority) {
  constexpr unsigned kSlow = kFirstDevice;
  constexpr unsigned kEqual = kFirstDevice + 1;
  constexpr unsigned kUrgent = kFirstDevice + 2;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    std::vector<unsigned> order;
    const WithUpcalls with({.interrupt =
                                [&](unsigned line) {
                                  order.push_back(line);
                                  if (line == kSlow) {
                                    arch::host::lines().raise(kEqual);
                                    arch::host::lines().raise(kUrgent);
                                    arch::LocalIrq::enable();
                                    const std::uint64_t until = arch::Counter::ticks() + 200'000;
                                    while (arch::Counter::ticks() < until) {
                                    }
                                    static_cast<void>(arch::LocalIrq::save_and_disable());
                                    order.push_back(0);
                                  }
                                  return true;
                                },
                            .preemption =
                                [&] {
                                  EXPECT_FALSE(arch::in_interrupt());
                                  EXPECT_FALSE(arch::LocalIrq::enabled());
                                  order.push_back(1);
                                }});
    const Outcome outcome =
        arch::host::run(config(seed), {[&] {
                          arch::host::InterruptLines& lines = arch::host::lines();
                          for (const unsigned line : {kSlow, kEqual, kUrgent}) {
                            lines.enable(line, 0);
                          }
                          lines.set_priority(kUrgent, 0x40);
                          come_up();
                          lines.raise(kSlow);
                          const std::uint64_t until = arch::Counter::ticks() + 1'000'000;
                          while (arch::Counter::ticks() < until) {
                          }
                        }});
    ASSERT_TRUE(outcome.well()) << outcome.report;
    // Preempted once only: the thread, and not the handler that was interrupted.
    EXPECT_EQ(order, (std::vector<unsigned>{kSlow, kUrgent, 0, kEqual, 1}));
    EXPECT_EQ(outcome.preemptions, 1U);
  }
}

TEST_P(MachineTest, DeviceLinesAreRoutedLatchedAndLevel) {
  constexpr unsigned kEdge = kFirstDevice + 4;
  constexpr unsigned kLevel = kFirstDevice + 5;
  const unsigned last = cores() - 1;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    // Relaxed throughout: the test's own order is by `done` below.
    std::atomic<unsigned> edges{0};
    std::atomic<unsigned> levels{0};
    std::atomic<bool> ready{false};
    std::atomic<bool> done{false};
    const WithUpcalls with({.interrupt = [&](unsigned line) {
      EXPECT_EQ(arch::core_index(), last);
      if (line == kEdge) {
        edges.fetch_add(1, std::memory_order_relaxed);
      } else if (line == kLevel && levels.fetch_add(1, std::memory_order_relaxed) == 2) {
        // Comes again as long as the device holds it.
        arch::host::lines().set_level(kLevel, false);
      }
      return false;
    }});
    auto entries = on_all([&] {
      come_up();
      arch::host::InterruptLines& lines = arch::host::lines();
      if (arch::core_index() == 0) {
        while (!ready.load(std::memory_order_relaxed) && last != 0) {
          arch::relax();
        }
        // Disabled as yet: kept.
        lines.raise(kEdge);
        EXPECT_EQ(edges.load(std::memory_order_relaxed), 0U);
        lines.enable(kEdge, last);
        while (edges.load(std::memory_order_relaxed) != 1) {
          arch::relax();
        }
        lines.enable(kLevel, last);
        lines.set_level(kLevel, true);
        while (levels.load(std::memory_order_relaxed) != 3) {
          arch::relax();
        }
        lines.disable(kEdge);
        lines.raise(kEdge);
        done.store(true, std::memory_order_relaxed);
      } else if (arch::core_index() == last) {
        ready.store(true, std::memory_order_relaxed);
        while (!done.load(std::memory_order_relaxed)) {
          arch::relax();
        }
      }
      const std::uint64_t until = arch::Counter::ticks() + 200'000;
      while (arch::Counter::ticks() < until) {
      }
    });
    const Outcome outcome = arch::host::run(config(seed), entries);
    ASSERT_TRUE(outcome.well()) << outcome.report;
    EXPECT_EQ(edges.load(std::memory_order_relaxed), 1U);
    EXPECT_EQ(levels.load(std::memory_order_relaxed), 3U);
  }
}

// Cores come when they are started, may go, and may come back.
TEST_P(MachineTest, CoresAreStartedAndParkedAndStartedAgain) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    std::array<std::atomic<unsigned>, arch::kMaxCores> came{};
    const WithUpcalls with({.secondary = [&] {
      EXPECT_FALSE(arch::LocalIrq::enabled());
      EXPECT_FALSE(arch::in_interrupt());
      // Release pairs with the acquire below.
      came[arch::core_index()].fetch_add(1, std::memory_order_release);
    }});
    const Outcome outcome = arch::host::run(
        config(seed), {[&] {
          using arch::StartMethod;
          constexpr StartMethod kMethod{.kind = StartMethod::Kind::kVirtualMachine};
          EXPECT_EQ(arch::start_core(cores(), cores(), kMethod).error(), Error::kInvalidArgument);
          EXPECT_EQ(arch::start_core(0, 0, kMethod).error(), Error::kInvalidArgument);
          EXPECT_EQ(arch::start_core(0, 0, {}).error(), Error::kUnsupported);
          for (unsigned round = 1; round <= 3; ++round) {
            for (unsigned core = 1; core < cores(); ++core) {
              // Until its last visit is over.
              while (!arch::start_core(core, core, kMethod)) {
                arch::relax();
              }
            }
            for (unsigned core = 1; core < cores(); ++core) {
              // Acquire pairs with the release above.
              while (came[core].load(std::memory_order_acquire) != round) {
                arch::relax();
              }
            }
          }
        }});
    ASSERT_TRUE(outcome.well()) << outcome.report;
    EXPECT_EQ(outcome.end, End::kOff);
  }
}

TEST_P(MachineTest, StopEndsEveryCore) {
  const Outcome outcome = arch::host::run(config(1), on_all([&] {
                                            if (arch::core_index() == cores() - 1) {
                                              arch::host::stop(17);
                                            }
                                            for (;;) {
                                              arch::relax();
                                            }
                                          }));
  EXPECT_EQ(outcome.end, End::kStopped);
  EXPECT_EQ(outcome.exit_code, 17);
  EXPECT_FALSE(outcome.well());
}

TEST_P(MachineTest, BrokenProgramIsReported) {
  const Outcome outcome = arch::host::run(config(1), {[&] { arch::host::lines().complete(3); }});
  EXPECT_EQ(outcome.end, End::kBroken);
  EXPECT_NE(outcome.report.find("not the last one claimed"), std::string::npos) << outcome.report;
}

TEST_P(MachineTest, SpinningForeverMeetsALimit) {
  Config limited = config(1);
  limited.time_limit_ns = simulated() ? 1'000'000 : 100'000'000;
  const Outcome outcome = arch::host::run(limited, on_all([] {
                                            for (;;) {
                                              arch::relax();
                                            }
                                          }));
  EXPECT_EQ(outcome.end, End::kTimeLimit);
  if (simulated()) {
    limited.time_limit_ns = 1'000'000'000'000;
    limited.point_limit = 10'000;
    EXPECT_EQ(arch::host::run(limited, {[] {
                                for (;;) {
                                  arch::relax();
                                }
                              }})
                  .end,
              End::kPointLimit);
  }
}

INSTANTIATE_TEST_SUITE_P(Both, MachineTest, ::testing::ValuesIn(all_modes()), mode_name);

}  // namespace
}  // namespace baton::host_test
