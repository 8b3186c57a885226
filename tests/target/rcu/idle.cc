#include "tests/target/rcu/idle.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include "arch/cpu.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "kernel/rcu.h"
#include "kernel/sched/this_thread.h"
#include "kernel/timers.h"
#include "sync/irqs_off.h"
#include "sync/rcu/core_domain.h"
#include "sync/rcu/reader.h"
#include "tests/target/rcu/torture.h"

namespace baton::rcu_torture {
namespace {

using kernel::now;
using kernel::shell::Context;
using kernel::shell::Status;
using Reader = sync::BasicRcuReader<sync::CoreDomain>;

// Long enough for a core to do what it has to, on a busy emulator.
constexpr Duration kAWhile = Duration::milliseconds(200);

constinit Probe probe;
constinit std::atomic<bool> fired{false};
constinit kernel::Timer timer{[](void*) {
                                probe.retire();
                                // Release pairs with the acquire in wait_for(): it is retired.
                                fired.store(true, std::memory_order_release);
                              },
                              nullptr};

// In a while this core, asleep by then, retires something in a handler.
void retire_later(void* /*unused*/) {
  const sync::IrqsOff irqs_off;
  kernel::this_core_timers(irqs_off).arm(timer, now() + kAWhile, irqs_off);
}

// Without coming by: this core's thread does nothing for RCU.
bool wait_for(const std::atomic<bool>& flag, Duration limit) {
  const Instant until = now() + limit;
  // Acquire pairs with the release of whoever raises the flag.
  while (!flag.load(std::memory_order_acquire)) {
    if (now() >= until) return false;
    arch::relax();
  }
  return true;
}

// How often each core has been disturbed by others.  (By itself, a core that waits for a grace
// period is, more and more rarely.)
std::array<std::uint64_t, arch::kMaxCores> disturbances() {
  std::array<std::uint64_t, arch::kMaxCores> counts{};
  for (unsigned i = 0; i < counts.size(); ++i) counts[i] = kernel::cores[i].ipis.value();
  return counts;
}

Status check_alone(Context& context) {
  fired.store(false, std::memory_order_relaxed);
  retire_later(nullptr);
  const Instant until = now() + Duration::seconds(1);
  static_cast<void>(kernel::this_thread::sleep_until(until));
  // Relaxed: this core's own.
  if (!fired.load(std::memory_order_relaxed) || !probe.ran.load(std::memory_order_relaxed)) {
    return context.fail("what a handler retired has not been run");
  }
  const Instant ran_at = Instant::from_ns(probe.ran_at_ns.load(std::memory_order_relaxed));
  if (until - ran_at < kAWhile) {
    return context.fail("what a handler retired was run {} before the core woke", until - ran_at);
  }
  return Status::kOk;
}

Status check_other(Context& context, unsigned other) {
  fired.store(false, std::memory_order_relaxed);
  const std::uint64_t told_before = kernel::rcu::numbers(other).told;
  kernel::rcu::come_by();
  if (const Result<void> posted =
          kernel::call_on(other, retire_later, nullptr, Duration::seconds(5));
      !posted) {
    return context.fail("core {} does not answer: {}", other, posted.error());
  }
  {
    const Reader reader;
    if (!wait_for(fired, Duration::seconds(5))) {
      return context.fail("core {}'s handler did not come", other);
    }
    if (wait_for(probe.ran, kAWhile)) {
      return context.fail("core {} ran what this core may still read", other);
    }
    if (!sync::CoreDomain::default_domain().is_pending(0)) {
      return context.fail("core {} waits, and not for this core", other);
    }
  }
  const auto before = disturbances();
  kernel::rcu::come_by();
  if (!wait_for(probe.ran, Duration::seconds(1))) {
    return context.fail("core {} sleeps although its grace period has ended", other);
  }
  const auto after = disturbances();
  for (unsigned i = 1; i < arch::kMaxCores; ++i) {
    const std::uint64_t times = after[i] - before[i];
    if (times != (i == other ? 1 : 0)) {
      return context.fail("core {} was interrupted {} times", i, times);
    }
  }
  const std::uint64_t told = kernel::rcu::numbers(other).told - told_before;
  if (told != 1) return context.fail("core {} was told {} times", other, told);
  return Status::kOk;
}

// A core sleeps until this core reports, and this core waits in a plain barrier: it is told all the
// same.
Status check_barrier(Context& context, unsigned other) {
  // Relaxed: nobody else looks yet.
  fired.store(false, std::memory_order_relaxed);
  kernel::rcu::come_by();
  if (const Result<void> posted =
          kernel::call_on(other, retire_later, nullptr, Duration::seconds(5));
      !posted) {
    return context.fail("core {} does not answer: {}", other, posted.error());
  }
  if (!wait_for(fired, Duration::seconds(5))) {
    return context.fail("core {}'s handler did not come", other);
  }
  // It goes to sleep meanwhile.
  kernel::busy_wait(kAWhile);
  const Instant begin = now();
  sync::CoreDomain::default_domain().barrier();
  const Duration took = now() - begin;
  // Relaxed: the barrier orders it.
  if (!probe.ran.load(std::memory_order_relaxed)) {
    return context.fail("the barrier forgot core {}", other);
  }
  if (took > Duration::seconds(1)) {
    return context.fail("core {} slept for {} of a barrier", other, took);
  }
  return Status::kOk;
}

constinit std::atomic<bool> reading{false};
constinit std::atomic<bool> done{false};
constinit kernel::Timer reading_timer{[](void*) {
                                        const Reader reader;
                                        // Release, both, pairs with the acquire in wait_for(): the
                                        // section has begun; it is about to end.
                                        reading.store(true, std::memory_order_release);
                                        kernel::busy_wait(kAWhile + kAWhile);
                                        done.store(true, std::memory_order_release);
                                      },
                                      nullptr};

// In a while this core, asleep by then, reads for long in a handler.
void read_later(void* /*unused*/) {
  const sync::IrqsOff irqs_off;
  kernel::this_core_timers(irqs_off).arm(reading_timer, now() + kAWhile, irqs_off);
}

// A core that is asleep but for its handler is waited for.
Status check_handler(Context& context, unsigned other) {
  // Relaxed, both: nobody else looks yet.
  reading.store(false, std::memory_order_relaxed);
  done.store(false, std::memory_order_relaxed);
  if (const Result<void> posted = kernel::call_on(other, read_later, nullptr, Duration::seconds(5));
      !posted) {
    return context.fail("core {} does not answer: {}", other, posted.error());
  }
  if (!wait_for(reading, Duration::seconds(5))) {
    return context.fail("core {}'s handler did not come", other);
  }
  kernel::rcu::synchronize();
  // Relaxed: the grace period itself orders it.
  if (!done.load(std::memory_order_relaxed)) {
    return context.fail("core {}'s handler was not waited for", other);
  }
  return Status::kOk;
}

// Grace periods of this core's own, while all others sleep.
Status check_undisturbed(Context& context) {
  constexpr unsigned kTimes = 1000;
  const auto before = disturbances();
  const std::uint64_t completed = kernel::rcu::progress().completed;
  const Instant begin = now();
  for (unsigned i = 0; i < kTimes; ++i) kernel::rcu::synchronize();
  const Duration took = now() - begin;
  const auto after = disturbances();
  for (unsigned i = 1; i < arch::kMaxCores; ++i) {
    if (after[i] != before[i]) return context.fail("core {} was woken", i);
  }
  if (kernel::rcu::progress().completed - completed < kTimes) {
    return context.fail("grace periods are missing");
  }
  context.print("idle: {} grace periods in {}, nobody woken\n", kTimes, took);
  return Status::kOk;
}

std::atomic<bool>& holding() {
  static constinit std::atomic<bool> flag{false};
  return flag;
}

void hold(void* /*unused*/) {
  const Reader reader;
  // Release pairs with the acquire in wait_for(): the section has begun.
  holding().store(true, std::memory_order_release);
  kernel::busy_wait(kernel::rcu::kStall + Duration::milliseconds(1500));
}

}  // namespace

Status check_idle(Context& context) {
  if (check_alone(context) != Status::kOk) return Status::kFailed;
  const std::uint32_t online = kernel::online_mask();
  unsigned checked = 1;
  for (unsigned i = 1; i < arch::kMaxCores; ++i) {
    if ((online & (1U << i)) == 0) continue;
    if (check_other(context, i) != Status::kOk) return Status::kFailed;
    if (check_handler(context, i) != Status::kOk) return Status::kFailed;
    if (i == 1 && check_barrier(context, i) != Status::kOk) return Status::kFailed;
    ++checked;
  }
  if (check_undisturbed(context) != Status::kOk) return Status::kFailed;
  context.print("idle: {} cores checked\n", checked);
  return Status::kOk;
}

Status check_stall(Context& context) {
  const auto other = static_cast<unsigned>(std::bit_width(kernel::online_mask())) - 1;
  if (other == 0) return context.fail("needs another core");
  if (const Result<void> posted = kernel::call_on(other, hold, nullptr, Duration::seconds(5));
      !posted) {
    return context.fail("core {} does not answer: {}", other, posted.error());
  }
  if (!wait_for(holding(), Duration::seconds(5))) return context.fail("core {} is late", other);
  probe.retire();
  static_cast<void>(
      kernel::this_thread::sleep_until(now() + kernel::rcu::kStall + Duration::milliseconds(500)));
  const kernel::rcu::Progress progress = kernel::rcu::progress();
  const auto& domain = sync::CoreDomain::default_domain();
  for (unsigned i = 0; i < arch::kMaxCores; ++i) {
    if (domain.is_pending(i) != (i == other)) return context.fail("core {} is taken wrong", i);
  }
  context.print("stall: core {} for {}\n", other, progress.running);
  kernel::rcu::synchronize();
  kernel::rcu::barrier();
  context.print("stall: over, the longest {}\n", kernel::rcu::progress().longest);
  return probe.ran.load(std::memory_order_relaxed) ? Status::kOk : Status::kFailed;
}

}  // namespace baton::rcu_torture
